"""What commands work on, put together from the files that they are given: the one place that does so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from getpass import getuser
from importlib.util import find_spec
from pathlib import Path

from monitor.accounts import Accounts
from monitor.accounts.trail import head_of
from monitor.archive import Archive, ArchiveReader
from monitor.backup import Backups, manifest
from monitor.backup.eraser import Eraser
from monitor.campaign import Access, Campaign, keys, load
from monitor.cli import DEMO, Paths
from monitor.collect import Collector
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MonitorError
from monitor.drop_box import DropBox
from monitor.platform_info import names
from monitor.tone import EnglishOnly, english_analyzer

DOTENV = Path(".env")
HOST = "127.0.0.1"  # where the dashboard listens, unless another is named


def campaign_of(paths: Paths) -> Campaign:
    """Return the campaign as it is here, with every source in it known; raises ConfigError."""
    return at_port(with_known_sources(load(paths.campaign), paths), paths)


def with_known_sources(campaign: Campaign, paths: Paths) -> Campaign:
    """Return the campaign; raises ConfigError if it names a source that there is not."""
    for name in campaign.sources:
        if name not in names():
            raise ConfigError(
                f"In {paths.campaign}: sources.{name}: there is no such source. Known: {', '.join(names())}."
            )
    return campaign


def env_of(paths: Paths) -> Mapping[str, str]:
    return keys(DOTENV) if paths.env is None else paths.env


def check_provider(access: Access, env: Mapping[str, str]) -> None:
    """Raise ConfigError if people are to sign in elsewhere, and something is missing for it."""
    if not access.oidc_issuer:
        return
    if find_spec("authlib") is None:
        raise ConfigError(
            "access.oidc_issuer needs another library. Type: pip install 'campaign-monitor[oidc]'"
        )
    missing = [key for key in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if key not in env]
    if missing:
        raise ConfigError(f"access.oidc_issuer needs {' and '.join(missing)}. Add it to .env.")


def archive_of(paths: Paths, campaign: Campaign) -> Archive:
    """Return the archive to write to, a demo's too. Raises ArchiveError or StorageError."""
    return Archive.open(paths.archive, campaign.zone, demo=None)


def is_demo(paths: Paths, campaign: Campaign) -> bool:
    """Return whether the archive holds made-up posts."""
    if not paths.archive.is_file():
        return False
    with ArchiveReader.open(paths.archive, campaign.zone) as archive:
        return archive.demo


def analyzer_of(campaign: Campaign) -> EnglishOnly:
    return english_analyzer(campaign.analyzer, campaign.subject)


def collector_of(campaign: Campaign, archive: Archive) -> Collector:
    """Return what asks sources once, now."""
    return Collector(
        campaign=campaign, archive=archive, analyzer=analyzer_of(campaign), env=keys(DOTENV), clock=utcnow
    )


def accounts_of(paths: Paths) -> Accounts:
    return Accounts.open(accounts_file(paths))


def console() -> str:
    """Return who works at the console, for the trail: the user of the operating system."""
    try:
        return f"the console ({getuser()})"
    except (KeyError, OSError):  # a container's user may have no name
        return "the console"


def trail_faults(paths: Paths, campaign: Campaign) -> list[str]:
    """Return what is wrong with the trail, in itself and by what the backups end with, each in a sentence."""
    heads = [
        head_of(path / "access.db", proof.at)
        for path in backups_of(paths, campaign).proven()
        if (proof := manifest(path)) and "access.db" in proof.rows
    ]
    return accounts_of(paths).trail_faults(filter(None, heads), utcnow())


def accounts_file(paths: Paths) -> Path:
    """Return the file of accounts and mail; the demo has its own."""
    return paths.archive.with_name("demo-access.db" if paths.archive.name == DEMO else "access.db")


def drop_box_of(paths: Paths) -> DropBox:
    """Return where files wait that people send to the dashboard: in a folder beside the archive."""
    return _drop_box(incoming_of(paths))


def incoming_of(paths: Paths) -> Path:
    """Return that folder."""
    return paths.archive.with_name(f"{paths.archive.stem}-incoming")


def mail_folder(paths: Paths) -> Path:
    """Return where mails lie that are not sent."""
    return paths.archive.parent / "mail"


def eraser_of(paths: Paths, campaign: Campaign) -> Eraser:
    """Return what finds and erases people, in all files of an installation."""
    return Eraser(
        backups=backups_of(paths, campaign), mails=mail_folder(paths), dotenv=DOTENV,
        waiting=incoming_of(paths), clock=utcnow, lake=bool(env_of(paths).get("LAKE_KEY")),
    )  # fmt: skip


@cache  # it knows which files are being taken in
def _drop_box(folder: Path) -> DropBox:
    return DropBox(folder, utcnow)


def backups_of(paths: Paths, campaign: Campaign) -> Backups:
    """Return the copies of the archive, the accounts and the campaign's files."""
    beside, settings = paths.archive.parent, campaign.backup
    return Backups(
        archive=paths.archive, accounts=accounts_file(paths), config=paths.campaign.parent,
        zone=campaign.zone, folder=beside / settings.folder,
        second=beside / settings.second if settings.second else None,
    )  # fmt: skip


@contextmanager
def noted_port(paths: Paths, port: int) -> Iterator[None]:
    """Note where the dashboard is served, for the links that any command writes.

    It was not served there if an error of ours leaves: what was noted before is noted again.
    """
    before = _note(paths, str(port)) if port else None  # 0 is any that is free
    try:
        yield
    except MonitorError:
        if before is not None:
            _note(paths, before)
        raise


def _note(paths: Paths, port: str) -> str | None:
    """Note a port, and return the one that was noted before; None where nothing can be written."""
    file = _port_file(paths)
    with suppress(OSError):  # a disk that is full keeps nobody from reading
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text() if file.exists() else ""
        file.write_text(port)
        return before
    return None


def at_port(campaign: Campaign, paths: Paths) -> Campaign:
    """Return the campaign whose links, if to this computer, lead to where its dashboard was served last."""
    with suppress(OSError, ValueError):
        if campaign.digest.is_local:
            address = f"http://{HOST}:{int(_port_file(paths).read_text())}"
            return replace(campaign, digest=replace(campaign.digest, address=address))
    return campaign


def _port_file(paths: Paths) -> Path:
    return paths.archive.with_suffix(".port")
