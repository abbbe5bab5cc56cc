"""The dashboard as a real process: it answers, ends when asked to, and says when its port is taken."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from bisect import bisect
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from flask import Flask, Response
from waitress.server import create_server

from dashboard.pages import downloads
from monitor.accounts import Accounts
from monitor.archive import Archive
from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.cli.wiring.mail import collector_watch
from monitor.core.clock import utcnow
from monitor.core.errors import MonitorError
from monitor.core.storage import FULL
from monitor.export.formats import KINDS
from monitor.mail.collector_watch import watching
from tests.campaigns import ONE_TRACK

ROOT = Path(__file__).parents[2]
CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.mastodon]
on = false
"""
)
RECIPIENTS = """
[alerts]
recipients = ["ann@example.org"]
quiet_from = 0
quiet_until = 0
"""
PROGRAM = [sys.executable, "-c", "from monitor.cli import main; main()"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    return tmp_path


def words(folder: Path, *said: str) -> list[str]:
    return [*PROGRAM, "--campaign", str(folder / "campaign.toml"), "--archive", str(folder / "a.db"), *said]


@contextmanager
def served(folder: Path, *said: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    # A shell's background job ignores Ctrl-C, and hands that on to all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(words(folder, *said), stderr=subprocess.PIPE, text=True, env=env, cwd=folder)
    signal.signal(signal.SIGINT, before)
    assert process.stderr
    try:
        line = next(line for line in process.stderr if "dashboard is at" in line)
        found = re.search(r":(\d+)/", line)
        assert found
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.kills
@pytest.mark.parametrize("command", ["web", "up"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
def test_it_answers_and_ends_without_a_fault_when_asked_to(folder, command, number):
    with served(folder, command, "--port", "0") as (process, port):
        answer = get(port, "/")
        assert (answer.status, answer.headers["Server"]) == (200, None)
        process.send_signal(number)
        assert process.wait(120) == 0
        log = process.stderr.read()
    assert "Traceback" not in log
    link = re.search(rf"http://127\.0\.0\.1:{port}/set-up/([\w-]{{43}})\n", log)
    accounts = Accounts.open(folder / "access.db")
    assert accounts.invitation(link[1], utcnow()) == (True, None)  # whose link it is: nobody's yet
    accounts.close()


@pytest.mark.kills
def test_a_taken_port_is_told_in_one_sentence_and_costs_nothing(folder):
    with served(folder, "web", "--port", "0") as (_, port):
        second = subprocess.run(
            words(folder, "web", "--port", str(port)), capture_output=True, text=True, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert second.returncode == 1
        assert second.stderr.strip().endswith(
            f"Try another one: --port {port + 1} (with make: PORT={port + 1})."
        )
        assert get(port, "/sources").status == 200


SLOW = 200


@contextmanager
def slow_clients(port: int, number: int = SLOW) -> Iterator[list[socket.socket]]:
    """Connect clients of whom half have sent part of a head, and half read nothing of their answers."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=120))
            for _ in range(number)
        ]
        for place, client in enumerate(clients):
            head = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            client.sendall((head + "\r\n" * (place % 2)).encode())
        yield clients


@pytest.mark.kills
def test_two_hundred_slow_clients_hold_up_nobody_else(folder):
    with served(folder, "web", "--port", "0") as (_, port), slow_clients(port) as clients:
        for _ in range(3):
            for client in clients[::2]:
                client.sendall(b"X")
            assert get(port, "/sources").status == 200
        for client in clients[::2]:  # none was cut off meanwhile
            client.sendall(b": y\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.kills
def test_control_a_server_of_two_threads_that_wait_for_their_clients_answers_nobody_else():
    with ThreadPoolExecutor(2) as pool, socket.create_server(("127.0.0.1", 0), backlog=SLOW) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            client, _ = server.accept()
            with client, client.makefile("rb") as lines:
                while lines.readline().strip():
                    pass
                client.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")

        with slow_clients(port) as clients:
            done = [pool.submit(answer) for _ in range(6)]
            wait(
                done, return_when=FIRST_COMPLETED
            )  # the second client's; the first and third have both threads
            assert sum(future.done() for future in done) == 1
            for client in clients[::2]:
                client.sendall(b"\r\n")
            assert [future.result(120) for future in done] == [None] * 6


@contextmanager
def serving_a_download(monkeypatch, without: str) -> Iterator[int]:
    """Serve a file of 40 MB as the dashboard does its own, by two threads, to four who read nothing of it."""
    site = Flask("files")
    monkeypatch.setattr(downloads, "file_name", lambda *_: "posts.csv")

    @site.get("/large")
    def large() -> Response:
        file = SpooledTemporaryFile(max_size=downloads._IN_MEMORY)  # noqa: SIM115
        file.write(bytes(40_000_000))
        file.seek(0)
        return downloads._response(next(one for one in KINDS if one.ending == "csv"), None, file)

    def answer(environ, start_response):
        environ.pop(without, None)
        return site(environ, start_response)

    server = create_server(answer, host="127.0.0.1", port=0, threads=2, asyncore_use_poll=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    port = int(server.effective_port)
    with ExitStack() as stack:
        for number in range(4):
            client = stack.enter_context(socket.socket())
            client.settimeout(120)
            # The system may hold 32 MB for a reader who takes nothing.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
            client.connect(("127.0.0.1", port))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            if number < 2 or not without:
                assert client.recv(12) == b"HTTP/1.1 200"
        yield port
    for channel in [*server.active_channels.values()]:
        channel.handle_close()
    server.task_dispatcher.shutdown()
    server.close()


@pytest.mark.slow
def test_readers_who_take_nothing_of_a_large_file_hold_up_nobody_else(monkeypatch):
    with serving_a_download(monkeypatch, "") as port:
        assert get(port, "/").status == 404


@pytest.mark.slow
def test_control_a_file_that_is_not_handed_over_keeps_a_thread_for_its_reader(monkeypatch):
    with (
        serving_a_download(monkeypatch, "wsgi.file_wrapper") as port,
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection,
    ):
        connection.request("GET", "/")
        with pytest.raises(TimeoutError):
            connection.getresponse()


@pytest.mark.kills
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux says of a process")
def test_a_body_of_200_megabytes_is_refused_and_costs_no_memory(folder):
    def peak() -> int:
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])

    with served(folder, "web", "--port", "0") as (process, port):
        get(port, "/login")
        before = peak()
        with socket.create_connection(("127.0.0.1", port), timeout=120) as client:
            head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {200 * 2**20}\r\n\r\n"
            client.sendall(head.encode())
            with suppress(OSError):  # it hangs up
                for _ in range(200):
                    client.sendall(bytes(2**20))
            with suppress(OSError):
                assert b" 413 " in client.recv(100)
        assert get(port, "/sources").status == 200
        assert peak() - before < 20 * 1024


def abandoned(folder: Path) -> Paths:
    """Return a set-up whose worker was last seen, and whose source was last asked, three hours ago."""
    (folder / "campaign.toml").write_text(CAMPAIGN.replace("false", "true") + RECIPIENTS)
    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    ago = utcnow() - timedelta(hours=3)
    with Archive.open(paths.archive, campaign_of(paths).zone) as archive:
        archive.coverage.save_break(source="mastodon", track="test", now=ago)
        archive.coverage.beat("worker", ago)
    return paths


def page(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/settings", timeout=120) as answer:
        return answer.read().decode()


@pytest.mark.kills
def test_a_change_of_the_campaign_file_is_on_the_next_page(folder):
    with served(folder, "up", "--port", "0") as (_, port):
        assert "Renamed by hand" not in page(port)
        (folder / "campaign.toml").write_text(CAMPAIGN.replace('"Test"', '"Renamed by hand"', 1))
        assert "Renamed by hand" in page(port)


def events(port: int, **form: str) -> str:
    """Return the page of events, or what a form on it is answered."""
    data, origin = urlencode(form).encode() if form else None, f"http://127.0.0.1:{port}"
    with urlopen(Request(f"{origin}/events", data, {"Origin": origin}), timeout=120) as answer:
        return answer.read().decode()


@pytest.mark.kills
def test_what_was_sent_to_one_server_is_on_the_next_page_of_another(folder):
    with served(folder, "web", "--port", "0") as (_, one), served(folder, "web", "--port", "0") as (_, other):
        for n in range(5):
            ports = (one, other) if n % 2 else (other, one)
            assert not any(f"Stall {n}" in events(port) for port in ports)  # and that is kept
            events(ports[0], act="add", day="2026-11-03", title=f"Stall {n}")
            assert all(f"Stall {n}" in events(port) for port in ports)


@pytest.mark.kills
def test_a_page_is_never_more_than_a_second_behind_a_writer(folder):
    paths, stored, stop = (
        Paths(campaign=folder / "campaign.toml", archive=folder / "a.db"),
        [],
        threading.Event(),
    )

    def write() -> None:
        with Archive.open(paths.archive, campaign_of(paths).zone) as archive:
            while not stop.wait(0.02):
                archive.events.add(date(2026, 11, 3), f"Stall {len(stored)}.")
                stored.append(time.monotonic())

    with served(folder, "web", "--port", "0") as (_, port), ThreadPoolExecutor(1) as pool:
        writer, numbers = pool.submit(write), []
        try:
            while len(numbers) < 200 or len(set(numbers)) < 4:
                least = bisect(stored, time.monotonic() - 1)
                numbers.append(len(set(re.findall(r"Stall \d+\.", events(port)))))
                assert numbers[-1] >= least
        finally:
            stop.set()
        writer.result(120)
    assert len(set(numbers)) < 200  # some were kept


@pytest.mark.kills
def test_a_dashboard_beside_a_worker_that_is_gone_says_so(folder):
    abandoned(folder)
    with served(folder, "web", "--port", "0") as (_, port):
        assert get(port, "/healthz").status == 503
        assert get(port, "/").status == 200


@pytest.mark.parametrize(
    ("room", "why"), [(FULL, "has stopped or is hanging"), (FULL - 1, "is full, or read-only")]
)
def test_the_dashboards_process_mails_that_nothing_is_collected_and_why(folder, monkeypatch, room, why):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("monitor.cli.wiring.mail.free", lambda folder: room)
    paths = abandoned(folder)
    with watching(collector_watch(paths, campaign_of(paths)), every=0.05):
        for _ in range(2400):
            if mails := [*(folder / "mail").glob("*.eml")]:
                break
            time.sleep(0.05)
    [mail] = mails
    text = mail.read_text()
    assert "Nothing has been collected since" in text
    assert why in text.replace("=\n", "").replace("\n", " ")


@pytest.mark.parametrize(("address", "expected"), [
    ("http://127.0.0.1:8000", "http://127.0.0.1:8155"), ("https://dash.example.org", "https://dash.example.org"),
])  # fmt: skip
def test_links_that_lead_here_lead_to_the_port_that_was_served_last(address, expected, tmp_path):
    from monitor.cli.wiring import at_port, noted_port
    from tests.mail.week_decider import a_campaign

    paths = Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "data/a.db")  # no such folder yet
    assert at_port(a_campaign(address=address), paths).digest.address == address
    with noted_port(paths, 8155):
        assert at_port(a_campaign(address=address), paths).digest.address == expected
    with suppress(MonitorError), noted_port(paths, 8156):
        raise MonitorError("It is in use.")
    with noted_port(paths, 0):
        assert at_port(a_campaign(address=address), paths).digest.address == expected
    (tmp_path / "data/a.port").write_text("none")
    assert at_port(a_campaign(address=address), paths).digest.address == address


def test_all_parts_of_a_report_are_read_on_one_loan_so_at_one_moment(folder, monkeypatch):
    from dashboard import create_app
    from dashboard.filters import WEEK, Choice
    from monitor.archive.readers import Readers
    from monitor.cli.wiring.web import services
    from monitor.report import Window

    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    campaign, loans, lend = campaign_of(paths), [], Readers.lend
    pages = services(paths, campaign)
    monkeypatch.setattr(Readers, "lend", lambda self: loans.append(self) or lend(self))
    window = Window(first=pages.today, last=pages.today)
    choice = Choice(period=WEEK, window=window, track=campaign.tracks[0])
    with create_app(pages).test_request_context():
        assert pages.report(choice).whole().posts.value is None
        assert len(loans) == 1
