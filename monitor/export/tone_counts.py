"""How the posts of each week and platform sound, and what they are for, so that no row is of a few people.

Beside the table of posts a number of one or two would be the opinion of somebody who is named there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from monitor.archive.values import PostRow

HEAD = "week from", "platform", "what", "value", "posts"
LEAST = 5  # people: of fewer, a number would tell what each of them thinks
FEW = f"others, each by fewer than {LEAST} people"
ALIKE = "not shown: all are alike"

_Cell = tuple[date, str, str]  # week, platform, and what is counted


class ToneCounts:
    """Counts of posts by tone and by stance, a week and a platform at a time."""

    def __init__(self) -> None:
        self._posts: defaultdict[_Cell, Counter[str]] = defaultdict(Counter)
        self._people: defaultdict[tuple[_Cell, str], set[str]] = defaultdict(set)

    def each(self, rows: Iterable[PostRow]) -> Iterator[PostRow]:
        """Yield the rows, each counted."""
        for row in rows:
            monday = row.day - timedelta(days=row.day.weekday())
            for what, value in (
                ("tone", row.tone or "not scored"),
                ("stance", row.stance_label or "no label"),
            ):
                cell = (monday, row.platform, what)
                self._posts[cell][value] += 1
                people = self._people[cell, value]
                if len(people) < LEAST:
                    people.add(row.author_id or row.handle or "")
            yield row

    def rows(self) -> Iterator[tuple[date, str, str, str, int]]:
        """Yield the rows of a table with the columns of HEAD."""
        for cell, values in sorted(self._posts.items()):
            if len(values) == 1 and not {"not scored", "no label"} & values.keys():
                yield *cell, ALIKE, values.total()
                continue
            many = {value for value in values if len(self._people[cell, value]) >= LEAST}
            yield from ((*cell, value, values[value]) for value in sorted(many))
            if few := sum(posts for value, posts in values.items() if value not in many):
                yield *cell, FEW, few
