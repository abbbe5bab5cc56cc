"""Petitions on Action Network, with the organisation's key: how many signed, by day, link code and district.

https://actionnetwork.org/docs/v2/petitions and /signatures: 25 to a page, in no promised order, so all are
read, once a day. A signatory's postcode stands in their own record, which is not asked for; where a signature
has one with it, its district is kept. Nothing else of a signature leaves this module.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from monitor.archive.outcomes.tallies import TallyEntry
from monitor.campaign.petition_address import counter_name
from monitor.core.errors import Closed, Unreadable
from monitor.core.model import WRONG, Outcome, Page
from monitor.manual_entry.tally import link_code
from monitor.outcomes import TRACK, Visit
from monitor.outcomes.petitions import PetitionCount, count_of, save, time_of, title_of
from monitor.sources.shared.http import json_of
from monitor.sources.shared.response_parsing import listing, table

API = "https://actionnetwork.org/api/v2"
_KEY = "ACTION_NETWORK_KEY"
_PAGE, _PAGES = 25, 100  # items of a page, and pages that are read: it answers four a second
_NO_KEY = f"It needs a key of your organisation: put {_KEY} into .env; docs/outcomes.md says how."
_UNKNOWN = "The key's organisation has no petition at this address."
_STRANGE = "Its answer is not in Action Network's form."
_MORE = f"More than {_PAGE * _PAGES:,} signed, so who came by which link is not counted; the total is."
_ID = re.compile(r"^action_network:([\w.-]{1,60})$", re.MULTILINE)
_DISTRICT = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})?")
_Part = tuple[date, str | None, str | None]  # day, code, district


def parse(raw: Mapping[str, Any], zone: ZoneInfo) -> _Part:
    """Return the local day, link code and postcode district of a signature; raises what WRONG has."""
    at = time_of(raw["created_date"])
    if at is None:
        raise ValueError("a signature has no day")
    code = table(raw.get("action_network:referrer_data")).get("source")
    person = table(raw.get("person") or table(raw.get("_embedded")).get("osdi:person"))
    postcode = next((table(place).get("postal_code") for place in person.get("postal_addresses") or ()), None)
    district = _DISTRICT.fullmatch(str(postcode).strip().upper())
    known = link_code(code) if isinstance(code, str) else None
    return at.astimezone(zone).date(), known, district[1] if district else None


def read(visit: Visit) -> Page:
    """Ask for a petition's count, and once a day for its signatures; raises SourceError."""
    if not (key := visit.env.get(_KEY)):
        raise Closed(_NO_KEY)
    visit.session.headers["OSDI-API-Token"] = key
    name, today = visit.service.name, visit.now.astimezone(visit.campaign.zone).date()
    try:
        petitions = _items(visit, "petitions")
        raw = next((one for one in petitions if counter_name(str(one["browser_url"])) == name), None)
        if raw is None:
            raise Closed(_UNKNOWN)
        total = count_of(raw["total_signatures"])
        number = _ID.findall("\n".join(map(str, raw["identifiers"])))[0]
        counter = save(PetitionCount(title=title_of(raw.get("title")), total=total, state="open"), visit)
        if visit.archive.coverage.cursors(TRACK).get(name) == str(today):
            return Page(stream=name)
        if total > _PAGE * _PAGES:
            return Page(stream=name, outcome=Outcome.CAPPED, detail=_MORE)
        signatures = _items(visit, f"petitions/{number}/signatures")
        parts = Counter(parse(signature, visit.campaign.zone) for signature in signatures)
    except WRONG as error:
        raise Unreadable(_STRANGE) from error
    tallies = [
        TallyEntry(
            day=day, area=district, count=count, code=code,
            key=f"{name} {day} {code} {district}", at=visit.now,
        )
        for (day, code, district), count in parts.items()
    ]  # fmt: skip
    visit.archive.tallies.replace(counter, tallies, visit.now)
    return Page(stream=name, cursor=str(today))


def _items(visit: Visit, path: str) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a list, page by page; raises SourceError."""
    for page in range(1, _PAGES + 1):
        answer = json_of(visit.session.get(f"{API}/{path}", params={"page": str(page)}), visit.now)
        items = listing(table(answer).get("_embedded"), f"osdi:{path.rpartition('/')[2]}", _STRANGE)
        yield from items
        if len(items) < _PAGE:
            return
