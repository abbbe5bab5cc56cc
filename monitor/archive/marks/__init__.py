"""How far the office is with posts: their marks, and the reply desk, on which they wait for an answer."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from monitor.archive.connection import GIVEN, OWN, Connection, WriteConnection, own_accounts
from monitor.archive.conversations import ANSWERING
from monitor.archive.values import DeskCard, Mark
from monitor.core.clock import stamp, unstamp
from monitor.core.errors import ArchiveError

_WORKING_DAYS = 2  # until a reply is due
_REOPENS = timedelta(days=30)  # after an answer: as long as posts are read again


class DeskView(StrEnum):
    """Where a marked post is: in exactly one of these, until its mark is taken away or it is gone."""

    OPEN = "open"
    LATER = "later"
    DONE = "done"
    NOT_OURS = "not ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEntry:
    """A line of a post's history. `by` is empty for what the program saw."""

    act: str
    by: str
    at: datetime
    owner: str | None = None
    day: date | None = None
    answered_by: str | None = None  # the handle of the campaign's account, while that is known


_VIEWS = {
    DeskView.OPEN: "mark = 'needs reply' AND ifnull(until, '') <= :today",
    DeskView.LATER: "mark = 'needs reply' AND until > :today",
    DeskView.DONE: "mark = 'done'",
    DeskView.NOT_OURS: "mark = 'not ours'",
}
_CARDS = (
    "SELECT json_group_array(post_id), by, min(at) AS since, max(owner) AS owner,"
    " min(max(due, ifnull(until, due))) AS due, until, ifnull(answers, 0) FROM marks LEFT JOIN"
    " (SELECT together AS lead, count(*) AS answers FROM marks WHERE mark = 'done' GROUP BY lead)"
    " ON lead = together WHERE {} GROUP BY ifnull(together, post_id)"
    " ORDER BY iif(due IS NULL, NULL, owner IS NOT NULL), due, iif(due IS NULL, NULL, since), since DESC,"
    " min(post_id) LIMIT {}"
)


class MarkRow(NamedTuple):
    """A post's mark as it is stored, which an Undo brings back."""

    mark: str
    by: str
    at: str
    owner: str | None
    due: str | None
    until: str | None
    together: int | None  # the first of the posts that one answer is for


_ROW = ", ".join(MarkRow._fields)
_BEFORE = (
    f"SELECT json_group_array(json_array(p.id, {_ROW})) FROM posts p LEFT JOIN marks ON post_id = p.id"
    f" WHERE p.id IN {GIVEN}"
)
_UNDO = "undo:"  # begins the key of what somebody's last act changed; its value is that act, and what was
_ANSWERS = (  # of a post, by the campaign's own accounts
    f"posts r WHERE {ANSWERING.format('r', 'p')} AND r.text IS NOT NULL AND r.kind = 'reply'"
    f" AND r.author_id IN {OWN}"
)
_CLOSING = (
    f"SELECT p.id, (SELECT min(r.id) FROM {_ANSWERS} AND r.first_seen_at >= m.at) AS answer FROM marks m"
    " JOIN posts p ON p.id = m.post_id WHERE m.mark = 'needs reply' AND answer IS NOT NULL"
)
_REOPENING = (
    "SELECT p.id FROM mark_history h CROSS JOIN marks m USING (post_id) CROSS JOIN posts p ON p.id = post_id"
    " WHERE h.act = 'answered' AND h.at >= :since AND m.mark = 'done' AND p.text IS NOT NULL"
    " AND h.id = (SELECT max(id) FROM mark_history WHERE post_id = p.id)"
    f" AND (SELECT text FROM posts WHERE id = h.answer) IS NULL AND NOT EXISTS (SELECT 1 FROM {_ANSWERS})"
)


def due_day(day: date) -> date:
    """Return the day by which what is marked on a day is to be answered: two working days later."""
    for _ in range(_WORKING_DAYS):
        day += timedelta(days=max(1, 7 - day.weekday()) if day.weekday() >= 4 else 1)
    return day


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of posts, and the desk that they make."""

    db: Connection

    def cards(self, view: DeskView, today: date, most: int = -1) -> list[DeskCard]:
        """Return what is in a view: first what nobody has taken, then by due day; what is over, latest first.

        Week, page, mail, alert and the number in the menu are all made from this.
        """
        rows = self.db.execute(_CARDS.format(_VIEWS[view], most), {"today": str(today)})
        return [
            DeskCard(
                posts=tuple(sorted(json.loads(posts))), by=by, since=unstamp(since), owner=owner,
                due=_day(due), until=_day(until), answers=answers,
            )
            for posts, by, since, owner, due, until, answers in rows
        ]  # fmt: skip

    def settled(self, ids: Collection[int], own: Collection[str]) -> set[int]:
        """Return those of these posts that accounts of these handles wrote or answered."""
        sql = (
            f"SELECT p.id FROM posts p WHERE p.id IN (SELECT value FROM json_each(:ids))"
            f" AND (p.author_id IN {OWN} OR EXISTS (SELECT 1 FROM {_ANSWERS}))"
        )
        values = {"ids": json.dumps([*ids]), "own": own_accounts(own)}
        return {post for (post,) in self.db.execute(sql, values)}

    def last_act(self) -> int:
        """Return the number of the last act: whoever acts later says up to which one they had seen."""
        return self.db.number("SELECT ifnull(max(id), 0) FROM mark_history")

    def last_act_of(self, by: str) -> int | None:
        """Return the number of somebody's last act, which they can undo; None if there is none."""
        act, _ = self._undoable(by)
        return act

    def _undoable(self, by: str) -> tuple[int | None, dict[int, MarkRow | None]]:
        """Return somebody's last act, and by post the mark before it."""
        act, rows = json.loads(self.db.meta(_UNDO + by) or "[null, []]")
        return act, {post: MarkRow(*row) if row[0] else None for post, *row in rows}

    def history(self, post: int) -> list[MarkEntry]:
        """Return what became of a post on the desk, the latest first."""
        sql = (
            "SELECT act, by, at, owner, h.day, (SELECT a.handle FROM posts p JOIN authors a ON a.id ="
            " p.author_id WHERE p.id = h.answer) FROM mark_history h WHERE post_id = ? ORDER BY h.id DESC"
        )
        return self.db.records(MarkEntry, sql, [post])


@dataclass(frozen=True, slots=True)
class MarksWriter(Marks):
    """The same, and what people do on the desk: each act in one short transaction.

    `seen` is the last act that whoever acts had seen, None if that does not matter.
    Raises ArchiveError if somebody else has done something to one of the posts since, and changes nothing.
    """

    db: WriteConnection

    def set(
        self, ids: Iterable[int], mark: str | None, *, by: str, now: datetime, seen: int | None = None,
        together: bool = False,
    ) -> int:  # fmt: skip
        """Store how far the office is with posts; None takes a mark away. Return how many it changed.

        A post that is "not ours" leaves all counts, and comes back to them with its mark gone.
        `together`: one answer is for all of them. Raises ValueError for a mark that there is not.
        """
        ids, chosen = [*ids], mark and Mark(mark)
        lead = min(ids) if together else None

        def change(post: int) -> int:
            return self._store(post, self._marked(post, chosen, by, now, lead) if chosen else None, by, now)

        return self._change(ids, by, seen, change)

    def update(
        self, ids: Iterable[int], act: str, changes: Mapping[str, str | None], *, by: str, now: datetime,
        seen: int | None = None, together: bool = False,
    ) -> int:  # fmt: skip
        """Change when or by whom posts are answered; what was not to be answered is so from now on.

        Put off "later" they wait for the day `until`; "assigned", they get an `owner`, and a day if there is
        one in `due`. Return how many it changed.
        """
        ids = [*ids]
        lead = min(ids) if together else None

        def change(post: int) -> int:
            row = self._marked(post, Mark.NEEDS_REPLY, by, now, lead)
            is_new, fields = self._store(post, row, by, now), _changes(row, changes)
            line = {"act": act, "owner": fields.get("owner"), "day": fields.get("due") or fields.get("until")}
            return self._store(post, row._replace(**fields), by, now, **line) or is_new

        return self._change(ids, by, seen, change)

    def undo(self, act: int, *, by: str, now: datetime, seen: int | None = None) -> int:
        """Bring back how posts were before somebody's last act, unless this is another; return how many."""
        last, before = self._undoable(by)

        def restore(post: int) -> int:
            row, current = before[post], self._row(post)
            is_same = row and current and row.mark == current.mark
            line = {"act": "later", "day": row.until} if row and is_same else {}
            return self._store(post, row, by, now, **line)

        return self._change(before if act == last else (), by, seen, restore)

    def see_answers(self, own: Collection[str], now: datetime) -> None:
        """Close what an account of these handles has answered; reopen what has lost its answer since.

        An answer counts if it came here after the mark: whoever marks an answered post wants another one.
        An answer that is deleted within a month is none: somebody would wait for good.
        """
        values = {"own": own_accounts(own), "since": stamp(now - _REOPENS)}
        closing = self.db.execute(_CLOSING, values).fetchall()
        if not closing and not self.db.execute(_REOPENING, values).fetchone():
            return
        with self.db.durable_transaction():
            for post, answer in self.db.execute(_CLOSING, values).fetchall():
                row = self._marked(post, Mark.DONE, "", now)
                self._store(post, row, "", now, act="answered", answer=answer)
            for (post,) in self.db.execute(_REOPENING, values).fetchall():
                self._store(post, self._marked(post, Mark.NEEDS_REPLY, "", now), "", now)

    def _change(self, ids: Iterable[int], by: str, seen: int | None, change: Callable[[int], int]) -> int:
        ids = [*dict.fromkeys(ids)]
        with self.db.durable_transaction():
            newer = self.db.execute(
                f"SELECT act, by, at FROM mark_history WHERE id > ? AND post_id IN {GIVEN} ORDER BY id DESC",
                [seen, json.dumps(ids)],
            ).fetchone()  # nothing is greater than NULL
            before = self.db.execute(_BEFORE, [json.dumps(ids)]).fetchone()[0]
            changed = sum(map(change, ids))
            if changed and newer:
                act, other, at = newer
                at = unstamp(at).astimezone(self.db.zone)
                raise ArchiveError(
                    f"{other or 'The program'} was quicker: “{act}” at {at:%H:%M}. Nothing was changed. Look"
                    " again before you decide; to go ahead all the same, press the button."
                )
            if changed:
                self.db.set_meta(_UNDO + by, f"[{self.last_act()},{before}]")
            return changed

    def _row(self, post: int) -> MarkRow | None:
        row = self.db.execute(f"SELECT {_ROW} FROM marks WHERE post_id = ?", [post]).fetchone()
        return row and MarkRow._make(row)

    def _marked(self, post: int, mark: Mark, by: str, now: datetime, lead: int | None = None) -> MarkRow:
        """Return a post's row with a mark; one that has it already keeps its day, and who marked it."""
        before = self._row(post)
        lead = lead or (before and before.together)
        if before and before.mark == mark:
            return before._replace(together=lead) if mark is Mark.NEEDS_REPLY else before
        due = str(due_day(now.astimezone(self.db.zone).date())) if mark is Mark.NEEDS_REPLY else None
        return MarkRow(mark, by, stamp(now), before and before.owner, due, None, lead)

    def _store(self, post: int, row: MarkRow | None, by: str, now: datetime, **line: str | int | None) -> int:
        """Store a post's row, with a line of its history; return 1 if that changed it.

        Nobody can answer a post whose text is gone.
        """
        before, some = self._row(post), "AND text IS NOT NULL" if row and row.mark == Mark.NEEDS_REPLY else ""
        is_here = self.db.execute(f"SELECT 1 FROM posts WHERE id = ? {some}", [post]).fetchone()
        if row == before or not is_here:
            return 0
        self.db.execute("DELETE FROM marks WHERE post_id = ?", [post])
        if before and before.mark == Mark.NOT_OURS:
            self._move(post, "set_aside", "post_series")
        if row and row.mark == Mark.NOT_OURS:
            self._move(post, "post_series", "set_aside")
        if row:
            self._insert("marks", post_id=post, **row._asdict())
        line.setdefault("act", row.mark if row else "no mark")
        self._insert("mark_history", post_id=post, by=by, at=stamp(now), **line)
        return 1

    def _insert(self, table: str, **row: str | int | None) -> None:
        sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        self.db.execute(sql, [*row.values()])

    def _move(self, post: int, source: str, target: str) -> None:
        columns = "post_id, series"
        self.db.execute(
            f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source} WHERE post_id = ?", [post]
        )
        self.db.execute(f"DELETE FROM {source} WHERE post_id = ?", [post])


def _changes(row: MarkRow, changes: Mapping[str, str | None]) -> dict[str, Any]:
    """Return what really changes of a row: it comes back by the day that is chosen, if it is put off."""
    due = changes.get("due")
    if due and due == max(row.due or "", row.until or ""):  # as it was shown
        return {name: value for name, value in changes.items() if name != "due"}
    return {**changes, "until": min(row.until, due)} if due and row.until else {**changes}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
