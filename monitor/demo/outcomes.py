"""What people of the made-up campaign did beside posting. Some of it follows an event, and some does not.

Signing goes by `signed` in `year.toml`: it rises after two events and once without any, and not after the
others, however much is posted. Visits go by how busy the posts are, and paper comes when there is a stall.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from monitor.archive import Archive
from monitor.archive.outcomes.counters import CounterReading
from monitor.archive.outcomes.echoes import Echo
from monitor.archive.outcomes.tallies import TallyEntry
from monitor.campaign import Campaign
from monitor.core.gazetteer import PlaceKind
from monitor.demo.office import PEOPLE
from monitor.demo.year import Year
from monitor.manual_entry.crimes import CrimeCount

_PAGE = "petition.example/sign"
_WEEKS, _FRESH = 51, 12  # of the petition, and of the visits
_RHYTHM = (1.0, 0.9, 1.0, 1.1, 1.2, 0.9, 0.8)
_FALL, _FELL = 42 * 7, 180  # days ago, and how many signatures turned out not to be valid
_UNREAD = range(160, 164)  # days ago, on which the petition's page could not be read
_LOCAL = 0.8  # of the signatures, from the campaign's constituencies
_CODES = ("kit-bluesky-v1", "kit-mastodon-v1", "kit-print-v1", None)
_COLLECTORS = ("JB", "MK", "SA")
_ECHOES = (  # weeks ago, kind, title, days until the answer; 0: none yet
    (29, "speech", "Neighbourhood policing", 0), (18, "question", "Police stations: opening hours", 9),
    (3, "motion", "Safer streets", 0), (1, "question", "Patrols: Outer London", 0),
)  # fmt: skip
_CRIMES, _LATE = ("Burglary", "Robbery", "Theft from the person"), 2  # and months until they are published
_STALLS = 0.3  # of Saturdays, beside those of the calendar


def count(archive: Archive, campaign: Campaign, now: datetime, *, seed: int) -> None:
    """Put into an archive what was signed, answered, visited and said until now."""
    local, chance = now.astimezone(campaign.zone), random.Random(seed)
    year = Year(local.date())
    _sign(archive, campaign, local, year, chance)
    tallies = {
        ("paper", "paper", "Paper sheets"): _sheets(campaign, local.date(), year, chance),
        ("survey", "survey:residents", "Residents' survey"): _answers(campaign, local.date(), chance),
        ("visits", "visits:file", "Visits to the campaign's page"): _visits(local.date(), year, chance),
    }
    for (kind, name, title), entries in tallies.items():
        counter = archive.counters.add(kind, name, f"{title} (made up)")
        archive.tallies.save(counter, [_entry(name, local, **entry) for entry in entries])
    archive.crimes.save(_crimes(campaign, local.date(), random.Random(seed)))
    for weeks, kind, title, days in _ECHOES:
        day, url = local.date() - timedelta(weeks=weeks), f"https://parliament.example/{kind}/{weeks}"
        answered = day + timedelta(days=days) if days else None
        archive.echoes.save([Echo(kind, str(weeks), day, f"{title} (made up)", None, url, answered)])


def _sign(archive: Archive, campaign: Campaign, now: datetime, year: Year, chance: random.Random) -> None:
    """Read the petition late each evening, and now."""
    name, title = f"petition:{_PAGE}", "One patrol more (made up)"
    counter = archive.counters.add("petition", name, title, f"https://{_PAGE}")
    areas = campaign.areas.of("constituency")
    leaning = random.Random(len(areas))  # more sign in some of them than in others
    weights = [(area.electors or 20_000) * leaning.uniform(0.2, 2) for area in areas]
    opened, total = now - timedelta(weeks=_WEEKS), 0
    for ago in range(_WEEKS * 7, -1, -1):
        day = now.date() - timedelta(days=ago)
        mean = (19 + 75 * 0.97 ** (_WEEKS * 7 - ago)) * _RHYTHM[day.weekday()] * year.signing(day)
        mean *= (now.hour + 1) / 24 if ago == 0 else 1
        total += round(chance.gammavariate(mean / 2, 2)) - _FELL * (ago == _FALL)
        if ago in _UNREAD:
            continue
        at = datetime.combine(day, time(23, 40), now.tzinfo).astimezone(UTC) if ago else now
        shares = [int(_LOCAL * total * weight / sum(weights)) for weight in weights]
        archive.counters.save(
            counter, CounterReading(at, total, total - 3, "open"),
            dict(zip((area.key for area in areas), shares, strict=True)), {"opened": opened},
        )  # fmt: skip


def _sheets(campaign: Campaign, today: date, year: Year, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield what came in on paper, from streets of a few wards at a time."""
    wards = campaign.areas.of("ward") or campaign.areas.of("borough")
    streets = [place for place in campaign.gazetteer.places.values() if place.kind == PlaceKind.STREET]
    for day in (today - timedelta(days=ago) for ago in range(_WEEKS * 7, -1, -1)):
        if year.talk(day) == "stall" or (day.weekday() == 5 and chance.random() < _STALLS):
            for ward in chance.sample(wards, min(4, len(wards))):
                near = [street.title for street in streets if street.borough in ward.boroughs]
                signed = chance.randint(8, 46)
                yield {
                    "day": day, "area": ward.key, "count": signed,
                    "street": chance.choice(near) if near else None,
                    "sheets": signed // 12 + 1, "collector": chance.choice(_COLLECTORS), "by": PEOPLE[0],
                }  # fmt: skip


def _answers(campaign: Campaign, today: date, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the answers to the survey: many at first, then fewer."""
    boroughs = [area.key for area in campaign.areas.of("borough")] or [""]
    for ago in range(37 * 7, 7, -1):
        day, mean = today - timedelta(days=ago), 1 + 9 * 0.96 ** (37 * 7 - ago)
        for borough in boroughs:
            if answers := round(chance.gammavariate(mean, 1) / len(boroughs)):
                yield {"day": day, "area": borough or None, "count": answers}


def _visits(today: date, year: Year, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield visits by the code of the link that people came by; None: it is not known."""
    for day in (today - timedelta(days=ago) for ago in range(_FRESH * 7, 0, -1)):
        for place, code in enumerate(_CODES, 2):
            if visits := round(chance.gammavariate(1.2, 20 * year.pace(day) ** 0.5 / place)):
                yield {"day": day, "code": code, "count": visits}


def _crimes(campaign: Campaign, today: date, chance: random.Random) -> list[CrimeCount]:
    """Return recorded crime of a year by ward, and by borough what its wards have together."""
    sums, latest = Counter[tuple[str, str, str]](), 12 * today.year + today.month - 1 - _LATE
    for ward in campaign.areas.of("ward"):
        usual = chance.uniform(4, 24)
        for month in range(latest - 11, latest + 1):
            for category in _CRIMES:
                number = round(chance.gammavariate(usual, 1))
                for area in (ward.key, *ward.boroughs):
                    sums[area, f"{month // 12}-{month % 12 + 1:02}", category] += number
    return [CrimeCount(*key, number, "Made up") for key, number in sums.items()]


def _entry(name: str, now: datetime, day: date, **values: object) -> TallyEntry:
    """Return what somebody entered in the evening."""
    key = ":".join(str(values.get(part, "")) for part in ("area", "street", "code"))
    at = min(now, datetime.combine(day, time(18), now.tzinfo))
    entry: dict[str, Any] = {"day": day, "key": f"{name}:{day}:{key}", "at": at}
    return TallyEntry(**entry | values)
