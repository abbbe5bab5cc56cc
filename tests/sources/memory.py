"""How much memory reading one answer takes: a process of its own reads a small one, then a large one."""

import subprocess
import sys

from tests.sources.loopback import serving

# VmHWM is this program's own peak; ru_maxrss begins with that of the process which started it.
_ASK_BOTH = """
import json, re, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.collect.validation import storable_page
from monitor.core.errors import Unreadable
from monitor.core.model import Query
from monitor.sources import source

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def poll(settings):
    query, now = Query(track="crime", tags=("CallingTimeOnCrime",)), datetime.now(UTC)
    try:
        pages = [storable_page(page, now) for page in source(name).open(settings, {}, now).search(query, {})]
    except Unreadable as error:
        return str(error)
    return str(pages[0].outcome)

name, small, large, control = sys.argv[1:]
exec(control)
poll(json.loads(small))
before = peak()
outcome = poll(json.loads(large))
print((peak() - before) // 1024, outcome)
"""
_SETTINGS = {
    "feeds": '{"urls": ["%s"], "google_news": false}',
    "gdelt": '{"api": "%s"}',
    "lemmy": '{"servers": ["%s"]}',
}


def grown_by(name: str, small: bytes, large: bytes, *, control: str = "") -> tuple[int, str]:
    """Return by how many MiB a process grew that polled a platform, and how that ended.

    `control` is Python that takes a bound away before.
    """
    with (
        serving(lambda *_: (200, {}, small)) as first,
        serving(lambda *_: (200, {}, large)) as second,
    ):
        settings = [_SETTINGS[name] % server.url for server in (first, second)]
        words = [sys.executable, "-c", _ASK_BOTH, name, *settings, control]
        grown, _, outcome = subprocess.run(
            words, capture_output=True, text=True, check=True
        ).stdout.partition(" ")
    return int(grown), outcome.strip()
