"""Work on hostile files in a process of its own, which may use little, write nothing and start nothing."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.core.errors import MonitorError

_SECONDS = 20
_LIMITS = {
    resource.RLIMIT_CPU: _SECONDS,
    resource.RLIMIT_AS: 512 << 20,  # bytes
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NPROC: 0,  # root is not held to it, so there is `_refuse`
}
_STARTS = ("subprocess.", "socket.", "os.exec", "os.fork", "os.posix_spawn", "os.system")
_ENDED = "This file is broken, or takes more time or memory to read than a real one does."


def confined(module: str, data: bytes, arguments: Mapping[str, Any]) -> Any:
    """Return what a module, which ends in `serve`, answers to a file; whatever JSON can hold.

    It gets none of this process's environment, in which keys are. Raises MonitorError as its work does, or
    when it had to be ended.
    """
    here = str(Path(__file__).parents[3])
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", module, json.dumps(arguments)],
            input=data, capture_output=True, env={"PYTHONPATH": here}, timeout=3 * _SECONDS, check=True,
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        raise MonitorError(_ENDED) from error
    answer = json.loads(child.stdout)
    if "fault" in answer:
        raise MonitorError(answer["fault"])
    return answer["value"]


def serve(work: Callable[..., Any], limits: Iterable[tuple[int, int]] = ()) -> None:
    """Be the confined process: give `work` the file, and print what it returns, or why it cannot.

    `limits` are those that are to be others than usual.
    """
    for limit, most in (_LIMITS | dict(limits)).items():
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_refuse)
    try:
        answer = {"value": work(sys.stdin.buffer.read(), **json.loads(sys.argv[1]))}
    except MonitorError as error:
        answer = {"fault": str(error)}
    print(json.dumps(answer))


def _refuse(event: str, _: object) -> None:
    # https://docs.python.org/3/library/audit_events.html
    if event.startswith(_STARTS):
        raise RuntimeError(f"{event} in a confined process")
