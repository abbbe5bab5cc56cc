"""How the posts of each week sound, and what they are for, so that no row is of a few people.

Beside the table of posts a number of one or two would be the opinion of somebody who is named there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from monitor.archive.values import PostRow
from monitor.core.small_groups import LEAST, safe_groups
from monitor.report import Report
from monitor.report.window import week_of

HEAD = "week from", "what", "value", "posts"
HELD_BACK = f"not shown separately: by fewer than {LEAST} people, all alike, or not of a whole week"


class ToneCounts:
    """Counts of posts by tone a week at a time, and those by stance of a report's weeks."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._posts: defaultdict[date, Counter[str | None]] = defaultdict(Counter)
        self._people: defaultdict[tuple[date, str | None], set[str]] = defaultdict(set)

    def each(self, rows: Iterable[PostRow]) -> Iterator[PostRow]:
        """Yield the rows, each counted."""
        for row in rows:
            monday = week_of(row.day).first
            self._posts[monday][row.tone] += 1
            people = self._people[monday, row.tone]
            if len(people) < LEAST:
                people.add(f"{row.platform} {row.author_id or row.handle}")
            yield row

    def rows(self) -> Iterator[tuple[date, str, str, int]]:
        """Yield the rows of a table with the columns of HEAD."""
        for week in self._report.stances:
            if week.week.first >= self._report.window.first:
                for stance, posts in (week.labels or {HELD_BACK: week.posts}).items():
                    yield week.week.first, "stance", stance, posts
        for monday, values in sorted(self._posts.items()):
            # Held back rather than the others: what is not known, and what is unclear.
            order = sorted(values, key=lambda value: (value is not None, value != "unclear", value or ""))
            people = {value: len(self._people[monday, value]) for value in order}
            is_told = bool(self._report.tones)
            safe = order if order == [None] else safe_groups(people) if is_told else []
            yield from sorted((monday, "tone", value or "not scored", values[value]) for value in safe)
            if others := sum(posts for value, posts in values.items() if value not in safe):
                yield monday, "tone", HELD_BACK, others
