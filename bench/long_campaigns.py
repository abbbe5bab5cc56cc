"""Archives that grow otherwise than by posts: of twenty tracks beside one, of ten years beside 24 weeks."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.archive import Archive
from monitor.campaign import Campaign, SourceSettings, Track
from monitor.core.model import Sentiment, Tone
from monitor.demo import fill
from monitor.demo.behaviour import PLATFORMS

TRACKS, YEARS, WEEKS = 20, 10, 24
_ON = SourceSettings(on=True, every_minutes=15)
_SCORE = Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


class _Neutral:
    """Scores nothing: what is measured is not the analyzer."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        """Return neutral."""
        return _SCORE


def campaign_of(campaign: Campaign, tracks: int) -> Campaign:
    """Return a campaign on all platforms of the demo, with so many tracks."""
    more = [Track(name=f"other-{n}", title=f"Other {n}", tags=(f"Other{n}",)) for n in range(1, tracks)]
    every = (campaign.tracks[0], *more)
    return replace(campaign, tracks=every, sources=dict.fromkeys(PLATFORMS, _ON))


def filled(path: Path, campaign: Campaign, now: datetime, *, posts: int, weeks: int = WEEKS) -> Path:
    """Return an archive of a campaign's made-up posts of so many weeks; one that is there stays."""
    is_new = not path.is_file()
    with Archive.open(path, campaign.zone, demo=True) as archive:
        if is_new:
            fill(archive, campaign, _Neutral(), now, posts=posts, page_size=1000, weeks=weeks)
    return path
