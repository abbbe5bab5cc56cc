"""Visits of a site by the code of the link that people came by, as its own statistics count them.

Plausible, at an address with the site in it: https://plausible.io/docs/stats-api.
GoatCounter, at one without: https://www.goatcounter.com/help/api; what a link has as utm_source or source
is a referrer of its kind "c" (handlers/api.go, hit_stats.go of https://github.com/arp242/goatcounter).
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.archive.outcomes.tallies import TallyEntry
from monitor.core.errors import Refused, Unreadable
from monitor.core.model import WRONG, Outcome, Page
from monitor.manual_entry.tally import TITLES, tally_file
from monitor.outcomes import TRACK, Visit
from monitor.report.window import midnight
from monitor.sources.shared.http import json_of
from monitor.sources.shared.response_parsing import listing

_DAYS = {"PLAUSIBLE_KEY": 365, "GOATCOUNTER_KEY": 7}  # read at one time; the second answers day by day
_MORE = "It gives one day at a time: some days since the last check are still to be read."
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_PAGE, _PAGES = 100, 20  # of the referrers of a day
_NO_KEY = "It needs a key that may read statistics: put {} into .env; docs/outcomes.md says how."
_STRANGE = "Its answer is not in the form that its site documents."


def read(visit: Visit) -> Page:
    """Ask for the visits of each day that may have changed, and store them; raises SourceError."""
    name, parts = visit.service.name, urlsplit(visit.service.address)
    site, today = parts.path.strip("/"), visit.now.astimezone(visit.campaign.zone).date()
    key = "PLAUSIBLE_KEY" if site else "GOATCOUNTER_KEY"
    if key not in visit.env:
        raise Refused(_NO_KEY.format(key))
    visit.session.headers["Authorization"] = f"Bearer {visit.env[key]}"
    title = f"{TITLES['visits']}, {site or parts.netloc}"
    counter = visit.archive.counters.add("visits", name, title)
    first, last = _days(visit.archive.coverage.cursors(TRACK).get(name), today, _DAYS[key])
    rows = plausible(visit, site, first, last) if site else goatcounter(visit, first, last)
    try:
        file = tally_file("visits", enumerate(rows), lambda _: None, today)
    except WRONG as error:
        raise Unreadable(_STRANGE) from error
    if file.wrong:
        raise Unreadable(_STRANGE)
    entries = (
        TallyEntry(**asdict(each), key=f"{name}:{part}", at=visit.now) for part, each in file.tallies.items()
    )
    visit.archive.tallies.save(counter, entries)
    visit.archive.counters.unchanged(counter, visit.now)
    page = Page(stream=name, cursor=str(last))
    return page if last == today else replace(page, outcome=Outcome.CAPPED, detail=_MORE)


def _days(read: str | None, today: date, most: int) -> tuple[date, date]:
    """Return the first and last day to ask for, from the eve of the last that was read; of one year."""
    at_first = today - timedelta(days=most)
    first = min(date.fromisoformat(read), today) - _DAY if read else at_first
    first = max(first, today - timedelta(days=365))
    return first, min(today, first + timedelta(days=most))


def plausible(visit: Visit, site: str, first: date, last: date) -> Iterator[Mapping[str, str]]:
    """Yield the fields of a tally for each day and code."""
    query = {
        "site_id": site, "metrics": ["visits"], "date_range": [str(first), str(last)],
        "dimensions": ["time:day", "visit:utm_source"],
    }  # fmt: skip
    parts = urlsplit(visit.service.address)
    answer = visit.session.post(f"{parts.scheme}://{parts.netloc}/api/v2/query", json=query)
    for row in listing(json_of(answer, visit.now), "results", _STRANGE):
        day, code = row["dimensions"]
        yield {"day": str(day), "code": str(code), "count": str(row["metrics"][0])}


def goatcounter(visit: Visit, first: date, last: date) -> Iterator[Mapping[str, str]]:
    """Yield the same, for each referrer of each day."""
    address = f"{visit.service.address.rstrip('/')}/api/v0/stats/toprefs"
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        start, end = (midnight(visit.campaign.zone, each).astimezone(UTC) for each in (day, day + _DAY))
        hours = {"start": f"{start:%FT%H:00:00Z}", "end": f"{end - _HOUR:%FT%H:00:00Z}"}  # both are counted
        for page in range(_PAGES):
            query = {**hours, "limit": str(_PAGE), "offset": str(page * _PAGE)}
            answer: Any = json_of(visit.session.get(address, params=query), visit.now)
            for stat in listing(answer, "stats", _STRANGE):
                code = stat["name"] if stat.get("ref_scheme") == "c" else ""
                yield {"day": str(day), "code": str(code), "count": str(stat["count"])}
            if not answer.get("more"):
                break
