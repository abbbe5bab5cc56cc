"""The signs of each area side by side: talk, signatures, paper, recorded crime. Never a sum of them.

Each has its own day and source. What is not known is None; what few people did has no rank.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from statistics import NormalDist

from monitor.archive import ArchiveReader
from monitor.archive.outcomes.counters import AreaReading, Counter
from monitor.archive.outcomes.crimes import AreaCrimes
from monitor.archive.outcomes.tallies import PartSum
from monitor.campaign.areas import AreaProfile, Areas
from monitor.report import PlaceCount, Report, Usual
from monitor.report.baseline import usual, usual_amount
from monitor.report.window import WEEK
from monitor.report.wording import FEW, day_name, quantity, usually

_NEVER = datetime.min.replace(tzinfo=UTC)
_OUTSIDE = 0.025  # on each side of an interval


@dataclass(frozen=True, slots=True)
class ThousandRate:
    """How many of a thousand, and the exact 95 % interval of it."""

    value: float
    low: float
    high: float

    def words(self, of: str) -> str:
        """Return '11.0 per 1,000 electors (10.3 to 11.8)'."""
        return f"{self.value:.1f} per 1,000 {of} ({self.low:.1f} to {self.high:.1f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSigns:
    """What is known of an area; each is None where it is not."""

    area: AreaProfile
    talk: PlaceCount | None
    online: AreaReading | None
    paper: PartSum | None
    crimes: AreaCrimes | None

    @property
    def usual(self) -> Usual | None:
        """Return how many posts usually name it in so many days."""
        return _usual(self.talk.weeks) if self.talk else None

    @property
    def stalls(self) -> str:
        """Return '2 stalls, last Saturday 14 November', or that there was none."""
        if not self.paper or not self.paper.stalls:
            return "no stall entered yet"
        return f"{quantity(self.paper.stalls, 'stall', 'stalls')}, the latest on {day_name(self.paper.last)}"

    @property
    def signature_rate(self) -> ThousandRate | None:
        """Return the signatures online per 1,000 electors."""
        return per_thousand(self.online.count if self.online else None, self.area.electors)

    @property
    def crime_rate(self) -> ThousandRate | None:
        """Return the crimes of twelve months per 1,000 residents."""
        crimes = self.crimes.number if self.crimes and self.crimes.months == 12 else None
        return per_thousand(crimes, self.area.residents)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTable:
    """The areas of a kind, the petition that was counted, and the paper and its signatures in no row."""

    rows: tuple[AreaSigns, ...]
    petition: Counter | None
    elsewhere: tuple[PartSum, ...]
    online_elsewhere: int = 0


def area_table(archive: ArchiveReader, areas: Areas, report: Report, kind: str) -> AreaTable:
    """Return the signs of each area of a kind; of other places, of those that have any."""
    petition, online = _online(archive, report.made_at)
    parts = paper_parts(archive)
    paper = _by_area(parts or (), areas, kind)
    inside = {area.key for area in areas.of(kind)}
    elsewhere = tuple(part for part in parts or () if _home(part, areas, kind) not in inside)
    # Where more was entered for a wider area, it is not known what of it is a ward's.
    is_unknown = parts is None or kind == "constituency" or (kind != "borough" and elsewhere)
    places = {place.key: place for place in report.places}
    crimes = archive.crimes.last_year(areas.crimes)
    rows = [
        AreaSigns(
            area=area, talk=places.get(area.key), online=online.get(area.key), crimes=crimes.get(area.key),
            paper=paper.get(area.key, None if is_unknown else PartSum(area.key, 0, date.min, 0)),
        )
        for area in areas.of(kind)
    ]  # fmt: skip
    if kind == "place":
        rows = [row for row in rows if (row.talk and row.talk.posts) or (row.paper and row.paper.count)]
    latest = archive.counters.readings(petition.id, petition.read_at)[-1:] if petition else []
    others = sum(reading.placed or 0 for reading in latest) - sum(r.online.count for r in rows if r.online)
    return AreaTable(rows=tuple(rows), petition=petition, elsewhere=elsewhere, online_elsewhere=others)


def _online(archive: ArchiveReader, now: datetime) -> tuple[Counter | None, Mapping[str, AreaReading]]:
    """Return the first petition that says areas and was read of late, else the latest; and its areas."""
    petitions = {counter: counter.read_at for counter in archive.counters.all() if counter.kind == "petition"}
    late = max(filter(None, petitions.values()), default=now) - WEEK
    # Several are read one after the other, and which was the last is chance.
    for petition in sorted(petitions, key=lambda of: min(petitions[of] or _NEVER, late), reverse=True):
        if readings := archive.counters.areas(petition.id, now):
            return petition, {reading.area: reading for reading in readings}
    return None, {}


def paper_parts(archive: ArchiveReader) -> list[PartSum] | None:
    """Return the signatures on paper by what was said of their area; None if none were ever entered."""
    papers = [counter.id for counter in archive.counters.all() if counter.kind == "paper"]
    return [part for paper in papers for part in archive.tallies.by_part(paper, "area")] if papers else None


def _home(part: PartSum, areas: Areas, kind: str) -> str | None:
    return areas.borough_of(part.part or "") if kind == "borough" else part.part


def _by_area(parts: Iterable[PartSum], areas: Areas, kind: str) -> Mapping[str | None, PartSum]:
    homes = defaultdict[str | None, list[PartSum]](list)
    for part in parts:
        homes[_home(part, areas, kind)].append(part)
    return {
        key: PartSum(
            key, sum(one.count for one in of), max(one.last for one in of), sum(one.stalls for one in of)
        )
        for key, of in homes.items()
    }


def standouts(table: AreaTable, report: Report) -> Iterator[str]:
    """Yield which sign stands out where: more people or posts than usual, a higher rate than in others."""
    rows = {row.area.key: row for row in table.rows}
    for term in report.breakdown.terms if report.breakdown else ():
        now, *past = term.people
        often = usual_amount(past) if term.kind == "place" and term.term in rows else None
        if often and now >= FEW and now > often.high:
            people = f"{quantity(now, 'person', 'people')} ({usually(often)})"
            row = rows[term.term]
            yield f"{row.area.name}: mentioned by {people}{f', {row.stalls}' if row.paper else ''}"
            rows.pop(term.term)
    for row in rows.values():
        if row.talk and row.usual and FEW <= (row.talk.finished or 0) > row.usual.high:
            yield f"{row.area.name}: mentioned in {row.talk.posts:,} posts ({usually(row.usual)})"
    for row in table.rows:
        rate, rest = row.signature_rate, _others(table, row)
        if rate and rest and rate.low > rest:
            words = f"{rate.words('electors')} signed online"
            yield f"{row.area.name}: {words}, {rest:.1f} in the others together"


def _others(table: AreaTable, this: AreaSigns) -> float | None:
    """Return the signatures per 1,000 electors of the other areas together; None if few signed there."""
    others = [row for row in table.rows if row is not this and row.signature_rate and row.online]
    signed = sum(row.online.count for row in others if row.online)
    electors = sum(row.area.electors or 0 for row in others)
    return 1000 * signed / electors if signed >= FEW else None


@lru_cache(maxsize=1024)
def _usual(weeks: tuple[int, ...]) -> Usual | None:
    return usual([[posts] for posts in weeks])


def per_thousand(count: int | None, of: int | None) -> ThousandRate | None:
    """Return the rate of a count that chance moves as it does Poisson's; None if either is not known."""
    if count is None or not of:
        return None
    return ThousandRate(*(1000 * number / of for number in (count, *poisson_interval(count))))


@lru_cache(maxsize=1024)
def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of Poisson's mean: Garwood, Biometrika 28 (1936), 437."""
    return (_mean(count - 1, 1 - _OUTSIDE) if count else 0.0), _mean(count, _OUTSIDE)


def _mean(count: int, share: float) -> float:
    """Return the mean by which so many or fewer come with this chance: Newton, from Wilson and Hilferty."""
    size, z = count + 1, NormalDist().inv_cdf(1 - share)
    mean = size * (1 - 1 / (9 * size) + z / (3 * math.sqrt(size))) ** 3
    for _ in range(8):
        term = total = 1.0
        for number in range(count, 0, -1):
            term *= number / mean
            total += term
            if term < 1e-12 * total:
                break
        chance = math.exp(count * math.log(mean) - mean - math.lgamma(size))
        mean += (chance * total - share) / chance
    return mean
