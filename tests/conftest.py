"""For every test: no network but this machine's own, and one real browser, skipped where there is none."""

import gc
import importlib
import ipaddress
import logging
import os
import pkgutil
import resource
import shutil
import socket
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

import dashboard
import monitor
from monitor.accounts import passwords
from monitor.archive.connection import WriteConnection
from monitor.archive.schema import SCHEMA
from monitor.schema_upgrade import Schema, ensure_private_file

# Half of the time a test waits: for a server that hangs, a browser, a killed process. Quick ones do not.
_WORKERS_A_PROCESSOR = 1.5

gc.disable()  # while tests are collected, all of which stay

_INTERNET = (socket.AF_INET, socket.AF_INET6)
_MEMORY, _ROOM = "/dev/shm", 2 * 2**30  # bytes: several times what the tests leave behind


def _keep_files_in_memory() -> None:
    """Put temporary files there, of tests and of what they start, if programs may run there: it is quicker.

    `make chaos` proves what it proves on the disk.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    there = os.statvfs(_MEMORY)
    if there.f_bavail * there.f_frsize >= _ROOM and not there.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY


_keep_files_in_memory()


# A busy machine is slow to run an example, and slow to make one.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

_ROOT = Path(__file__).parent
_FOLDERS = {"chaos": "kills", "simulated": "simulated"}
# Tests that run no part of the program worth counting, or more of it than could be counted in good time.
_UNCOUNTED = {"browser", "kills", "simulated", "slow"}
_UNCOUNTED_FOLDERS = {"house", "test_docs.py", "test_kinds.py"}
# Every line of these rooms is to be run, or what they do hangs on what others choose: each case counts.
_COUNTED_WHOLE = {"collect", "digest", "outcomes", "report", "sources"}
_NONE = (None, None)
# Seconds of processor time of a test, without what it shares. Twice what marks one: machines are busy, too.
_OWN_TIME, _HEAVY = pytest.StashKey[float](), 0.1
# What counts the lines and branches of the present test, and of what it sets up for others too.
_OWN, _SHARED = pytest.StashKey[tuple[Any, Any]](), pytest.StashKey[tuple[Any, Any]]()
_OF_THE_TABLES = {_ROOT / "archive" / f"test_{what}.py" for what in ("opening", "upgrades")}


@cache
def _folder(path: Path) -> str:
    """Return the folder, or the file, right under `tests` that holds a test."""
    return path.relative_to(_ROOT).parts[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out: all in some folders, and whatever looks into a browser."""
    for item in items:
        if kind := _FOLDERS.get(_folder(item.path)):
            item.add_marker(kind)
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@contextmanager
def _counted_by(tracers: tuple[Any, Any]) -> Iterator[None]:
    """Let these count the lines and branches of this thread and of those that it starts; None counts none."""
    before = _tracers()
    sys.settrace(tracers[0])
    threading.settrace(tracers[1])
    try:
        yield
    finally:
        sys.settrace(before[0])
        threading.settrace(before[1])  # type: ignore[arg-type]  # None stops it


def _tracers() -> tuple[Any, Any]:
    return sys.gettrace(), threading.gettrace()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Count what the program's modules do as they are loaded, in one process; finding tests counts none."""
    if sys.gettrace() and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        for room in (monitor, dashboard):
            for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
                if not module.name.endswith("__main__"):  # which would run
                    importlib.import_module(module.name)
    with _counted_by(_NONE):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count lines and branches in the quick tests only, in the others not even what they set up.

    A test of many cases counts in its first, but in a few rooms, where each light case counts; what it
    shares with others, always.
    What runs while nothing counts may lack in the sum, and nothing is in it that did not run.
    The mark of pytest-cov does not do it where several processes run the tests: each starts it twice.
    """
    kinds, folder = {mark.name for mark in item.iter_markers()}, _folder(item.path)
    is_first = not hasattr(item, "callspec") or not any(item.callspec.indices.values())
    is_quick = folder not in _UNCOUNTED_FOLDERS and not _UNCOUNTED & kinds
    tracers = _tracers() if is_quick else _NONE
    item.config.stash[_SHARED] = tracers
    is_whole = folder in _COUNTED_WHOLE and "heavy" not in kinds
    item.config.stash[_OWN] = tracers if is_first or is_whole else _NONE
    item.config.stash[_OWN_TIME] = 0.0
    with _counted_by(_NONE):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Count what a fixture sets up, not what pytest does between, which takes as long as most tests."""
    is_own, stash = fixturedef.scope == "function", request.config.stash
    with _counted_by(stash[_OWN if is_own else _SHARED]), _timed(stash) if is_own else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Count what a test's own function does."""
    stash = pyfuncitem.config.stash
    try:
        with _counted_by(stash[_OWN]), _timed(stash):
            return (yield)
    finally:
        pyfuncitem.user_properties.append(("processor", stash[_OWN_TIME]))


@contextmanager
def _timed(stash: pytest.Stash) -> Iterator[None]:
    """Add the processor time of this, and of the processes that ended in it, to that of the present test."""
    before = _processor_time()
    yield
    stash[_OWN_TIME] += _processor_time() - before


def _processor_time() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


def heavy(times: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the tests whose cases take too long for `make quick`, with the mean of them."""
    cases = defaultdict[str, list[float]](list)
    for test, seconds in times:
        cases[test.partition("[")[0]].append(seconds)
    return {test: mean(some) for test, some in cases.items() if mean(some) > _HEAVY}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name the tests that make `make quick` slow. None fails by it: a busy machine takes its time."""
    if "not heavy" in config.option.markexpr:
        ran = [one for one in terminalreporter.getreports("passed") if one.when == "call"]
        for test, seconds in heavy(
            (one.nodeid, dict(one.user_properties)["processor"]) for one in ran
        ).items():
            terminalreporter.write_line(f"{test} takes {seconds:.2f} s of processor time: mark it heavy")


def pytest_collection_finish() -> None:
    """Look no more for rubbish among what stays: modules and tests, of which there are many."""
    gc.freeze()
    gc.enable()


def _check(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        if ipaddress.ip_address(str(name).split("%")[0]).is_loopback:
            return
    except ValueError:  # a name: looking it up would ask a server
        pass
    raise OSError(f"tests may not reach {name}")


def _to_loopback(real: Callable[..., Any]) -> Callable[..., Any]:
    """Return a socket's method that takes an address last, for addresses of this machine only."""

    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family in _INTERNET:
            _check(args[-1][0])
        return real(self, *args)

    return guarded


def _names_of_loopback(real: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        _check(host)
        return real(host, *args, **kwargs)

    return guarded


@pytest.hookimpl(optionalhook=True)  # without the plug-in nobody asks
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many tests may run at once."""
    is_quick = "not slow" in config.option.markexpr
    return int((os.cpu_count() or 1) * (1 if is_quick else _WORKERS_A_PROCESSOR))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _to_loopback(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, _names_of_loopback(getattr(socket, name)))


_OPEN = Schema.open


@cache
def _new_archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        _OPEN(SCHEMA, path, lambda: WriteConnection(path, ZoneInfo("UTC"))).close()
        return path.read_bytes()


@pytest.fixture(autouse=True)
def _archives_are_copies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a new archive as a copy of one: making its tables takes longer than most tests do.

    The tests of its tables make them each time; and so does what several tests share, as archives that are
    copies of one file are taken for one by a lake.
    """

    def copied(schema: Schema, path: Path, connect: Callable[[], Any]) -> Any:
        if schema is SCHEMA:
            ensure_private_file(path)
            if path.stat().st_size == 0:
                path.write_bytes(_new_archive())
        return _OPEN(schema, path, connect)

    if request.path not in _OF_THE_TABLES:
        monkeypatch.setattr(Schema, "open", copied)


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_quick() -> Iterator[None]:
    """Make passwords that are quick to compare: in earnest, to take long is what protects them."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        patch.setattr(passwords, "_NOBODYS", quick.hash("nobody has this"))
        yield


class Templates(FileSystemBytecodeCache):
    """What Jinja makes of a template; of one that escapes nothing, as in a control, it makes another."""

    def get_bucket(self, environment: Environment, name: str, *rest: Any) -> Bucket:
        return super().get_bucket(environment, f"{bool(environment.autoescape)} {name}", *rest)


@pytest.fixture(autouse=True, scope="session")
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what Jinja makes of a template: each app compiles its own, which takes longer than a page does."""
    Flask.jinja_options = {"bytecode_cache": Templates(str(tmp_path_factory.mktemp("templates")))}


@pytest.fixture(autouse=True, scope="session")
def _addresses_are_compiled_once() -> Iterator[None]:
    """Keep what Werkzeug makes of an address: an app compiles all of its own, half of what it costs."""
    made, compiled = dict[Any, Any](), Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        key = (*rule._trace, *sorted((rule.defaults or {}).items()), rule.rule, append_unknown)
        if key not in made:
            made[key] = compiled(rule, append_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", kept)
        yield


@pytest.fixture(autouse=True)
def _levels_stay() -> Iterator[None]:
    """Put back what a command made quiet, as it does for its own process: here others come after it."""
    ours = [logging.getLogger(name) for name in ("monitor", "monitor.mail")]
    levels = [log.level for log in ours]
    yield
    for log, level in zip(ours, levels, strict=True):
        log.setLevel(level)


# The same browser without its windows, which opens a page in half the time, where it is installed.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        # One process draws all pages: otherwise each visit starts another, which takes longer than the visit.
        "--process-per-site", "--disable-site-isolation-trials", "--renderer-process-limit=1"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    sync_api.expect.set_options(timeout=60_000)  # a busy machine takes its time
    with sync_api.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


class Pages:
    """Pages of one browser, used again: a new one costs a second, as a process is started for each."""

    def __init__(self, browser: Any) -> None:
        self.browser, self._free = browser, dict[Any, list[Any]]()

    @contextmanager
    def lend(self, *, width: int = 1180, **how: Any) -> Iterator[Any]:
        """Lend a page, without cookies and with the mouse in its corner; `how` as for a new context.

        It still shows what whoever had it before has left.
        """
        free = self._free.setdefault(tuple(how.items()), [])
        page = free.pop() if free else self.browser.new_context(**how).new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(media="null", color_scheme="null")
        try:
            yield page
        finally:
            page.mouse.move(0, 0)
            page.context.clear_cookies()
            free.append(page)


@pytest.fixture(scope="session")
def pages(browser):
    return Pages(browser)


@pytest.fixture
def page(pages):
    """A blank page."""
    with pages.lend() as page:
        page.goto("about:blank")
        yield page
