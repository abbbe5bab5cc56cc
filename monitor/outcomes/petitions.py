"""Petitions whose site tells their count: UK Parliament's, and those on ControlShift's software.

Parliament: https://github.com/alphagov/e-petitions/tree/c87c8b60, app/views/petitions/_petition.json.jbuilder
and app/views/archived/petitions/_petition.json.jbuilder; it subtracts signatures that turn out invalid, and
counts the whole and its parts by different jobs, so neither is put right by the other.
ControlShift: https://github.com/controlshift/slate, "petitions/SLUG.json".
Both tell who began a petition; that is never stored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.archive.outcomes.counters import CounterReading
from monitor.campaign.petition_address import count_address
from monitor.core.errors import Unreadable
from monitor.core.files.written_values import instant_in
from monitor.core.model import WRONG, Outcome, Page, encodable
from monitor.core.text import one_line
from monitor.outcomes import TRACK, Visit
from monitor.sources.shared.http import check, json_of

_NO_COUNT = "It gave no count. If it never does, type its total on the Outcomes page."
_REMOVED = "Its site has removed it (410). What was read before is kept."
_MILESTONES = {
    "opened": "opened_at", "closed": "closed_at", "rejected": "rejected_at",
    "response_threshold_reached": "response_threshold_reached_at",
    "government_response": "government_response_at",
    "debate_threshold_reached": "debate_threshold_reached_at",
    "debate_scheduled": "scheduled_debate_date", "debated": "debate_outcome_at",
}  # fmt: skip
_NOT_SO = dict.fromkeys(("archived", "removed"))
_MOST = 1_000_000_000
_AREA = re.compile(r"[A-Z]\d{8}")
_STATE = re.compile(r"[a-z_-]{1,30}")
_SETTLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionCount:
    """What a petition's site says of it at one time."""

    title: str
    total: int | None
    state: str
    placed: int | None = None  # signatures in the United Kingdom, which may be more than the total
    areas: Mapping[str, int] = field(default_factory=dict)
    milestones: Mapping[str, datetime | None] = field(default_factory=dict)
    marks: tuple[str, ...] = ()  # milestones without a time of their own: it is when they were first seen
    thresholds: tuple[int, int] | None = None  # for a response, and for a debate


def parse(raw: Mapping[str, Any]) -> PetitionCount:
    """Return what an answer tells; raises what WRONG has for one that tells no count."""
    if "data" not in raw:
        return PetitionCount(
            title=title_of(raw["title"]),
            total=count_of(raw["signature_count"]),
            state="closed" if raw.get("ended") is True else "open",
            milestones={**_NOT_SO, "opened": time_of(raw.get("created_at"))},
        )
    values, areas = raw["data"]["attributes"], _counts(raw, "constituency", "ons_code")
    if not all(map(_AREA.fullmatch, areas)):
        raise ValueError("an area has no code")
    times = {name: time_of(values.get(key)) for name, key in _MILESTONES.items()}
    closes = time_of(values.get("closing_date"))
    parliament = raw["data"].get("parliament") or {}
    thresholds = (parliament.get("response_threshold"), parliament.get("debate_threshold"))
    return PetitionCount(
        title=title_of(values["action"]),
        total=count_of(values["signature_count"]),
        state=_STATE.fullmatch(values["state"])[0],  # type: ignore[index]
        placed=_counts(raw, "country", "code").get("GB", sum(areas.values()) if areas else None),
        areas=areas,
        milestones={**_NOT_SO, **times, **({"closes": closes} if closes else {})},  # said while it is open
        marks=("archived",) if raw["data"]["type"] == "archived-petition" else (),
        thresholds=(count_of(thresholds[0]), count_of(thresholds[1])) if all(thresholds) else None,
    )


def _counts(raw: Mapping[str, Any], part: str, key: str) -> dict[str, int]:
    items = raw["data"]["attributes"].get(f"signatures_by_{part}") or ()
    counts = {item[key]: count_of(item["signature_count"]) for item in items}
    if len(counts) < len(items):
        raise ValueError(f"a {part} comes twice")
    return counts


def count_of(value: object) -> int:
    """Return a count as a service tells it; raises ValueError for what is none."""
    if type(value) is not int or not 0 <= value <= _MOST:
        raise ValueError(f"{value!r:.50} is not a count")
    return value


def time_of(value: object) -> datetime | None:
    """Return a time as a service tells it, None if it does not; raises ValueError for what is none."""
    if value is None:
        return None
    if not isinstance(value, str) or not (at := instant_in(value)) or not 1990 <= at.year <= 2200:
        raise ValueError(f"{value!r:.50} is not a time")
    return at


def title_of(value: str) -> str:
    """Return a title on one line, of bounded length; raises TypeError for what is none."""
    return one_line(encodable(value[:300])) or "A petition"


def read(visit: Visit) -> Page:
    """Ask for a petition's count and store it; raises SourceError."""
    name, page, counter = visit.service.name, visit.service.address, visit.counter
    # Whether it is unchanged is told by a petition's own time, and its counts by area follow a little later.
    since = None if visit.is_first else visit.archive.coverage.cursors(TRACK).get(name)
    answer = visit.session.get(
        count_address(page) or page, headers={"If-Modified-Since": since} if since else {}
    )
    if answer.status_code == 304 and counter:
        visit.archive.counters.unchanged(counter.id, visit.now)
        return Page(stream=name)
    if answer.status_code == 410 and counter:
        save(PetitionCount(title=counter.title, total=None, state="removed", marks=("removed",)), visit)
        return Page(stream=name, outcome=Outcome.CLOSED, detail=_REMOVED)
    check(answer, visit.now)
    try:
        save(parse(json_of(answer, visit.now)), visit)
    except (Unreadable, *WRONG) as error:
        raise Unreadable(_NO_COUNT) from error
    modified = answer.headers.get("Last-Modified", "")
    at = instant_in(modified)  # to ten seconds, in which more may follow
    return Page(stream=name, cursor=modified[:40] if at and at < visit.now - _SETTLED else None)


def save(count: PetitionCount, visit: Visit) -> int:
    """Store what a petition's site says; return its counter's number."""
    counters = visit.archive.counters
    number = counters.add("petition", visit.service.name, count.title, visit.service.address)
    seen = {milestone.name: milestone.at for milestone in counters.milestones(number, visit.now)}
    marks = {name: seen.get(name) or visit.now for name in count.marks}
    reading = CounterReading(visit.now, count.total, count.placed, count.state)
    counters.save(number, reading, count.areas, {**count.milestones, **marks})
    if count.thresholds:
        counters.save_thresholds(number, count.thresholds)
    return number
