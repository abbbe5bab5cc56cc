"""Outcomes: what services outside tell of what people did beside posting. None of it is a post.

The module of a service is imported only when it is asked, so that the worker stays small.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.archive import Archive, ArchiveReader
from monitor.archive.outcomes.counters import Counter
from monitor.campaign import Campaign
from monitor.campaign.petition_address import count_address, counter_name
from monitor.core.clock import Clock
from monitor.core.errors import SourceError
from monitor.core.model import Page
from monitor.report.wording import check_sitting
from monitor.sources.shared.stream_reading import failed, faults_of

if TYPE_CHECKING:
    from monitor.sources.shared.http import BoundedSession

log = logging.getLogger(__name__)

TRACK = ""  # of the log of collecting: what is counted belongs to no track
_MODULES = {"actionnetwork.org": "action_network"}  # by host; of the others, "petitions"
_PARLIAMENT = {  # how its services are called, and where they are
    "speeches": ("Hansard", "https://hansard-api.parliament.uk"),
    "questions": ("Written questions", "https://questions-statements-api.parliament.uk"),
    "motions": ("Early day motions", "https://oralquestionsandmotions-api.parliament.uk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is asked for counts, or for what was said."""

    name: str  # of its stream in the log of collecting, and of its counter: 'petition:799001'
    title: str
    every: timedelta
    module: str  # beside this one: its `read` takes a `Visit`, stores what is told, and raises SourceError
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A service that is asked now, with what it takes to ask it and to store what it says."""

    service: Service
    campaign: Campaign
    archive: Archive
    env: Mapping[str, str]
    session: "BoundedSession"
    now: datetime

    @property
    def counter(self) -> Counter | None:
        """Return the service's counter; None until it has told something."""
        counters = self.archive.counters.all()
        return next((counter for counter in counters if counter.name == self.service.name), None)

    @property
    def is_first(self) -> bool:
        """Return whether it has told nothing yet on this local day."""
        read_at, zone = self.counter and self.counter.read_at, self.campaign.zone
        return not read_at or read_at.astimezone(zone).date() != self.now.astimezone(zone).date()


def services_of(campaign: Campaign) -> list[Service]:
    """Return each service that is asked, once, in the order of the file; petitions of known kinds."""
    every = timedelta(minutes=campaign.outcomes.every_minutes)
    pages = {counter_name(page): page for page in reversed(campaign.petition) if count_address(page)}
    hosts = [(name, page, urlsplit(page).hostname or "") for name, page in reversed(pages.items())]
    petitions = [
        Service(name=name, title=f"Petition at {host}", every=every,
                module=_MODULES.get(host, "petitions"), address=address)
        for name, address, host in hosts
    ]  # fmt: skip
    searched = _PARLIAMENT if campaign.outcomes.parliament and campaign.tracks[0].phrases else {}
    sites = {site.partition("//")[2].rstrip("/"): site for site in campaign.outcomes.visits}
    visits = [
        Service(name=f"visits:{name}", title=f"Visits by {urlsplit(site).hostname}",
                every=timedelta(hours=1), module="visits", address=site)
        for name, site in sites.items()
    ]  # fmt: skip
    return petitions + visits + [
        Service(name=f"parliament:{name}", title=title, every=timedelta(hours=6), module="parliament",
                address=address)
        for name, (title, address) in searched.items()
    ]  # fmt: skip


def due_services(campaign: Campaign, archive: ArchiveReader, now: datetime) -> list[Service]:
    """Return the services whose turn it is; none once Parliament is dissolved.

    What was stored while the clock was ahead holds none up.
    """
    if campaign.is_dissolved(now):
        return []
    last = {name: rows[-1] for name, rows in archive.coverage.last_polls(now, [TRACK]).items()}
    return [
        service
        for service in services_of(campaign)
        if not (poll := last.get(service.name))
        or max(poll.ended_at + service.every, poll.retry_at or poll.ended_at) <= now
    ]


def visit(
    service: Service, campaign: Campaign, archive: Archive, env: Mapping[str, str], clock: Clock
) -> Page:
    """Ask one service, and store what it says and how that ended. Raises StorageError."""
    from monitor.sources.shared.http import BoundedSession

    now = clock()
    try:
        with faults_of(service.name), BoundedSession() as session:
            check_sitting(campaign, now)
            page: Page = import_module(f"{__name__}.{service.module}").read(
                Visit(service=service, campaign=campaign, archive=archive, env=env, session=session, now=now)
            )
        page = replace(page, since=_known_since(service, archive, now), until=now)
    except SourceError as error:  # which costs this service only
        page = failed(service.name, error)
        log.warning("%s: %s", service.name, page.detail)
    archive.coverage.save_failure(page, TRACK, started_at=now, now=clock())
    return page


def _known_since(service: Service, archive: ArchiveReader, now: datetime) -> datetime:
    """Return since when nothing was missed: between two answers further apart, nobody knows what happened."""
    _, last = archive.coverage.watched(TRACK).get(service.name, (now, now))
    is_near = timedelta() < now - last <= 2 * service.every
    return last if is_near else now - timedelta(seconds=1)
