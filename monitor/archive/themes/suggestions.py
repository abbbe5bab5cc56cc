"""What the words of a week suggest: themes that are new, and questions that several people ask."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from monitor.archive.connection import Connection, WriteConnection
from monitor.archive.values import ReadWeek, Suggestion, SuggestionKind

_TRACK = "(SELECT id FROM tracks WHERE name = ?)"
# Of its posts those that are still here, and ours.
_POSTS = (
    "(SELECT json_group_array(id) FROM (SELECT p.id FROM json_each(s.posts) j JOIN posts p ON p.id = j.value"
    " WHERE p.text IS NOT NULL AND p.id NOT IN (SELECT post_id FROM marks WHERE mark = 'not ours')"
    " ORDER BY j.key))"
)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions of each week."""

    db: Connection

    def week(self, track: str, monday: date) -> ReadWeek | None:
        """Return how much of a week was read for suggestions; None: it was not, or not yet."""
        sql = f"SELECT read, unread, state FROM suggestion_weeks WHERE track_id = {_TRACK} AND monday = ?"
        row = self.db.execute(sql, [track, str(monday)]).fetchone()
        return ReadWeek(*row) if row else None

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
        self,
        track: str,
        monday: date,
        week: ReadWeek,
        suggestions: Mapping[SuggestionKind, Iterable[Suggestion]],
    ) -> None:
        """Store what a week suggests, in place of what was there; nothing if the track has no posts yet."""
        with self.db.transaction():
            forget_suggestions(self.db, f"track_id = {_TRACK} AND monday = ?", track, str(monday))
            self.db.execute(
                "INSERT INTO suggestion_weeks (track_id, monday, read, unread, state)"
                " SELECT id, ?, ?, ?, ? FROM tracks WHERE name = ?",
                [str(monday), week.read, week.unread, week.state, track],
            )
            self.db.executemany(
                "INSERT INTO suggestions (track_id, monday, kind, place, words, people, posts)"
                " SELECT id, ?, ?, ?, ?, ?, ? FROM tracks WHERE name = ?",
                [
                    (str(monday), kind, place, *_cells(suggestion), track)
                    for kind, several in suggestions.items()
                    for place, suggestion in enumerate(several)
                ],
            )


def forget_suggestions(db: WriteConnection, which: str = "true", *values: str) -> None:
    """Forget what weeks suggest, as when somebody is forgotten whose words may be in it."""
    db.execute(f"DELETE FROM suggestion_weeks WHERE {which}", [*values])


def _cells(suggestion: Suggestion) -> tuple[str, int, str]:
    return "\n".join(suggestion.words), suggestion.people, json.dumps(suggestion.posts)
