"""One poll as the program does it: the source, the collector and a real archive file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.archive import Archive
from monitor.archive.values import PostRow
from monitor.campaign import Campaign, SourceSettings, Track
from monitor.collect import Collector, PollResult
from monitor.core.model import Sentiment, Tone
from tests.campaigns import PAPERS, shipped

LONDON = ZoneInfo("Europe/London")
SHIPPED = shipped()


class Neutral:
    """Scores nothing."""

    name = "neutral"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


def a_campaign(name: str, own: Mapping[str, Any], *tracks: Track) -> Campaign:
    """Return a campaign with this one source."""
    sources = {name: SourceSettings(on=True, every_minutes=5, own=dict(own))}
    return replace(SHIPPED, sources=sources, tracks=tracks, privacy=PAPERS)


def polled(path: Path, campaign: Campaign, now: datetime, env: Mapping[str, str] | None = None) -> PollResult:
    """Poll the campaign's one source into the archive at `path`."""
    with Archive.open(path, LONDON) as archive:
        [name] = campaign.sources
        return Collector(
            campaign=campaign, archive=archive, analyzer=Neutral(), env=env or {}, clock=lambda: now
        ).poll(name)


def rows(path: Path) -> list[PostRow]:
    """Return every post in the archive."""
    with Archive.open(path, LONDON) as archive:
        return list(archive.posts.every())


def stored(
    path: Path, campaign: Campaign, now: datetime, env: Mapping[str, str] | None = None
) -> dict[str, PostRow]:
    """Poll twice, five minutes apart; return the archive's posts by their platform's id, each there once."""
    for minutes in (0, 5):
        polled(path, campaign, now + timedelta(minutes=minutes), env)
    found = rows(path)
    assert len({row.native_id for row in found}) == len(found)
    return {row.native_id: row for row in found}


def everything(path: Path) -> str:
    """Return all that the archive holds, of every table, as one text."""
    with Archive.open(path, LONDON) as archive:
        tables = [name for name in archive.db.table_names() if not name.startswith("posts_fts")]
        return "\n".join(str(row) for name in tables for row in archive.db[name].rows)
