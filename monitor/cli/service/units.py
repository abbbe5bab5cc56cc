"""The text of the units by which systemd keeps the collector and the dashboard running: its one owner."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import ConfigError

PROCESSES = {"worker": "the collector", "web": "the dashboard"}  # each command, with what it is

_UNIT = """\
[Unit]
Description=Campaign Monitor: {what}
{after}
[Service]
{user}WorkingDirectory={folder}
ExecStart={command}
{heap}Restart=on-failure
RestartSec=10
RestartPreventExitStatus=78
{limits}
[Install]
WantedBy={target}
"""
_NETWORK = "After=network-online.target\nWants=network-online.target\n"
# What needs neither root nor a namespace: many systems refuse namespaces to units of a user.
_LIMITS = """\
LockPersonality=true
MemoryDenyWriteExecute=true
NoNewPrivileges=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
UMask=0077
"""
_SYSTEM_LIMITS = """\
CapabilityBoundingSet=
PrivateDevices=true
PrivateTmp=true
PrivateUsers=true
ProcSubset=pid
ProtectClock=true
ProtectControlGroups=true
ProtectHome=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
ProtectSystem=strict
ReadWritePaths={writable}
RemoveIPC=true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the units run, and where. `user`: of units for the whole system; None: units of one's own."""

    folder: Path
    program: Sequence[str]  # with the options that stand before the command
    user: str | None = None

    def unit(self, process: str, options: Sequence[str] = ()) -> str:
        """Return the unit of one of PROCESSES; raises ConfigError for a path that no unit can name."""
        folder = _plain(str(self.folder))
        system = self.user is not None
        writable = f"{_word(f'{folder}/data')} {_word(f'-{folder}/backups')}"
        return _UNIT.format(
            what=PROCESSES[process], folder=folder,
            command=" ".join(map(_word, [*self.program, process, *options])),
            heap="Environment=MALLOC_ARENA_MAX=1\n" if process == "worker" else "",
            user=f"User={self.user}\n" if system else "",
            after=_NETWORK if system else "",  # which units of a user cannot wait for
            limits=_LIMITS + (_SYSTEM_LIMITS.format(writable=writable) if system else ""),
            target="multi-user.target" if system else "default.target",
        )  # fmt: skip


def name_of(process: str) -> str:
    """Return the name of a process's unit."""
    return f"monitor-{process}.service"


def folder_of(unit: str) -> str | None:
    """Return the folder that a unit runs in; None if it names none."""
    found = re.search(r"(?m)^WorkingDirectory=(.*)$", unit)
    return found[1] if found else None


def _word(word: str) -> str:
    plain = _plain(word)
    return plain if re.fullmatch(r"[\w@+=:,./-]+", plain) else f'"{plain}"'


def _plain(path: str) -> str:
    """Return a path as it is; raises ConfigError if a unit would read a sign in it as something else."""
    if sign := re.search(r"[^\w @+=:,./~()&'-]", path):
        raise ConfigError(
            f"A unit cannot name {path!r}, because of {sign[0]!r}. Rename the folder, or move it."
        )
    return path
