"""Setting platforms up with a few questions, on a terminal or with answers piped in."""

import os
import sys
from collections.abc import Mapping

import click

from monitor.campaign import Campaign, SourceSettings, keys
from monitor.campaign.edit import Changes
from monitor.cli import Paths
from monitor.cli.wiring import DOTENV, accounts_of, campaign_of, console
from monitor.cli.wiring.live_settings import settings_files
from monitor.collect import why_off
from monitor.collect.source_setup import Verdict, check, question
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MonitorError
from monitor.mail import heartbeat
from monitor.platform_info import PlatformInfo, about, names
from monitor.sources.shared import credentials

MAIL = (
    "MONITOR_SMTP_HOST", "MONITOR_SMTP_PORT", "MONITOR_SMTP_TLS", "MONITOR_SMTP_USER",
    "MONITOR_SMTP_PASSWORD", "MONITOR_MAIL_FROM",
)  # fmt: skip

PING = """\
When this computer is off, or has no network, nothing on it can tell you.
A service elsewhere can: while the monitor works it opens an address there every five minutes,
and when that stops the service writes to you. healthchecks.io is one of several.
Create a check there with a period of 5 minutes and a grace time of 15 minutes, and enter its address here.
Keep the address secret: whoever has it can pretend that the monitor works.
Press Enter to leave it unchanged."""


@click.command()
@click.argument("platforms", nargs=-1)
@click.pass_obj
def setup(paths: Paths, platforms: tuple[str, ...]) -> None:
    """Set up platforms: enter keys, check them and switch the platforms on.

    To set up certain platforms only, name them: monitor setup youtube reddit.
    'mail' sets up the mail server, 'ping' a service that notices when this computer stops.
    """
    campaign = campaign_of(paths)
    choices = _choices(platforms)
    _overview(campaign)
    try:
        for name in choices:
            if platforms or _yes(f"\nSet up {_title(name)}?"):
                _OTHERS[name][1](paths) if name in _OTHERS else _platform(paths, name)
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo("\nStopped. What was already saved is kept; nothing else was changed.", err=True)
        raise click.exceptions.Exit(130) from None
    click.echo("\nDone. A monitor that runs takes the changes up within a minute.")


def _choices(platforms: tuple[str, ...]) -> list[str]:
    possible = [*names(), *_OTHERS]
    if wrong := [name for name in platforms if name not in possible]:
        raise ConfigError(
            f"There is nothing called {wrong[0]!r} to set up. Choose from: {', '.join(possible)}."
        )
    return list(platforms) or [name for name in names() if _key_names(name)] + [*_OTHERS]


def _key_names(name: str) -> tuple[str, ...]:
    """Return the names of the keys that a platform needs, or that add something to it."""
    return about(name).keys or about(name).optional_keys


def _title(name: str) -> str:
    return _OTHERS[name][0] if name in _OTHERS else about(name).title


def _overview(campaign: Campaign) -> None:
    env = keys(DOTENV)
    for name in names():
        settings = campaign.sources.get(name)
        state = "on" if settings and settings.on else "off"
        click.echo(f"{about(name).title}: {state}; {_keys_in_words(name, env)}")
    click.echo("Keys are saved in .env, and never shown.")


def _keys_in_words(name: str, env: Mapping[str, str]) -> str:
    key_names = _key_names(name)
    if not key_names:
        return "needs no key"
    if missing := [key for key in key_names if not env.get(key)]:
        return f"{', '.join(missing)} {'missing' if about(name).keys else 'not set, and not needed'}"
    return "key set"


def _platform(paths: Paths, name: str) -> None:
    """Tell of one platform, ask for what it needs, check it, and save it. Nothing is saved before the end."""
    info = about(name)
    click.echo(f"\n{info.title}")
    for heading, sentences in info.facts():
        click.echo(f"  {heading}: {' '.join(sentences)}")
    if info.consent and not _consents(info):
        click.echo(f"{info.title} was not switched on. Nothing was changed.")
        return
    if _key_names(name) and not _save_working_keys(paths, name):
        return
    _switch_on(paths, name)
    if reason := why_off(campaign_of(paths), name):
        click.echo(f"Nothing is collected from {info.title} yet. {reason}")


def _consents(info: PlatformInfo) -> bool:
    click.echo(f"\n{info.consent}")
    return bool(click.prompt("Type 'yes' to continue", default="no").strip().lower() == "yes")


def _save_working_keys(paths: Paths, name: str) -> bool:
    """Ask for keys until the platform takes them or the person gives up; return whether some are saved."""
    while True:
        answers = _ask_for_keys(_key_names(name), "already set; press Enter to keep it")
        if not all({**keys(DOTENV), **answers}.get(key) for key in _key_names(name)):
            click.echo(f"Without {' and '.join(_key_names(name))}, nothing was changed.")
            return False
        verdict = _verdict(paths, name, answers)
        click.echo(verdict.says)
        if verdict.works is not False:
            _save_keys(paths, answers)
            return True
        if not _yes("Enter the key again?"):
            click.echo("Nothing was changed.")
            return False


def _ask_for_keys(key_names: tuple[str, ...], note: str) -> dict[str, str]:
    """Return the keys as typed, without those left empty; `note` stands beside one that is set."""
    env, answers = keys(DOTENV), {}
    for key in key_names:
        ask = _ask if key in MAIL and not key.endswith("PASSWORD") else _ask_hidden
        if answer := ask(f"{key}{f' ({note})' if env.get(key) else ''}"):
            answers[key] = answer
    return answers


def _verdict(paths: Paths, name: str, answers: Mapping[str, str]) -> Verdict:
    campaign, env = campaign_of(paths), {**keys(DOTENV), **answers}
    try:
        credentials.of(name, env)
    except MonitorError as error:
        return Verdict(works=False, says=str(error))
    click.echo(f"Checking with {about(name).title} ...")
    settings = campaign.sources.get(name) or SourceSettings(on=True, every_minutes=15, own={})
    used = {key: env[key] for key in _key_names(name)}
    return check(name, settings, used, question(name, campaign.tracks[0].query), utcnow())


def _switch_on(paths: Paths, name: str) -> None:
    settings = campaign_of(paths).sources.get(name)
    if settings and settings.on:
        click.echo(f"{about(name).title} is switched on.")
        return
    _save(paths, {f"sources.{name}.on": True}, {})
    click.echo(f"{about(name).title} is now switched on in {paths.campaign}.")


def _mail(paths: Paths) -> None:
    """Ask for the mail server; an answer left empty stays as it is."""
    click.echo(
        "\nThe mail server. Your mail provider can tell you these; see docs/mail.md. Press Enter to keep a"
        " value."
    )
    _save_keys(paths, _ask_for_keys(MAIL, "it is set"))
    click.echo("To send a test mail: monitor digest --help")


def _ping(paths: Paths) -> None:
    """Ask for the address of a service elsewhere, try it once, and save it."""
    click.echo(f"\n{PING}")
    while url := _ask_for_keys(("MONITOR_PING",), "already set; press Enter to keep it").get("MONITOR_PING"):
        wrong = heartbeat.problem(url)
        click.echo(wrong or "Sending a test signal ...")
        if not wrong and (_hears(url) or _yes("Keep this address anyway?")):
            _save_keys(paths, {"MONITOR_PING": url})
            return
        if not _yes("Enter another address?"):
            break
    click.echo("Nothing was changed.")


def _hears(url: str) -> bool:
    """Return whether a service took a sign of life, after saying what came back."""
    answer = heartbeat.opened(url)
    if isinstance(answer, int) and answer // 100 == 2:
        click.echo(f"It answered {answer}: the service has received the signal.")
        return True
    click.echo(f"It was not accepted: {answer}. The address may be mistyped, or the network may be down.")
    return False


_OTHERS = {
    "mail": ("the mail server", _mail),
    "ping": ("a service that notices when this computer stops", _ping),
}


def _save_keys(paths: Paths, answers: Mapping[str, str]) -> None:
    if not answers:
        return
    _save(paths, {}, answers)
    click.echo(f"Saved in {DOTENV}, which only you can read.")
    if clashes := [key for key in answers if os.environ.get(key) not in (None, "", answers[key])]:
        click.echo(
            f"But the environment also sets {', '.join(clashes)}, and overrides the file. Remove it there."
        )


def _save(paths: Paths, changes: Changes, answers: Mapping[str, str]) -> None:
    files = settings_files(paths, accounts_of(paths))
    files.save(changes, answers, base=files.settings().version, who=console(), now=utcnow())


def _yes(text: str) -> bool:
    return click.confirm(text, default=False)


def _ask(text: str) -> str:
    return str(click.prompt(text, default="", show_default=False)).strip()


def _ask_hidden(text: str) -> str:
    """Return what is typed, without showing it; piped answers are read from the pipe, not from a terminal."""
    if sys.stdin.isatty():
        return str(click.prompt(text, default="", show_default=False, hide_input=True)).strip()
    click.echo(f"{text}: ")
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()
