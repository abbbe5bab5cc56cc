"""The answer to somebody who asks what is held of them: a letter to read, and the same for programs. Pure."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from html import escape
from itertools import starmap
from typing import Any

from monitor.campaign import Campaign
from monitor.core.clock import unstamp
from monitor.report.wording import title_of

_STYLE = (
    '<meta name="viewport" content="width=device-width">'
    "<style>body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:42rem;padding:0 1rem;"
    "overflow-wrap:anywhere}blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid}</style>"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
_OURS = {"id", "post_id", "place", "number"}  # which say something to the program only
# What a value is, where its column does not say so in plain words; "": the value itself does.
_NAMES = {
    "native_id": "known there as", "url": "at", "read_at": "read on", "first_seen_at": "collected on",
    "followers_at": "followers counted on", "edited_at": "edited on", "scrubbed_at": "text removed on",
    "created_at": "written on", "scored_at": "on", "at": "on", "lang": "language", "parent": "an answer to",
    "root": "in the conversation of", "copy_of": "a copy of", "tracks": "found for",
    "engagement": "reactions", "day": "on", "platform": "on", "source": "from", "stream": "where we look",
    "words": "", "term": "", "value": "", "field": "", "alt": "", "raw": "", "mark": "", "what": "",
    "kind": "", "text": "", "file": "",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept
class PersonFile:
    """What is held of one account, by what it is, and why and until when."""

    who: str
    campaign: Campaign
    holdings: Mapping[str, Sequence[Mapping[str, Any]]]
    made_at: datetime

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it is held, until when, and who answers for it."""
        name, office, keep = self.campaign.name, self.campaign.privacy, self.campaign.keep
        return (
            f"These posts are public, and were collected to learn what is said about {name}.",
            f"Texts go after {keep.text_days} days, and names {keep.author_days} days after the last post;"
            " sooner when their platform reports them deleted, and when you ask for it.",
            "You can ask us to correct or to erase any of it, or to stop. If you are not content with our"
            " answer, you can complain to the Information Commissioner's Office, ico.org.uk.",
            f"Responsible: {office.controller or name}. Contact: {office.contact or 'not yet given'}.",
        )

    def json(self) -> str:
        """Return all of it for programs."""
        head = {"account": self.who, "held_by": self.campaign.name, "made_at": self.made_at.isoformat()}
        return json.dumps(
            head | {"reasons": self.reasons, "held": self.holdings}, indent=2, ensure_ascii=False, default=str
        )

    def html(self) -> str:
        """Return all of it as a letter, with nothing from elsewhere."""
        title = f"What {escape(self.campaign.name)} holds about {escape(self.who)}"
        reasons = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.reasons)
        sections = {what: rows for what, rows in self.holdings.items() if rows and not _is_of_posts(rows)}
        parts = "".join(starmap(self._part, sections.items()))
        none = "; ".join(_yours(what) for what, rows in self.holdings.items() if not rows)
        return (
            f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{title}</title>{_STYLE}'
            f"<main><h1>{title}</h1><p>{self._time(self.made_at)}</p><p>Dear {escape(self.who)},</p>"
            f"<p>you asked what we hold about you. This is all of it.</p>{reasons}{parts}"
            f"<h2>What we do not hold</h2><p>Nothing of this kind: {escape(none)}.</p>"
        )

    def _part(self, what: str, rows: Sequence[Mapping[str, Any]]) -> str:
        write = self._post if what == "posts" else self._sentence
        lines = "".join(f"<li dir=auto>{write(row)}" for row in rows)
        return f"<h2>{_first(_yours(what))} ({len(rows):,})</h2><ul>{lines}</ul>"

    def _post(self, post: Mapping[str, Any]) -> str:
        rest = (f"<li>{_first(what)}: {'; '.join(lines)}" for what, lines in self._lines[post["id"]].items())
        text = escape(post["text"] or "Its text is erased.")
        about = self._sentence({name: post[name] for name in post if name not in ("text", "day")})
        return f"<blockquote dir=auto>{text}</blockquote>{about}<ul>{''.join(rest)}</ul>"

    @cached_property
    def _lines(self) -> Mapping[int, Mapping[str, Sequence[str]]]:
        """Return what is held of each post, by its number and by what it is."""
        lines: dict[int, dict[str, list[str]]] = defaultdict(partial(defaultdict, list))
        for what, rows in self.holdings.items():
            for row in rows if _is_of_posts(rows) else ():
                lines[row["post_id"]][what].append(self._sentence(row))
        return lines

    def _sentence(self, row: Mapping[str, Any]) -> str:
        """Return what a row says, without what is not known."""
        names = (name for name in row if row[name] not in (None, "") and name not in _OURS)
        words = (
            f"{_NAMES.get(name, name.replace('_', ' '))} {self._value(name, row[name])}" for name in names
        )
        return escape(", ".join(map(str.strip, words)))

    def _value(self, name: str, value: object) -> str:
        if name == "platform":
            return title_of(str(value))
        at = unstamp(value) if isinstance(value, str) and _TIME.fullmatch(value) else value
        if isinstance(at, float):
            return f"{at:.2f}"
        return self._time(at) if isinstance(at, datetime) else str(at)

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.campaign.zone):%-d %B %Y, %H:%M}"


def _is_of_posts(rows: Sequence[Mapping[str, Any]]) -> bool:
    return bool(rows) and "post_id" in rows[0]


def _first(words: str) -> str:
    return escape(words[:1].upper() + words[1:])


def _yours(what: str) -> str:
    """Return what is held, as said to the person themselves."""
    return re.sub(r"\bthem\b", "you", re.sub(r"\btheir\b", "your", what))
