"""The dashboard on a real archive and clock, with the accounts beside it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from flask import Flask

from dashboard import LOOPBACK, create_app
from dashboard.access.allowed_hosts import AllowedHosts
from dashboard.access.oidc import Provider
from dashboard.filters import Choice
from dashboard.mail.services import MailServices
from dashboard.services import Services, loan
from monitor import COMMAND
from monitor.accounts import Accounts
from monitor.archive import Archive, ArchiveReader
from monitor.archive.readers import Changes, Readers
from monitor.campaign import Access, Campaign, SourceSettings
from monitor.cli import Paths, wiring
from monitor.cli.wiring.imports import imports_of
from monitor.cli.wiring.live_settings import Live
from monitor.cli.wiring.mail import transport_of, ways_out, weekly_of
from monitor.collect.preview import preview
from monitor.collect.source_setup import check
from monitor.collect.source_status import inquiry, outcome_states, states
from monitor.collect.tone_scoring import adjusted
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, NoArchive
from monitor.core.storage import FULL, free
from monitor.mail.outbox_delivery import deliver
from monitor.platform_info import about, names
from monitor.platform_info.post_urls import pointers
from monitor.report import Report, wording
from monitor.report.build import lazy_report
from monitor.report.figures import versions
from monitor.report.lookup import Lookup
from monitor.settings_files import Settings, SettingsFiles
from monitor.sources import settings_type
from monitor.sources.shared.http import is_public
from monitor.tone import WAITING
from monitor.why_missing import Answer, Question

T = TypeVar("T")


def services(paths: Paths, campaign: Campaign) -> Services:
    """Return what the pages may ask for and change, on a real archive and clock."""
    demo = wiring.is_demo(paths, campaign)
    with Archive.open(paths.archive, campaign.zone, demo=demo) as archive:
        archive.history.save_definitions(versions(), utcnow())
        lake = archive.lake
    disk = paths.archive.parent

    readers = Readers(paths.archive, campaign.zone)

    def report(choice: Choice) -> Report:
        archive, now = loan(readers.lend), utcnow()
        lookup = Lookup(archive, campaign, choice.track, choice.window, choice.platforms, now)
        return lazy_report(lookup, states(archive, campaign, now))

    def from_archive(ask: Callable[..., T]) -> Callable[..., T]:
        """Return what asks an archive that it borrows for that."""

        def answer(*question: object) -> T:
            with readers.lend() as archive:
                return ask(archive, *question)

        return answer

    def missing(archive: ArchiveReader, question: Question) -> Answer:
        return inquiry(archive, campaign, utcnow()).answer(question, pointers(question.address, names()))

    def backup() -> str:
        status = wiring.backups_of(paths, campaign).status()
        return status.sentence(utcnow(), campaign.zone) if campaign.backup.on and not demo else ""

    def attempt(name: str, own: Mapping[str, Any], new: Mapping[str, str]) -> tuple[bool | None, str]:
        settings = SourceSettings(on=True, every_minutes=15, own=own)
        alone = replace(campaign, sources={name: settings})
        verdict = check(alone, name, {**wiring.env_of(paths), **new}, utcnow())
        return verdict.works, verdict.says

    analyzer = wiring.analyzer_of(campaign)  # it loads its word lists when somebody first asks why
    return Services(
        campaign=campaign, now=utcnow, lake=lake, report=report,
        sources=from_archive(lambda archive: states(archive, campaign, utcnow())),
        outcomes=from_archive(lambda archive: outcome_states(archive, campaign, utcnow())),
        last_post=from_archive(lambda archive: archive.posts.last_id()),
        began=from_archive(lambda archive: archive.posts.first_day()), missing=from_archive(missing),
        is_disk_full=lambda: free(disk) < FULL, read=readers.lend,
        write=lambda: Archive.open(paths.archive, campaign.zone, demo=demo),
        facts=lambda name: about(name).facts(), analyzer=analyzer.name,
        why=from_archive(lambda archive, *text: adjusted(analyzer, archive).why(*text)),
        source_type=settings_type, attempt=attempt, is_public=is_public,
        preview=lambda query: preview(campaign, query, utcnow()),
        backup=backup, eraser=None if demo else wiring.eraser_of(paths, campaign),
        tone=partial(_tone, campaign, readers), imports=imports_of(paths, campaign, analyzer, demo=demo),
    )  # fmt: skip


def _tone(campaign: Campaign, readers: Readers) -> str:
    """Return what to know of the scoring of posts; "" if all is well."""
    if not (analyzer := wiring.analyzer_of(campaign)).name:  # which may have been removed meanwhile
        return WAITING
    with suppress(NoArchive), readers.lend() as archive:
        by = adjusted(analyzer, archive).name
        if archive.tone_scores.is_mixed or archive.tone_scores.newest not in ("", by):
            return wording.rescoring(*archive.tone_scores.progress(by))
    return ""


def live_app(files: SettingsFiles, paths: Paths, accounts: Accounts, host: str = wiring.HOST) -> Live[Flask]:
    """Return the dashboard, made anew for other settings: a request is answered whole by those it began with.

    Raises ConfigError as `flask_app` does.
    """

    def app(settings: Settings) -> Flask:
        here = replace(paths, env=settings.env)
        return flask_app(here, settings.campaign, host, accounts, settings=settings, files=files)

    return Live(files.settings, app)


def flask_app(
    paths: Paths,
    campaign: Campaign,
    host: str = wiring.HOST,
    accounts: Accounts | None = None,
    **settings: Any,
) -> Flask:
    """Return the dashboard on a real archive and clock, with the accounts beside it.

    `settings` are those of `Services`: none where nobody can change them.

    Raises ConfigError if others could reach `host`, and nobody has an account.
    """
    accounts = accounts or wiring.accounts_of(paths)
    accounts.idle = timedelta(minutes=campaign.access.idle_minutes)
    accounts.longest = timedelta(hours=campaign.access.session_hours)
    far = host not in ("localhost", wiring.HOST, "::1")
    if far and not accounts.anyone():
        raise ConfigError(
            "Nobody has an account yet, so anyone on the network could change everything here. Type:"
            f" {COMMAND} users add YOUR-NAME"
        )
    usual = LOOPBACK | {*campaign.access.names}
    hosts = AllowedHosts(usual | {host}) if far else usual
    return create_app(
        replace(services(paths, campaign), **settings),
        accounts=accounts, hosts=hosts, changes=Changes(paths.archive),
        provider=provider_of(campaign.access, wiring.env_of(paths)),
        mail_services=mail_services_of(paths, campaign),
    )  # fmt: skip


def mail_services_of(paths: Paths, campaign: Campaign) -> MailServices:
    """Return what the pages about mail ask for; a demo has no worker, so mails go to their folder at once."""
    weekly, out = weekly_of(paths, campaign), transport_of(paths)
    services = MailServices(weekly=weekly, out=ways_out(paths, campaign))
    if not wiring.is_demo(paths, campaign):
        return services
    return replace(services, demo=True, hurry=lambda: deliver(weekly.store, out, utcnow))


def provider_of(access: Access, env: Mapping[str, str]) -> Provider | None:
    """Return who vouches for people, beside passwords; raises ConfigError if something is missing for it."""
    if not access.oidc_issuer:
        return None
    wiring.check_provider(access, env)
    return Provider(issuer=access.oidc_issuer, client=env["OIDC_CLIENT_ID"], secret=env["OIDC_CLIENT_SECRET"])
