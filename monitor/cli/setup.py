"""Setting up with a few questions, on a terminal or with answers piped in."""

import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import click

from monitor import COMMAND
from monitor.campaign import SourceSettings, keys
from monitor.campaign.edit import Changes
from monitor.campaign.first_steps import STEPS, questions
from monitor.campaign.settings_form import Setting
from monitor.campaign.settings_form import section as form
from monitor.cli import Paths
from monitor.cli.accounts import print_link
from monitor.cli.wiring import DOTENV, accounts_of, campaign_of, console
from monitor.cli.wiring.live_settings import settings_files
from monitor.collect import why_off
from monitor.collect.source_setup import Verdict, check
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError, MonitorError
from monitor.mail import heartbeat
from monitor.platform_info import about, names, titles_without_key
from monitor.sources.shared import credentials

_MAIL = form("digest", (), {}).keys

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
    """Set up the campaign in five steps: words, sources, mail, the first account, the address.

    To set up certain platforms only, name them: setup youtube reddit.
    'mail' sets up the mail server, 'ping' a service that notices when this computer stops.
    """
    possible = [*names(), *_OTHERS]
    if wrong := [name for name in platforms if name not in possible]:
        raise ConfigError(
            f"There is nothing called {wrong[0]!r} to set up. Choose from: {', '.join(possible)}."
        )
    try:
        for name in platforms:
            _set_up(paths, name)
        if not platforms:
            _guide(paths)
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo("\nStopped. What was already saved is kept; nothing else was changed.", err=True)
        raise click.exceptions.Exit(130) from None
    click.echo("\nDone. A running monitor uses the changes within a minute.")


def _guide(paths: Paths) -> None:
    """Ask what the guide in the browser asks, in its words, and at once about keys and the mail server."""
    more = {"sources": [name for name in names() if about(name).key_names], "mail": [*_OTHERS]}
    click.echo("Press Enter to keep what is in brackets. Separate several words or addresses by commas.")
    for number, (name, step) in enumerate(STEPS.items(), 1):
        click.echo(f"\nStep {number} of {len(STEPS)}: {step.title}\n{step.why}")
        _ask_step(paths, name)
        for choice in more.get(name, ()):
            if click.confirm(f"Set up {_title(choice)}?"):
                _set_up(paths, choice)
    digest = campaign_of(paths).digest
    if digest.is_local:
        click.echo("It opens on this computer only. docs/run/proxy.md says how to open it to others.")
    elif sys.stdout.isatty():
        import segno

        segno.make(digest.address).terminal(compact=True)


def _ask_step(paths: Paths, name: str) -> None:
    """Ask for a step's settings, and save those that are others now."""
    accounts = accounts_of(paths)
    files = settings_files(paths, accounts)
    settings = files.settings()
    section = questions(name, tomllib.loads(settings.text), titles_without_key())
    changes = {one.name: value for one in section.settings if (value := _answer(one)) != one.value}
    try:
        if changes:
            files.save(changes, base=settings.version, who=console(), now=utcnow())
            click.echo(f"Saved in {paths.campaign}.")
    except ConfigError as error:
        click.echo(f"{error} The answers to this step were not saved.")
    if name == "account" and accounts.anyone():
        click.echo("There is an account already.")
    elif name == "account" and click.confirm("Create a link for it?"):
        print_link(accounts, None, settings.campaign.digest.address)


def _answer(setting: Setting) -> object:
    """Return what somebody wants a setting to be: what it is, if they press Enter."""
    if setting.control == "tick":
        return click.confirm(setting.label, default=bool(setting.value))
    while True:
        typed = str(click.prompt(setting.label, default=setting.words))
        if typed == setting.words:
            return setting.value
        try:
            return setting.parse(typed.replace(",", "\n") if setting.control == "lines" else typed)
        except ConfigError as error:
            click.echo(error)


def _set_up(paths: Paths, name: str) -> None:
    _OTHERS[name][1](paths) if name in _OTHERS else _platform(paths, name)


def _title(name: str) -> str:
    return _OTHERS[name][0] if name in _OTHERS else about(name).title


def _platform(paths: Paths, name: str) -> None:
    """Tell of one platform, ask for what it needs, check it, and save it. Nothing is saved before the end."""
    info = about(name)
    click.echo(f"\n{info.title}")
    for heading, sentences in info.facts():
        click.echo(f"  {heading}: {' '.join(sentences)}")
    if info.consent:
        click.echo(f"\n{info.consent}")
        if click.prompt("Type 'yes' to continue", default="no").strip().lower() != "yes":
            click.echo(f"{info.title} was not switched on. Nothing was changed.")
            return
    if info.key_names and not _save_working_keys(paths, name):
        return
    settings = campaign_of(paths).sources.get(name)
    if not (settings and settings.on):
        _save(paths, {f"sources.{name}.on": True}, {})
    click.echo(f"{info.title} is switched on.")
    if reason := why_off(campaign_of(paths), name):
        click.echo(f"Nothing is collected from {info.title} yet. {reason}")


def _save_working_keys(paths: Paths, name: str) -> bool:
    """Ask for keys until the platform takes them or the person gives up; return whether some are saved."""
    needed = about(name).key_names
    while True:
        answers = _ask_for_keys(needed)
        if not all({**keys(DOTENV), **answers}.get(key) for key in needed):
            click.echo(f"Without {' and '.join(needed)}, nothing was changed.")
            return False
        verdict = _verdict(paths, name, answers)
        click.echo(verdict.says)
        if verdict.works is not False:
            _save_keys(paths, answers)
            return True
        if not click.confirm("Enter the key again?"):
            click.echo("Nothing was changed.")
            return False


def _ask_for_keys(key_names: Iterable[str]) -> dict[str, str]:
    """Return the keys as typed, without those left empty."""
    env, answers = keys(DOTENV), {}
    for key in key_names:
        ask = _ask if key in _MAIL and not key.endswith("PASSWORD") else _ask_hidden
        note = " (already set; press Enter to keep it)" if env.get(key) else ""
        if answer := ask(f"{_MAIL.get(key, key)}{note}"):
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
    return check(replace(campaign, sources={name: settings}), name, env, utcnow())


def _mail(paths: Paths) -> None:
    """Ask for the mail server; an answer left empty stays as it is."""
    click.echo("\nThe mail server. Your mail provider can tell you these; see docs/mail.md.")
    try:
        _save_keys(paths, _ask_for_keys(_MAIL))
    except ConfigError as error:
        click.echo(f"{error} Nothing was changed.")
        if click.confirm("Enter them again?"):
            _mail(paths)
        return
    if not sys.stdin.isatty():
        click.echo(f"To send a test mail: {COMMAND} digest test ADDRESS")
    elif address := _ask("Send a test mail to (press Enter for none)"):
        from monitor.cli.digest import test

        try:
            click.get_current_context().invoke(test, address=address)
        except MonitorError as error:
            click.echo(error)
        except click.exceptions.Exit:  # it has said what is wrong
            pass


def _ping(paths: Paths) -> None:
    """Ask for the address of a service elsewhere, try it once, and save it."""
    click.echo(f"\n{PING}")
    while url := _ask_for_keys(("MONITOR_PING",)).get("MONITOR_PING"):
        wrong = heartbeat.problem(url)
        click.echo(wrong or "Sending a test signal ...")
        if not wrong and (_hears(url) or click.confirm("Keep this address anyway?")):
            _save_keys(paths, {"MONITOR_PING": url})
            return
        if not click.confirm("Enter another address?"):
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
