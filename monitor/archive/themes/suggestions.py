"""What the words of a week suggest: themes that are new, and questions that several people ask."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.archive.connection import OF_DAYS, OWN, Connection, WriteConnection, own_accounts
from monitor.archive.stats import number
from monitor.archive.values import ReadWeek, Suggestion, SuggestionKind, WeekPost
from monitor.manual_entry import BY_HAND

_TRACK = "(SELECT id FROM tracks WHERE name = ?)"
_READ = f"SELECT {{}} FROM suggestion_weeks WHERE track_id = {_TRACK} AND monday = ?"
# Of its posts those that are still here, and ours.
_POSTS = (
    "(SELECT json_group_array(id) FROM (SELECT p.id FROM json_each(s.posts) j JOIN posts p ON p.id = j.value"
    " WHERE p.text IS NOT NULL AND p.id NOT IN (SELECT post_id FROM marks WHERE mark = 'not ours')"
    " ORDER BY j.key))"
)
# What chance draws of a long week is the same each time; the index alone says it, before a post is read.
_WEEK_POSTS = (
    "SELECT p.id, iif(p.platform = :by_hand, substr(p.native_id, 1, instr(p.native_id, '|')), p.author_id),"
    " p.text, p.lang, p.engagement FROM posts p"
    f" WHERE {OF_DAYS} AND p.id * 2654435761 % 4294967296 < 4294967296 * :share"
    " AND p.text IS NOT NULL AND p.kind <> 'article'"
    " AND EXISTS (SELECT 1 FROM post_tracks WHERE post_id = p.id AND track = :track)"
    f" AND p.author_id NOT IN {OWN} ORDER BY p.id"
)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions of each week."""

    db: Connection

    def week(self, track: str, monday: date) -> ReadWeek | None:
        """Return how much of a week was read for suggestions; None: it was not, or not yet."""
        row = self.db.execute(_READ.format("read, unread"), [track, str(monday)]).fetchone()
        return ReadWeek(read=row[0], unread=row[1]) if row else None

    def state(self, track: str, monday: date) -> str:
        """Return what was there when a week was read; empty if it was not."""
        row = self.db.execute(_READ.format("state"), [track, str(monday)]).fetchone()
        return str(row[0]) if row else ""

    def number(self, track: str, first: date, last: date) -> int:
        return self.db.number(
            "SELECT ifnull(sum(d.posts), 0) FROM days d JOIN series s ON s.id = d.series"
            f" WHERE s.track_id = {_TRACK} AND d.day BETWEEN ? AND ?",
            [track, number(first), number(last)],
        )

    def posts(self, track: str, monday: date, own: Collection[str], most: int) -> list[WeekPost]:
        """Return what people wrote in a week, without articles and these accounts; about `most` by chance."""
        posts = self.number(track, monday, monday + timedelta(days=6))
        values = {
            "track": track, "since": str(monday), "until": str(monday + timedelta(days=7)),
            "own": own_accounts(own), "by_hand": BY_HAND, "share": min(1.0, most / max(1, posts)),
        }  # fmt: skip
        return [*map(WeekPost._make, self.db.execute(_WEEK_POSTS, values))]

    def of(self, track: str, monday: date, kind: SuggestionKind) -> list[Suggestion]:
        """Return a week's suggestions of a kind, the clearest first, with what is here of their posts."""
        rows = self.db.execute(
            f"SELECT words, people, {_POSTS} FROM suggestions s"
            f" WHERE track_id = {_TRACK} AND monday = ? AND kind = ? ORDER BY place",
            [track, str(monday), kind],
        )
        suggestions = [
            Suggestion(words=(*words.split("\n"),), people=people, posts=(*json.loads(posts),))
            for words, people, posts in rows
        ]
        return [suggestion for suggestion in suggestions if suggestion.posts]


@dataclass(frozen=True, slots=True)
class SuggestionsWriter(Suggestions):
    """The same, and a week's suggestions stored."""

    db: WriteConnection

    def save(
        self, track: str, monday: date, week: ReadWeek,
        suggestions: Mapping[SuggestionKind, Iterable[Suggestion]], *, state: str,
    ) -> None:  # fmt: skip
        """Store what a week suggests, in place of what was there; nothing if the track has no posts yet."""
        with self.db.transaction():
            forget_suggestions(self.db, f"track_id = {_TRACK} AND monday = ?", track, str(monday))
            self.db.execute(
                "INSERT INTO suggestion_weeks (track_id, monday, read, unread, state)"
                " SELECT id, ?, ?, ?, ? FROM tracks WHERE name = ?",
                [str(monday), week.read, week.unread, state, track],
            )
            rows = [
                (str(monday), kind, place, "\n".join(item.words), item.people, json.dumps(item.posts), track)
                for kind, several in suggestions.items()
                for place, item in enumerate(several)
            ]
            self.db.executemany(
                "INSERT INTO suggestions (track_id, monday, kind, place, words, people, posts)"
                " SELECT id, ?, ?, ?, ?, ?, ? FROM tracks WHERE name = ?",
                rows,
            )


def forget_suggestions(db: WriteConnection, which: str = "true", *values: str) -> None:
    """Forget what weeks suggest, as when somebody is forgotten whose words may be in it."""
    db.execute(f"DELETE FROM suggestion_weeks WHERE {which}", [*values])
