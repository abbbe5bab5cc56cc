"""What `make coverage` demands: `python -m tests.gates FILE`, a measured run as JSON.

`python -m tests.gates FILE rooms` demands it of single rooms and not of the whole, as `make test` does.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

WHOLE = 95.0  # percent of all lines and branches
ROOMS = ("monitor/report/", "monitor/digest/")  # they make the numbers that people are sent: all of it
PLATFORMS = (
    "monitor/sources/",
    "monitor/outcomes/",
)  # here each `parse` is covered whole: what it meets, others choose


def gaps(measured: Mapping[str, Any], whole: float = WHOLE) -> Iterator[str]:
    """Yield a line for each demand that is not met; the first is a percentage of all lines and branches."""
    if (covered := measured["totals"]["percent_covered"]) < whole:
        yield f"{covered:.2f} percent are covered; {whole} are wanted."
    for path, file in measured["files"].items():
        if path.startswith(ROOMS):
            yield from _missing(path, file)
        if path.startswith(PLATFORMS):
            for name, function in file["functions"].items():
                if name.rpartition(".")[2] == "parse":
                    yield from _missing(f"{path}, {name}", function)


def _missing(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    if part["missing_lines"]:
        yield f"{place}: lines {part['missing_lines']} never run."
    if part["missing_branches"]:
        yield f"{place}: branches {part['missing_branches']} are never taken."


if __name__ == "__main__":
    sys.exit("\n".join(gaps(json.loads(Path(sys.argv[1]).read_text()), 0 if sys.argv[2:] else WHOLE)) or 0)
