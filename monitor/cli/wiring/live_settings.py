"""The settings of a program that runs on: files that people and pages change, and what is made of them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from monitor import COMMAND
from monitor.accounts import Accounts
from monitor.archive import ArchiveReader
from monitor.campaign import Campaign, campaign_in
from monitor.cli import Paths
from monitor.cli.wiring import DOTENV, analyzer_of, at_port, check_provider, with_known_sources
from monitor.cli.wiring.mail import chat_of, collector_watch, transport_of
from monitor.core.clock import utcnow
from monitor.core.errors import MonitorError
from monitor.mail.heartbeat import ping
from monitor.settings_files import Settings, SettingsFiles
from monitor.tone import ABSENT, release

T = TypeVar("T")
log = logging.getLogger(__name__)


class Live(Generic[T]):
    """What is made of the settings, and made again once they are others."""

    def __init__(self, settings: Callable[[], Settings], make: Callable[[Settings], T]) -> None:
        self._settings, self._make, self._lock = settings, make, Lock()
        self._last: tuple[Settings, T] | None = None
        self._fault = ""

    def __call__(self) -> T:
        """Return it as it is by now; if it cannot be made now, as it was. Raises MonitorError at first."""
        with self._lock:
            settings = self._settings()
            if self._last is None or self._last[0] is not settings:
                try:
                    self._last = settings, self._make(settings)
                except MonitorError as error:
                    if self._last is None:
                        raise
                    if self._fault != (fault := str(error)):  # it is tried at each request: said once
                        log.error("the settings could not be taken up: %s", fault)
                    self._fault = fault
            return self._last[1]


def settings_files(paths: Paths, accounts: Accounts) -> SettingsFiles:
    """Return the campaign file and `.env`, with their versions in the file of accounts."""

    def campaign(text: str, env: Mapping[str, str]) -> Campaign:
        """Return the campaign; raises ConfigError for what neither worker nor dashboard could run on."""
        campaign = with_known_sources(campaign_in(text, paths.campaign), paths)
        transport_of(replace(paths, env=env))
        chat_of(replace(paths, env=env), campaign)
        ping(env)
        check_provider(campaign.access, env)
        return at_port(campaign, paths)

    return SettingsFiles(
        path=paths.campaign, dotenv=DOTENV, history=accounts, read=campaign,
        problems=partial(_problems, paths, accounts),
        clock=utcnow,
    )  # fmt: skip


def live_watch(paths: Paths, files: SettingsFiles) -> Callable[[Callable[[], bool]], None]:
    """Return what tells people that the collector has stopped; raises ConfigError."""
    live = Live(files.settings, lambda now: collector_watch(replace(paths, env=now.env), now.campaign))
    live()

    def watch(stop: Callable[[], bool]) -> None:
        release()
        live()(stop)

    return watch


def _problems(paths: Paths, accounts: Accounts, campaign: Campaign, env: Mapping[str, str]) -> Sequence[str]:
    """Return what would not go on: whom the door would keep out, the archive, and each source that is on."""
    from monitor.sources import source

    access, problems = campaign.access, list[str]()
    is_for_others = access.names or access.behind_proxy or not campaign.digest.is_local
    if is_for_others and not accounts.anyone():
        problems.append(
            "People would then have to sign in, and nobody has an account yet."
            f" Create one first: {COMMAND} users add YOUR-NAME"
        )
    if not analyzer_of(campaign).is_whole():
        problems.append(f"tone.analyzer: {ABSENT}")
    checks: list[Callable[[], object]] = [
        lambda: ArchiveReader.open(paths.archive, campaign.zone).close(),
        *(
            partial(source(name).open, settings.own, env, utcnow())
            for name, settings in campaign.sources_on.items()
        ),
    ]
    for check in checks:
        try:
            check()
        except MonitorError as error:
            problems.append(str(error))
    return problems
