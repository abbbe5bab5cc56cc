"""A petition, paper, a survey and visits, made up, in an archive: about 60 a day, up to a moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.archive import Archive
from monitor.archive.outcomes.counters import CounterReading
from monitor.archive.outcomes.echoes import Echo
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.report import OutcomeCount, Window

DAY = timedelta(days=1)
WEEKS = tuple((10 + n % 3, 12, 9, 11, 14, 8, 6 + n % 2) for n in range(8))  # 70 or so a week
WINDOW = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
WESTMINSTER = "https://petition.parliament.uk/petitions/1"
IN_IT = datetime(2026, 11, 19, 9, tzinfo=UTC)


def an_outcome(added: int | None = 71, kind: str = "petition", **changes: object) -> OutcomeCount:
    """Return what a counter says of the week of 16 November, which usually brings about 70."""
    usual = OutcomeCount(
        kind=kind, id=1, title="More police", address=None, state="open", total=9_000, placed=None,
        as_of=IN_IT, is_entered=False, before=8_900, since=(IN_IT - 7 * DAY).date(),
        last=WINDOW.last, added=added, known=WINDOW if added is not None else None, removed=0,
        days=(None,) * 7, totals=(None,) * 7, history={}, weeks=WEEKS, milestones={},
    )  # fmt: skip
    return replace(usual, **changes)


def a_petition(
    archive: Archive, now: datetime, days: int = 70, *, every: timedelta = DAY, address: str = WESTMINSTER
) -> int:
    """Add a petition that was read in all these days, with about 60 signatures more each."""
    counter = archive.counters.add("petition", "petition:1", "More police", address)
    reads = range(days * DAY // every, -1, -1)
    for n in reads:
        at, total = now - n * every, 9_000 + round(60 * (days - n * every / DAY))
        archive.counters.save(
            counter, CounterReading(at, total, total - 6, "open"), {"E14001189": total // 3}, {}
        )
    return counter


def some_tallies(archive: Archive, kind: str, now: datetime, days: int = 60, **parts: str) -> int:
    """Add a counter with some tallies on each of these days."""
    counter = archive.counters.add(kind, kind, kind.capitalize())
    archive.tallies.save(
        counter,
        (
            a_tally(now.date() - n * DAY, len(kind) + ord(kind[0]) % 7 + n % 4, now, **parts)
            for n in range(days)
        ),
    )
    return counter


def a_tally(day: date, count: int, now: datetime, key: str = "", by: str = "Jo", **parts: str) -> TallyEntry:
    return TallyEntry(day=day, count=count, key=f"{key}{day}{parts}", by=by, at=now, **parts)


def some_outcomes(archive: Archive, now: datetime) -> None:
    """Add one of each kind."""
    a_petition(archive, now)
    some_tallies(archive, "paper", now, area="RM10", street="Heathway")
    some_tallies(archive, "survey", now)
    some_tallies(archive, "visits", now, code="kit-bluesky-v1")
    archive.echoes.save(an_echo(now.date() - n * DAY, f"{n}") for n in range(110))


def an_echo(day: date, id: str, **changes: object) -> Echo:
    values = {"kind": "question", "title": "Police: Dagenham", "member": None, "answered_on": None}
    return Echo(native_id=id, day=day, url=f"https://parliament.example/{id}", **values | changes)
