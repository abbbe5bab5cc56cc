"""The command line: each command in a few lines, each error in one sentence.

Commands are found by name and imported when called, so that `--help` stays quick.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from shlex import quote
from typing import NoReturn

import click

from monitor import COMMAND, __version__
from monitor.core.errors import MonitorError, NoArchive

AGAIN = "Everything up to here is saved. To do the rest, run the same command again."

# name: (module, what it does)
COMMANDS = {
    "up": ("serve", "Run the collector and the dashboard together."),
    "web": ("serve", "Run the dashboard only."),
    "worker": ("collect", "Collect in the background until stopped."),
    "service": ("service", "Keep the monitor running after the terminal is closed (Linux with systemd)."),
    "collect": ("collect", "Check each source once, now."),
    "backfill": ("backfill", "Collect older posts from a platform that still has them."),
    "import": ("import_export", "Import posts from files into the archive."),
    "report": ("report", "Write the numbers for a range of days, and how they are counted."),
    "export": ("import_export", "Write all posts to standard output."),
    "digest": ("digest", "Preview, send and manage the weekly mail."),
    "events": ("events", "Add, list or remove events in the campaign's calendar."),
    "kit": ("events", "List the share kit: texts and pictures, with a link and a code for each channel."),
    "demo": ("demo", "Show a dashboard full of made-up posts."),
    "status": ("maintenance", "Show what has been collected and the state of each source."),
    "why": ("tracks", "Find out why a post is missing."),
    "track": ("tracks", "Try a change to a track before it is saved."),
    "recall": ("collect", "Show what share of posts found another way are here, and why the rest are not."),
    "setup": ("setup", "Set up the campaign in five steps, or certain platforms with their keys."),
    "doctor": ("doctor", "Check the set-up, and say how to fix any problems."),
    "handover": ("maintenance", "Write the counts into files, then erase all texts and names."),
    "trail": ("accounts", "List who did what, or check that no line of it was changed."),
    "lake": ("lake", "Count many archives together, without names."),
    "privacy": ("report", "Write the data map, the privacy notice or a draft DPIA from the settings."),
    "backup": ("backup", "Back up everything collected, and verify the copy."),
    "restore": ("backup", "Restore from a backup."),
    "person": ("person", "Show all that is held about a person, to give to them."),
    "forget": ("person", "Erase a person everywhere, and keep them out."),
    "users": ("accounts", "Manage who can use the dashboard, and their roles."),
    "share": ("accounts", "Create and end share links for people without an account."),
    "retain": ("maintenance", "Remove texts and names that are older than the campaign file allows."),
    "rebuild": ("maintenance", "Rebuild all counts and the search index from the posts."),
    "replay": ("collect", "Retry items that could not be read, for example after an update."),
    "rescore": ("collect", "Score the posts that the current analyzer has not scored."),
    "score": ("collect", "Score the tone of each line of standard input."),
}


DAY = click.DateTime(["%Y-%m-%d"])
DEMO = "demo.db"  # what the archive of made-up posts is called, beside the real one


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The files that every command works on."""

    campaign: Path
    archive: Path
    env: Mapping[str, str] | None = None  # None: what `.env` and the environment say when they are asked


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if sys.platform == "win32":  # which has no fcntl, by which processes keep out of each other's way
            raise MonitorError(
                "The monitor runs on Linux and macOS. On Windows, use WSL: docs/run/install.md says how."
            )
        module = import_module(f"monitor.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name + ("_" if cmd_name == "import" else ""))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"auto_envvar_prefix": "MONITOR"})
@click.option(
    "--campaign",
    type=click.Path(path_type=Path),
    default=None,
    help="The campaign file.  [default: config/campaign.toml]",
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    default=Path("data/archive.db"),
    show_default=True,
    help="The file that holds the posts.",
)
@click.version_option(__version__, prog_name="monitor")
@click.pass_context
def group(ctx: click.Context, campaign: Path | None, archive: Path) -> None:
    """Watch a campaign's hashtags: collect public posts, and show what changed.

    Both options can also be set in the environment, as MONITOR_CAMPAIGN and MONITOR_ARCHIVE.
    """
    ctx.obj = Paths(campaign=campaign or default_campaign(), archive=archive)


def default_campaign() -> Path:
    """Return the campaign file beside the program, if the working folder has none of its own."""
    own = Path("config/campaign.toml")
    shipped = Path(__file__).parents[1] / "config/campaign.toml"  # in an installed wheel
    source = Path(__file__).parents[2] / "config/campaign.toml"  # in a checkout
    return next((path for path in (own, shipped, source) if path.is_file()), own)


@contextmanager
def on_stop(words: Callable[[], str]) -> Iterator[None]:
    """Say, when a person types Ctrl-C, what is there by then; the exit code is a shell's, 130."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\nStopped. {words()}", err=True)
        raise click.exceptions.Exit(130) from None


def main() -> None:
    """Run the command line; our own errors, and a disk's, end in one sentence and their exit code."""
    try:
        try:
            group()
        finally:
            with suppress(BrokenPipeError):  # as in: monitor export | head
                sys.stdout.flush()  # not at the very end, where nobody could say why it failed
    except MonitorError as error:
        _end_with(error)
    except Exception as error:  # a disk's own, whichever library raises it
        from monitor.core.storage import storage_error  # SQLite takes long to load

        of_disk = storage_error(error)
        if of_disk is None:
            raise
        _end_with(of_disk)


def _end_with(error: MonitorError) -> NoReturn:
    click.echo(f"monitor: {message(error)}", err=True)
    with suppress(OSError):  # what could not be written out would be tried once more at the very end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(error.exit_code)


def message(error: MonitorError) -> str:
    """Return an error's text; where there are made-up posts, but no archive, with how to get at them."""
    made_up = error.path.parent / DEMO if isinstance(error, NoArchive) else None
    if made_up is None or not made_up.is_file():
        return str(error)
    return f"{error} For the made-up posts: {COMMAND} --archive {quote(str(made_up))}, and then the command."
