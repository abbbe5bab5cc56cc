"""A petition's site on 127.0.0.1, in the shape of UK Parliament's: what it says is set from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.campaign import Campaign, OutcomeSettings, Track
from tests.sources.loopback import Answer, Server, as_html, as_json, serving

PAGE = "/petitions/799001"
WHO = "Zqx Founder"  # began the petition: to be found nowhere


def attributes(**changes: Any) -> dict[str, Any]:
    """Return what a petition says of itself."""
    usual = {
        "action": "More officers on our streets", "state": "open", "signature_count": 100,
        "opened_at": "2026-11-20T10:00:00.000Z", "closed_at": None, "creator_name": WHO,
        "response_threshold_reached_at": None, "government_response_at": None,
        "debate_threshold_reached_at": None, "scheduled_debate_date": None, "debate_outcome_at": None,
        "signatures_by_country": [{"name": "France", "code": "FR", "signature_count": 4}],
        "signatures_by_constituency": [],
    }  # fmt: skip
    return usual | changes


def constituencies(**counts: int) -> dict[str, Any]:
    """Return the counts of places, and of the whole kingdom, which is their sum."""
    items = [
        {"name": "A place", "ons_code": code, "mp": "A Member", "signature_count": count}
        for code, count in counts.items()
    ]
    whole = {"name": "United Kingdom", "code": "GB", "signature_count": sum(counts.values())}
    return {"signatures_by_constituency": items, "signatures_by_country": [whole]}


@dataclass
class PetitionSite:
    """What the site says, and since when."""

    said: dict[str, Any] = field(default_factory=attributes)
    at: datetime | None = None  # when it last changed; None: it does not say
    is_gone: bool = False
    archive: dict[str, Any] | None = None  # the parliament that it was archived with
    answers: list[int] = field(default_factory=list)  # their states
    server: Server | None = None

    @property
    def address(self) -> str:
        """Return the address of its page."""
        assert self.server
        return self.server.url + PAGE

    def change(self, at: datetime, **changes: Any) -> None:
        """Let it say something else from then on."""
        self.said, self.at = self.said | changes, at

    def answer(self, method: str, path: str, query: dict[str, str]) -> Answer:
        """Answer as the site does."""
        status, headers, content = self._whole(path)
        since = self.server.requests[-1].headers.get("if-modified-since") if self.server else None
        if status == 200 and since and self.at and self.at <= parsedate_to_datetime(since):
            status, content = 304, b""
        self.answers.append(status)
        return status, headers, content

    def _whole(self, path: str) -> Answer:
        if self.is_gone:
            return as_html("Gone", 410)
        if self.archive and not path.startswith("/archived"):
            return 302, {"Location": f"/archived{PAGE}.json"}, b""
        kind = "archived-petition" if self.archive else "petition"
        data = {"type": kind, "id": 799001, "attributes": self.said}
        modified = {"Last_Modified": format_datetime(self.at, usegmt=True)} if self.at else {}
        return as_json({"data": data | ({"parliament": self.archive} if self.archive else {})}, **modified)


@contextmanager
def petition_site() -> Iterator[PetitionSite]:
    """Serve a petition until the block ends."""
    site = PetitionSite()
    with serving(site.answer) as server:
        site.server = server
        yield site


def a_campaign(*addresses: str, **outcomes: Any) -> Campaign:
    """Return a campaign with these petitions."""
    track = Track(name="test", title="#Test", tags=("test",), phrases=("calling time on crime",))
    return Campaign(
        name="Test", zone=ZoneInfo("Europe/London"), tracks=(track,), sources={}, petition=addresses,
        outcomes=OutcomeSettings(**{"parliament": False} | outcomes),
    )  # fmt: skip
