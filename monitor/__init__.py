"""A campaign monitor: collect public posts, keep them in SQLite, show what changed."""

import sys
from pathlib import Path
from shlex import quote
from shutil import which

__version__ = "0.3.0.dev0"


def _command(started: str) -> str:
    """Return what to type where it was started so: `.venv/bin/monitor` in a checkout."""
    if started == "-m":
        return "python -m monitor"
    path, here = Path(started), Path.cwd()
    if path.name != "monitor" or which("monitor") == started:
        return "monitor"
    return quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


COMMAND = _command(sys.argv[0])
