"""The units by which systemd keeps the collector and the dashboard running; unit.service has their text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template

from monitor.core.errors import ConfigError

PROCESSES = {"worker": "the collector", "web": "the dashboard"}  # each command, with what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the units run, and where. `user`: of units for the whole system; None: units of one's own."""

    folder: Path
    program: Sequence[str]  # with the options that stand before the command
    user: str | None = None

    def unit(self, process: str, *options: str) -> str:
        """Return the unit of one of PROCESSES; raises ConfigError for a path that no unit can name.

        A unit of one's own has only the limits that need neither root nor a namespace.
        """
        text = Path(__file__).with_name("unit.service").read_text(encoding="utf-8")
        template = Template(text, trim_blocks=True, keep_trailing_newline=True)
        writable = _words(f"{self.folder}/data", f"-{self.folder}/backups", f"-{self.folder}/config")
        return str(template.render(
            what=PROCESSES[process], process=process, user=self.user, folder=self.folder, writable=writable,
            command=_words(*self.program, process, *options),
        ))  # fmt: skip


def name_of(process: str) -> str:
    return f"monitor-{process}.service"


def folder_of(unit: str) -> str | None:
    folder = re.search(r"(?m)^WorkingDirectory=(.*)$", unit)
    return folder[1] if folder else None


def _words(*words: str) -> str:
    """Return words as a unit has them; raises ConfigError if it would read a sign as something else."""
    for word in words:
        if sign := re.search(r"[^\w @+=:,./~()&'-]", word):
            raise ConfigError(
                f"A systemd unit cannot use {word!r}: it contains {sign[0]!r}. Rename or move the folder."
            )
    return " ".join(word if re.fullmatch(r"[\w@+=:,./-]+", word) else f'"{word}"' for word in words)
