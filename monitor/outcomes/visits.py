"""Visits of a site by the code of the link that people came by, as its own statistics count them.

Plausible, at an address with the site in it: https://plausible.io/docs/stats-api.
GoatCounter, at one without: https://www.goatcounter.com/help/api; what a link has as utm_source or source
is a referrer of its kind "c" (handlers/api.go, hit_stats.go of https://github.com/arp242/goatcounter).
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.archive.outcomes.tallies import TallyEntry
from monitor.core.errors import Refused, Unreadable
from monitor.core.model import WRONG, Page
from monitor.manual_entry.tally import TITLES, tally_file
from monitor.outcomes import Visit
from monitor.sources.shared.http import json_of
from monitor.sources.shared.response_parsing import listing

_DAYS = {"PLAUSIBLE_KEY": 365, "GOATCOUNTER_KEY": 7}  # that are read at first; the second answers day by day
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
    last = max(visit.archive.tallies.by_day(counter), default=date.min + timedelta(days=1))
    first = max(last - timedelta(days=1), today - timedelta(days=_DAYS[key]))
    rows = plausible(visit, site, first, today) if site else goatcounter(visit, first, today)
    try:
        file = tally_file("visits", enumerate(rows), lambda _: None, today)
    except WRONG as error:
        raise Unreadable(_STRANGE) from error
    if file.wrong:
        raise Unreadable(_STRANGE)
    entries = (
        TallyEntry(id=0, **asdict(each), key=f"{name}:{part}", by="", at=visit.now)
        for part, each in file.tallies.items()
    )
    visit.archive.tallies.save(counter, entries)
    visit.archive.counters.unchanged(counter, visit.now)
    return Page(stream=name)


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
        start = datetime.combine(day, datetime.min.time(), visit.campaign.zone).astimezone(UTC)
        hours = {"start": f"{start:%FT%H:00:00Z}", "end": f"{start + timedelta(hours=23):%FT%H:00:00Z}"}
        for page in range(_PAGES):
            query = {**hours, "limit": str(_PAGE), "offset": str(page * _PAGE)}
            answer: Any = json_of(visit.session.get(address, params=query), visit.now)
            for stat in listing(answer, "stats", _STRANGE):
                code = stat["name"] if stat.get("ref_scheme") == "c" else ""
                yield {"day": str(day), "code": str(code), "count": str(stat["count"])}
            if not answer.get("more"):
                break
