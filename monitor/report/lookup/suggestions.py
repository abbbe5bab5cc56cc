"""Look up what the words of a week suggest."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from monitor.archive.values import Mark, SuggestionKind
from monitor.core.normal_text import normal
from monitor.report import SharedWords, WeekSuggestions, Window
from monitor.report.lookup import Lookup
from monitor.report.lookup.posts import posts
from monitor.report.window import week_of

_MOST_SHARED, _MOST_CHOSEN = 20, 200  # themes, and questions, of a week; and posts that an address may name


def suggestions(lookup: Lookup, window: Window) -> WeekSuggestions:
    """Return what a week, or its days so far, suggests that is not kept yet; nothing of any other time."""
    week, archive = week_of(window.first), lookup.archive
    is_week = window.first == week.first and min(lookup.today, week.last) <= window.last <= week.last
    if lookup.platforms or not is_week:
        return WeekSuggestions()
    terms = archive.themes.terms()
    return WeekSuggestions(
        week=archive.suggestions.week(lookup.track.name, week.first),
        themes=tuple(x for x in _shared_words(lookup, week.first, "theme") if normal(x.name) not in terms),
        questions=tuple(_shared_words(lookup, week.first, "question")),
    )


def _shared_words(lookup: Lookup, monday: date, kind: SuggestionKind) -> Iterator[SharedWords]:
    archive = lookup.archive
    items = archive.suggestions.of(lookup.track.name, monday, kind)[:_MOST_SHARED]
    quoted = posts(lookup, archive.posts.by_ids([item.posts[0] for item in items]))
    every = [post for item in items for post in item.posts[:_MOST_CHOSEN]]
    progress = archive.posts.progress(every)
    settled = archive.marks.settled(every, lookup.campaign.own.handles)
    progress |= {post: Mark.DONE for post in settled if progress.get(post) in ("open", "replied")}
    for item in items:
        ids = item.posts[:_MOST_CHOSEN]
        counts = Counter(progress[post] for post in ids if post in progress)
        yield SharedWords(
            name=item.name, people=item.people, posts=ids, words=item.words, quoted=quoted[ids[0]],
            open=tuple(post for post in ids if progress.get(post) == "open"),
            waiting=counts[Mark.NEEDS_REPLY], replied=counts["replied"],
        )  # fmt: skip
