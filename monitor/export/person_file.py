"""The answer to somebody who asks what is held of them: a page to read, and the same for programs. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import starmap
from typing import Any

from monitor.campaign import Campaign

_STYLE = (
    '<meta name="viewport" content="width=device-width">'
    "<style>body{font:1rem/1.5 sans-serif;margin:1rem;overflow-wrap:anywhere}table{border-collapse:collapse}"
    "tbody{border-top:1px solid}"
    "td,th{text-align:left;vertical-align:top;padding:.2rem .6rem}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
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
            f"Responsible: {office.controller or name}. Contact: {office.contact or 'not yet given'}.",
        )

    def json(self) -> str:
        """Return all of it for programs."""
        head = {"account": self.who, "held_by": self.campaign.name, "made_at": self.made_at.isoformat()}
        return json.dumps(
            head | {"reasons": self.reasons, "held": self.holdings}, indent=2, ensure_ascii=False, default=str
        )

    def html(self) -> str:
        """Return all of it as one page, with nothing from elsewhere."""
        title = f"What {escape(self.campaign.name)} holds about {escape(self.who)}"
        reasons = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.reasons)
        parts = "".join(_part(what, rows) for what, rows in self.holdings.items())
        made_at = f"{self.made_at.astimezone(self.campaign.zone):%-d %B %Y, %H:%M}"
        return (
            f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{title}</title>{_STYLE}'
            f"<main><h1>{title}</h1><p>Made on {made_at}.</p>{reasons}{parts}"
        )


def _part(what: str, rows: Sequence[Mapping[str, Any]]) -> str:
    heading = f"<h2>{escape(what[:1].upper() + what[1:])}: {len(rows) or 'none'}</h2>"
    lines = "".join("<tbody>" + "".join(starmap(_line, row.items())) for row in rows)
    return f"{heading}<table>{lines}</table>" if rows else heading


def _line(name: str, value: object) -> str:
    words = "not known" if value is None else escape(str(value))
    return f"<tr><th>{escape(name.replace('_', ' '))}<td dir=auto>{words}"
