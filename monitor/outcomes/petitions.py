"""Petitions whose site tells their count: UK Parliament's, and those on ControlShift's software.

Parliament: https://github.com/alphagov/e-petitions/tree/c87c8b60, app/views/petitions/_petition.json.jbuilder
and app/views/archived/petitions/_petition.json.jbuilder; it subtracts signatures that turn out invalid, and
counts the whole and its parts by different jobs, so neither is put right by the other.
ControlShift: https://github.com/controlshift/slate, "petitions/SLUG.json".
Both tell who began a petition; that is never stored.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
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
from monitor.sources.shared.response_parsing import table

_NO_COUNT = "It gave no count. If it never does, type its total on the Outcomes page."
_ANOTHER = "It answered with another petition, so nothing was stored. Check its address under Settings."
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
_CODE = re.compile(r"[A-Z]\d{8}|[A-Z]{2}")  # of an area, or a country
_DIGITS = re.compile(r"\d{1,10}", re.ASCII)
_STATE = re.compile(r"[a-z_-]{1,30}")
_SETTLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionCount:
    """What a petition's site says of it at one time."""

    id: str = ""  # as its site has it; empty: not told
    title: str
    total: int | None
    state: str
    placed: int | None = None  # signatures in the United Kingdom, which may be more than the total
    areas: Mapping[str, int] = field(default_factory=dict)
    milestones: Mapping[str, datetime | None] = field(default_factory=dict)
    marks: tuple[str, ...] = ()  # milestones without a time of their own: it is when they were first seen
    thresholds: tuple[int, int] | None = None  # for a response, and for a debate


def parse(raw: Mapping[str, Any]) -> PetitionCount:
    """Return what an answer tells; raises what WRONG has for one that tells no count.

    Another part that cannot be read costs itself alone: it was not said.
    """
    if "data" not in raw:
        return PetitionCount(
            title=title_of(raw.get("title")),
            total=count_of(raw["signature_count"]),
            state="closed" if raw.get("ended") is True else "open",
            milestones=_NOT_SO | _times(raw, {"opened": "created_at"}),
        )
    values = raw["data"]["attributes"]
    areas = _counts(values, "constituency", "ons_code")
    closes = {name: at for name, at in _times(values, {"closes": "closing_date"}).items() if at}
    return PetitionCount(
        id=str(raw["data"].get("id", "")),
        title=title_of(values.get("action")),
        total=count_of(values["signature_count"]),
        state=state if _STATE.fullmatch(state := str(values.get("state") or "").lower()) else "unknown",
        placed=_counts(values, "country", "code").get("GB", sum(areas.values()) if areas else None),
        areas=areas,
        milestones={**_NOT_SO, **_times(values, _MILESTONES), **closes},  # said while it is open
        marks=("archived",) if raw["data"].get("type") == "archived-petition" else (),
        thresholds=_thresholds(table(raw["data"].get("parliament"))),
    )


def _counts(values: Mapping[str, Any], part: str, key: str) -> dict[str, int]:
    """Return the counts of a part by their codes; none if one of them cannot be read."""
    with suppress(*WRONG):
        items = values[f"signatures_by_{part}"]
        counts = {item[key].strip().upper(): count_of(item["signature_count"]) for item in items}
        return counts if len(counts) == len(items) and all(map(_CODE.fullmatch, counts)) else {}
    return {}


def _times(values: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, datetime | None]:
    times = dict[str, datetime | None]()
    for name, key in keys.items():
        with suppress(ValueError):
            times[name] = time_of(values.get(key))
    return times


def _thresholds(parliament: Mapping[str, Any]) -> tuple[int, int] | None:
    with suppress(LookupError, ValueError):
        response, debate = (count_of(parliament[f"{step}_threshold"]) for step in ("response", "debate"))
        return (response, debate) if response and debate else None
    return None


def count_of(value: object) -> int:
    """Return a count as a service tells it; raises ValueError for what is none."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
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


def title_of(value: object) -> str:
    """Return a title on one line, of bounded length; empty for what is none."""
    return one_line(encodable(value[:300])) if isinstance(value, str) else ""


def read(visit: Visit) -> Page:
    """Ask for a petition's count and store it; raises SourceError."""
    name, page, counter = visit.service.name, visit.service.address, visit.counter
    # Whether it is unchanged is told by a petition's own time, and its counts by area follow a little later.
    since = None if visit.is_first else visit.archive.coverage.cursors(TRACK).get(name)
    target = count_address(page) or page
    answer = visit.session.get(target, headers={"If-Modified-Since": since} if since else {})
    if answer.status_code == 304 and counter:
        visit.archive.counters.unchanged(counter.id, visit.now)
        return Page(stream=name)
    if answer.status_code == 410 and counter:
        save(PetitionCount(title=counter.title, total=None, state="removed", marks=("removed",)), visit)
        return Page(stream=name, outcome=Outcome.CLOSED, detail=_REMOVED)
    check(answer, visit.now)
    try:
        count = parse(json_of(answer, visit.now))
    except (Unreadable, *WRONG) as error:
        raise Unreadable(_NO_COUNT) from error
    if count.id and not target.endswith(f"/{count.id}.json"):
        raise Unreadable(_ANOTHER)
    save(count, visit)
    modified = answer.headers.get("Last-Modified", "")
    at = instant_in(modified)  # to ten seconds, in which more may follow
    return Page(stream=name, cursor=modified[:40] if at and at < visit.now - _SETTLED else None)


def save(count: PetitionCount, visit: Visit) -> int:
    """Store what a petition's site says; return its counter's number."""
    counters = visit.archive.counters
    title = count.title or (visit.counter.title if visit.counter else "A petition")
    number = counters.add("petition", visit.service.name, title, visit.service.address)
    seen = {milestone.name: milestone.at for milestone in counters.milestones(number, visit.now)}
    marks = {name: seen.get(name) or visit.now for name in count.marks}
    reading = CounterReading(visit.now, count.total, count.placed, count.state)
    counters.save(number, reading, count.areas, {**count.milestones, **marks})
    if count.thresholds:
        counters.save_thresholds(number, count.thresholds)
    return number
