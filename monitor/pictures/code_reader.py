"""Reads the QR codes of a picture in a process of its own, so that a hostile one costs only itself."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

from monitor.core.errors import PictureError

LARGEST = 2_000_000  # bytes
_SECONDS = 15  # of the clock: the process has fewer of the processor
_LONGEST = 65_536  # bytes of its answer


class CodeReader:
    """One process for many pictures; after one that it could not read, another."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Return itself; the process starts with the first picture."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        """End the process."""
        self._end()

    def codes(self, picture: bytes) -> tuple[str, ...]:
        """Return the texts of its QR codes; raises PictureError for what is no picture that can be read."""
        if len(picture) > LARGEST:
            raise PictureError("The picture is too large to be read.")
        answer = self._ask(len(picture).to_bytes(4) + picture)
        try:
            return tuple(str(text) for text in json.loads(answer))
        except (ValueError, TypeError, RecursionError) as error:
            self._end()
            raise PictureError("The picture could not be read.") from error

    def _ask(self, question: bytes) -> bytes:
        """Return what the process answers; nothing of one that dies of it, or takes too long."""
        self._process = process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = Timer(_SECONDS, process.kill)
        timer.start()
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(question)
                process.stdin.flush()
            return process.stdout.readline(_LONGEST)
        finally:
            timer.cancel()

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            with suppress(BrokenPipeError):
                self._process.communicate()
        self._process = None


def _start() -> subprocess.Popen[bytes]:
    """Start it with nothing of this process: no key in its environment, no open file, no module of ours."""
    program = Path(__file__).with_name("reader_process.py")
    return subprocess.Popen(
        [sys.executable, "-I", str(program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/",
    )  # fmt: skip
