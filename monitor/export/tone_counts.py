"""How the posts of each week sound, and what they are for, so that no row is of a few people.

Beside the table of posts a number of one or two would be the opinion of somebody who is named there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from monitor.archive.values import PostRow
from monitor.core.anonymity import LEAST, safe_groups

HEAD = "week from", "what", "value", "posts"
HELD_BACK = f"not told apart: some are by fewer than {LEAST} people, all are alike, or it is no whole week"
_UNKNOWN = {"tone": "not scored", "stance": "no label"}

_Cell = tuple[date, str]  # week, and what is counted


class ToneCounts:
    """Counts of posts by tone and by stance, a week at a time; `is_told`: of days that may be told at all."""

    def __init__(self, *, is_told: bool) -> None:
        self._is_told = is_told
        self._posts: defaultdict[_Cell, Counter[str | None]] = defaultdict(Counter)
        self._people: defaultdict[tuple[_Cell, str | None], set[str]] = defaultdict(set)

    def each(self, rows: Iterable[PostRow]) -> Iterator[PostRow]:
        """Yield the rows, each counted."""
        for row in rows:
            monday = row.day - timedelta(days=row.day.weekday())
            for what, value in (("tone", row.tone), ("stance", row.stance_label)):
                cell = (monday, what)
                self._posts[cell][value] += 1
                people = self._people[cell, value]
                if len(people) < LEAST:
                    people.add(f"{row.platform} {row.author_id or row.handle}")
            yield row

    def rows(self) -> Iterator[tuple[date, str, str, int]]:
        """Yield the rows of a table with the columns of HEAD."""
        for cell, values in sorted(self._posts.items()):
            # Held back rather than the others: what is not known, and what is unclear.
            order = sorted(values, key=lambda value: (value is not None, value != "unclear", value or ""))
            people = {value: len(self._people[cell, value]) for value in order}
            safe = order if order == [None] else safe_groups(people) if self._is_told else []
            yield from sorted((*cell, value or _UNKNOWN[cell[1]], values[value]) for value in safe)
            if others := sum(posts for value, posts in values.items() if value not in safe):
                yield *cell, HELD_BACK, others
