"""What this week and the last suggest: made again where posts came in, or the campaign has other words."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zlib import crc32

from monitor.archive import Archive
from monitor.archive.values import ReadWeek, Suggestion, WeekPost
from monitor.campaign import Campaign, Track
from monitor.themes.new_themes import Vocabulary, new_themes
from monitor.themes.questions import groups
from monitor.tone.language import is_english

_VERSION = 7  # of the rules: what others made is made again
_WEEKS = 8  # before a week, with which it is compared
_MOST, _MOST_BEFORE = 3_000, 600  # posts of a week that are read
_WEEK = timedelta(weeks=1)


def suggest(archive: Archive, campaign: Campaign, now: datetime) -> None:
    """Store what the running week and the one before suggest, if they are not as they were read last."""
    today = now.astimezone(campaign.zone).date()
    monday = today - timedelta(days=today.weekday())
    for track in campaign.tracks:
        for first in (monday - _WEEK, monday):
            _suggest(archive, campaign, track, first)


def _suggest(archive: Archive, campaign: Campaign, track: Track, monday: date) -> None:
    days = monday - _WEEKS * _WEEK, monday + timedelta(days=6)
    words = [(track.tags, track.phrases) for track in campaign.tracks]
    mark = crc32(repr((words, campaign.own.accounts, campaign.subject)).encode())
    state = f"{_VERSION} {mark} {archive.suggestions.number(track.name, *days)}"
    if archive.suggestions.state(track.name, monday) == state:
        return
    week = _posts(archive, campaign, track, monday, _MOST)
    before = (
        _posts(archive, campaign, track, monday - n * _WEEK, _MOST_BEFORE) for n in range(1, _WEEKS + 1)
    )
    vocabulary = Vocabulary(other.query for other in campaign.tracks)
    unread = archive.suggestions.number(track.name, monday, days[1]) - len(week)
    archive.suggestions.save(
        track.name, monday, ReadWeek(read=len(week), unread=unread),
        {
            "theme": new_themes(week, before, vocabulary, places=campaign.gazetteer.find),
            "question": _questions(week, campaign),
        },
        state=state,
    )  # fmt: skip


def _questions(week: Iterable[WeekPost], campaign: Campaign) -> Iterator[Suggestion]:
    """Yield the questions that several people ask, without words: what is shown is a post."""
    posts = {post.id: post for post in week}
    for group in groups({post.id: post.text for post in posts.values()}, campaign.gazetteer.find):
        people = {posts[number].author for number in group}
        if len(people) > 1:
            yield Suggestion(words=("",), people=len(people), posts=group)


def _posts(archive: Archive, campaign: Campaign, track: Track, monday: date, most: int) -> list[WeekPost]:
    posts = archive.suggestions.posts(track.name, monday, campaign.own.handles, most)
    subject = campaign.subject
    return [post for post in posts if is_english(post.text, post.lang, subject)]
