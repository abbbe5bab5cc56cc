"""The command that checks the set-up, part by part, and says how to mend what is wrong."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from monitor import COMMAND
from monitor.archive import ArchiveReader
from monitor.archive.damage.verification import STEPS, safe_sqlite, sqlite_version, verification_of
from monitor.archive.values import Poll
from monitor.campaign import Campaign, keys
from monitor.cli import DEMO, Paths, wiring
from monitor.cli.wiring import DOTENV, accounts_file, analyzer_of, backups_of, campaign_of
from monitor.collect import why_off
from monitor.collect.source_status import outcome_states, states
from monitor.collect.tone_scoring import adjusted
from monitor.core.clock import utcnow
from monitor.core.errors import DamagedError, MonitorError, Outdated, StorageError
from monitor.core.model import ANSWERS, Outcome
from monitor.core.storage import FULL, LOW, free
from monitor.platform_info import about
from monitor.report import SourceState, stalled_since, wording
from monitor.report.wording import quantity
from monitor.tone import WAITING

START_AGAIN = f"restart the monitor ({COMMAND} up, or its service)"
_NEW = "replace this address in the campaign file with the new one"
_TRY = "open the address in a browser; correct it in the campaign file, or remove it if it keeps failing"
_ONLINE = "check this computer's internet connection; if it works, wait for the next check"
_THEIRS = {Outcome.CLOSED, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.UNREADABLE}
_RESTORE = f"stop the monitor, then type: {COMMAND} restore"
_MEND = f"stop the monitor, then type: {COMMAND} restore --only-damaged"
_MENDS = {Outdated: f"run: {COMMAND} rebuild", DamagedError: _MEND, StorageError: "check the disk it is on"}

JSON = click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's answer. `mend` is what to do; empty when all is well."""

    part: str
    state: str  # ok | warn | fail
    says: str
    mend: str = ""


@click.command()
@JSON
@click.option(
    "--verify", is_flag=True, help="Also check every row, count and page of the archive; takes a while."
)
@click.pass_obj
def doctor(paths: Paths, as_json: bool, verify: bool) -> None:
    """Check the set-up, and say how to fix any problems. Exits with 1 if there are any."""
    checks = examine(paths, verify=verify)
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks]))
    else:
        for check in checks:
            click.echo(f"{check.state:<5}{check.part}: {check.says}")
            if check.mend:
                click.echo(f"     Fix: {check.mend}")
    if any(check.state == "fail" for check in checks):
        raise click.exceptions.Exit(1)


def examine(paths: Paths, *, verify: bool = False) -> list[Check]:
    """Return what is well and what is not, in the order in which to mend it."""
    try:
        campaign = campaign_of(paths)
    except MonitorError as error:
        mend = f"correct {paths.campaign}; until then, what runs goes on with its last settings"
        return [Check("campaign file", "fail", str(error), mend)]
    tracks = quantity(len(campaign.tracks), "track", "tracks")
    about = Check("campaign file", "ok", f"{campaign.name}, {tracks}")
    checks = [about, _sqlite(), _disk(paths), _archive(paths, campaign, verify)]
    if verify and checks[-1].state == "fail":  # what else there is to look at would be read from it
        return checks
    tones, sources, addresses = _reading(paths, campaign)
    is_offline = _is_offline(sources)
    rest = [
        *tones,
        *_collecting(sources, campaign),
        *_sources(campaign, sources, {} if is_offline else addresses),
        *_mail(paths, campaign),
        *_backups(paths, campaign),
    ]
    return [*checks, *(_with_silence_once(rest) if is_offline else rest)]


def _is_offline(sources: Sequence[SourceState]) -> bool:
    """Return whether none of several sources could be reached; if it is one, that may be gone."""
    outcomes = [state.outcome for state in sources if state.on and state.last_poll]
    return len(outcomes) > 1 and {*outcomes} == {Outcome.UNREACHABLE}


def _with_silence_once(checks: list[Check]) -> list[Check]:
    """Return the checks, with one line for all that did not answer."""
    silent = [check.part for check in checks if check.mend == _ONLINE]
    line = Check("internet", "warn", f"no answer at the last check: {', '.join(silent)}", _ONLINE)
    return [line, *(check for check in checks if check.mend != _ONLINE)]


def _sqlite() -> Check:
    version = sqlite_version()
    if safe_sqlite(version):
        return Check("SQLite", "ok", version)
    says = f"{version} has a rare fault that can damage a file when two programs write to it at once"
    return Check("SQLite", "warn", says, "install pysqlite3 0.6.1 or newer, or update SQLite to 3.51.3")


def _disk(paths: Paths) -> Check:
    """Return how much room the folders of archive, accounts and mail have; they may be on several disks."""
    home = paths.archive.parent
    room, folder = min((free(folder), folder) for folder in (home, home / "mail"))
    says = f"{room // 2**20:,} MB are free in {folder}"
    if room < FULL:
        return Check("disk", "fail", says, "free some space there, and make sure the disk can be written to")
    return Check("disk", "warn" if room < LOW else "ok", says, "free some space there" if room < LOW else "")


def _archive(paths: Paths, campaign: Campaign, verify: bool) -> Check:
    if not paths.archive.is_file():
        if paths.archive.name != DEMO and backups_of(paths, campaign).proven():
            says = f"{paths.archive} is missing, but there are backups of it"
            return Check("archive", "fail", says, _RESTORE)
        return Check("archive", "warn", f"{paths.archive} does not exist yet", f"run: {COMMAND} collect")
    try:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            says = f"{archive.lake or quantity(archive.posts.count(), 'post', 'posts')} in {paths.archive}"
            return _verified(archive, says) if verify else Check("archive", "ok", says)
    except MonitorError as error:
        mend = next((mend for kind, mend in _MENDS.items() if isinstance(error, kind)), _RESTORE)
        return Check("archive", "fail", str(error), mend)


def _verified(archive: ArchiveReader, says: str) -> Check:
    with click.progressbar(length=STEPS, label="Checking the archive", file=sys.stderr) as bar:
        verification = verification_of(archive, bar.update)
    if damage := [*map(str, verification.rows), *verification.pages]:
        more = f", and {len(damage) - 5} more" if damage[5:] else ""
        return Check("archive", "fail", f"damaged: {'; '.join(damage[:5])}{more}", _MEND)
    if verification.counts:
        says = f"{len(verification.counts)} counts are wrong"
        return Check("archive", "fail", says, f"run: {COMMAND} rebuild")
    says += "; its rows, counts and pages were checked, and nothing is wrong"
    if verification.unsealed:
        says += f". {verification.unsealed:,} posts have no checksum to compare with yet; a worker adds it"
    return Check("archive", "ok", says)


def _reading(
    paths: Paths, campaign: Campaign
) -> tuple[list[Check], tuple[SourceState, ...], Mapping[str, Sequence[Check]]]:
    """Return what the archive says of tones, sources and their addresses; nothing if it cannot be read."""
    try:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            sources = states(archive, campaign, utcnow())
            outcomes = [
                _last_poll(state.title, state, campaign.zone, "docs/outcomes.md")
                for state in outcome_states(archive, campaign, utcnow())
            ]
            return [_tone(archive, campaign), *outcomes], sources, _addresses(archive, campaign)
    except MonitorError:  # said of the archive already
        return [], (), {}


def _tone(archive: ArchiveReader, campaign: Campaign) -> Check:
    if not (analyzer := analyzer_of(campaign)).is_whole():
        return Check("tone", "fail", WAITING.rstrip("."))
    by = adjusted(analyzer, archive).name
    if not (other := archive.tone_scores.outdated(by)):
        return Check("tone", "ok", f"scored by {by}")
    says = f"{quantity(other, 'post was', 'posts were')} scored by another analyzer than {by}"
    mend = f"the worker is rescoring them; to do it at once, run: {COMMAND} rescore"
    return Check("tone", "warn", says, mend)


def _collecting(sources: tuple[SourceState, ...], campaign: Campaign) -> list[Check]:
    today = utcnow().astimezone(campaign.zone).date()
    if says := wording.dissolution(campaign.dissolution.day, today):
        return [Check("collecting", "warn", says.rstrip("."))]
    if since := stalled_since(sources):
        return [Check("collecting", "fail", wording.stalled(since).rstrip("."), START_AGAIN)]
    watched = [source for source in sources if source.on]
    if watched and not any(source.last_poll for source in watched):
        return [Check("collecting", "warn", "nothing has been checked yet", f"start it: {COMMAND} up")]
    return [Check("collecting", "ok", "each source is being checked on schedule")] if watched else []


def _sources(
    campaign: Campaign, sources: tuple[SourceState, ...], addresses: Mapping[str, Sequence[Check]]
) -> list[Check]:
    from monitor.sources import source

    env, now = keys(DOTENV), utcnow()
    states_by_name = {state.name: state for state in sources}
    checks = []
    for name, settings in campaign.sources.items():
        info = about(name)
        title, mend = info.title, info.how_to if info.keys else "correct the setting"
        if not settings.on:
            checks.append(Check(title, "ok", "switched off in the campaign file"))
        elif reason := why_off(campaign, name):
            checks.append(Check(title, "warn", reason.rstrip("."), "docs/privacy.md says what to decide"))
        else:
            try:
                source(name).open(settings.own, env, now)
                last = _last_poll(title, states_by_name.get(name), campaign.zone)
                checks += [last, *addresses.get(name, ())]
            except MonitorError as error:
                checks.append(Check(title, "fail", str(error), mend))
    return checks


def _last_poll(title: str, state: SourceState | None, zone: ZoneInfo, key: str = "") -> Check:
    """Return what a platform that is set up said when it was last asked."""
    if state is None or state.last_poll is None:
        return Check(title, "ok", "set up, not checked yet")
    says = f"set up; at the last check, {_moment(state.last_poll, zone)}: {wording.state(state)}"
    says = " ".join(
        filter(None, [f"{says}.", state.detail, state.doubt, state.money, wording.recall(state)])
    ).rstrip(". ")
    if wording.working(state) and state.doubt:
        mend = f"wait a day; if it is still the case, see docs/platforms/{state.name}.md"
        return Check(title, "warn", says, mend)
    if wording.working(state):
        return Check(title, "ok", says)
    if state.needs_person:
        return Check(title, "fail", says, key or f"{COMMAND} setup {state.name}")
    is_silent = state.outcome == Outcome.UNREACHABLE
    return Check(title, "warn", says, _ONLINE if is_silent else "see the Sources page")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return wording.moment(at.astimezone(zone), utcnow())


def _addresses(archive: ArchiveReader, campaign: Campaign) -> dict[str, list[Check]]:
    """Return by source how each of its addresses in the campaign file, such as of feeds, answered last."""
    polls = archive.coverage.last_polls(utcnow(), campaign.track_names)
    checks = {}
    for name, settings in campaign.sources.items():
        lists = [settings.own.get(key) for key in ("urls", "servers")]
        addresses = [str(address) for some in lists if isinstance(some, list) for address in some]
        answers = archive.coverage.last_answers(name) if addresses else {}
        checks[name] = [
            _address(address, polls.get(name, ()), answers, campaign.zone) for address in addresses
        ]
    return checks


def _address(address: str, polls: Sequence[Poll], answers: Mapping[str, datetime], zone: ZoneInfo) -> Check:
    # the name of a stream has the address, with its track before it or a term behind it
    place = f":{(address.partition('//')[2] or address).lower().rstrip('/')}:"
    looks = [poll for poll in polls if place in f"{poll.stream.rstrip('/')}:"]
    if not looks:
        return Check(address, "ok", "not checked yet")
    worst = max(looks, key=lambda poll: (poll.outcome not in ANSWERS, bool(poll.detail)))
    at = _moment(worst.ended_at, zone)
    if worst.outcome in ANSWERS:
        says = f"read at the last check, {at}. {worst.detail}".rstrip(". ")
        is_moved = worst.outcome == Outcome.COMPLETE and worst.detail
        return Check(address, "warn" if is_moved else "ok", says, _NEW if is_moved else "")
    last = max((at for stream, at in answers.items() if place in f"{stream.rstrip('/')}:"), default=None)
    before = f"Last read {_moment(last, zone)}" if last else "It has never been read"
    reason = worst.detail.removesuffix(f" (The feed is {address})").rstrip(".")
    says = f"could not be read at the last check, {at}: {reason}. {before}"
    return Check(address, "warn", says, _TRY if worst.outcome in _THEIRS else "see the Sources page")


def _mail(paths: Paths, campaign: Campaign) -> list[Check]:
    from monitor.cli.wiring.mail import ways_out

    try:
        checks = [Check("mail", "ok", ways_out(paths, campaign))]
    except MonitorError as error:
        return [Check("mail", "fail", str(error), "correct .env")]
    if campaign.digest.is_local:
        says = f"links in mails begin with {campaign.digest.address}, which only works on this computer"
        checks.append(
            Check("mail", "warn", says, "enter the dashboard's address under [digest] in the campaign file")
        )
    if accounts_file(paths).is_file():
        checks += _accounts(paths, campaign)
    return checks


def _accounts(paths: Paths, campaign: Campaign) -> list[Check]:
    from monitor.mail.store import MailStore

    try:
        mails = MailStore.open(accounts_file(paths)).deliveries(campaign.tracks[0].name)
        faults = wiring.trail_faults(paths, campaign)
    except MonitorError as error:
        return [Check("accounts", "fail", str(error))]
    mend = f"run: {COMMAND} trail --check"
    checks = [Check("activity log", "fail", fault.rstrip("."), mend) for fault in faults[:1]]
    if not (lost := [mail for mail in mails if mail.state in ("stopped", "unsure")]):
        return checks
    says = f"{quantity(len(lost), 'mail', 'mails')} did not arrive, or may not have arrived"
    return [*checks, Check("mail", "warn", says, f"run: {COMMAND} digest list")]


def _backups(paths: Paths, campaign: Campaign) -> list[Check]:
    if not campaign.backup.on or not paths.archive.is_file() or paths.archive.name == DEMO:
        return []
    now, status = utcnow(), backups_of(paths, campaign).status()
    says = status.sentence(now, campaign.zone).rstrip(".")
    if status.failure or (status.last and status.is_overdue(now)):
        return [Check("backup", "fail", says, f"run: {COMMAND} backup")]
    if status.last is None:
        mend = f"the worker makes one each day; to make one now: {COMMAND} backup"
        return [Check("backup", "warn", says, mend)]
    return [Check("backup", "ok", says)]
