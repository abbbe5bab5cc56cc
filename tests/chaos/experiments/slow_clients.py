"""Clients that are slow to send or to read, before the real `monitor web`: everybody else is answered."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from monitor.cli import Paths
from monitor.cli.wiring import campaign_of
from monitor.cli.wiring.web import flask_app
from tests.chaos.experiment import Experiment, Outcome
from tests.cli.test_serve import CAMPAIGN, served, slow_clients

CLIENTS = (2, 50, 200)
OTHERS = 20  # requests of somebody who is not slow, beside each of these crowds
MOST = 1.0  # seconds, until an answer is there


def crowd(folder: Path, times: int) -> Outcome:
    """Let so many crowds of slow clients sit before the dashboard, and ask for pages beside them."""
    (folder / "campaign.toml").write_text(CAMPAIGN)
    with served(folder, "web", "--port", "0") as (_, port):
        return _asked_beside(port, CLIENTS[:times])


def _asked_beside(port: int, crowds: tuple[int, ...]) -> Outcome:
    _seconds(port)  # the first answer of all takes longer
    longest, faults = 0.0, list[str]()
    for number in crowds:
        with slow_clients(port, number):
            seconds = [_seconds(port) for _ in range(OTHERS)]
        longest = max(longest, *seconds)
        late = [second for second in seconds if second > MOST]
        if len(late) > len(seconds) // OTHERS:  # a machine that does other work, too, is late once in a while
            faults.append(f"{number} slow clients: {len(late)} of {len(seconds)} others waited")
    beside = ", ".join(str(number) for number in crowds)
    return Outcome(f"{beside} slow clients, others answered in {longest:.2f} s at most", tuple(faults))


def _seconds(port: int) -> float:
    """Return how long an answer takes; one that has not come after a while never comes."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3 * MOST)
    try:
        connection.request("GET", "/sources")
        connection.getresponse().read()
    except TimeoutError:
        pass
    finally:
        connection.close()
    return time.monotonic() - began


def crowd_at_one_thread(folder: Path, times: int) -> Outcome:
    """Do the same where one thread does it all, and waits for its client."""
    (folder / "campaign.toml").write_text(CAMPAIGN)
    with _one_thread(folder) as port:
        return _asked_beside(port, CLIENTS[:times])


@contextmanager
def _one_thread(folder: Path) -> Iterator[int]:
    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    server = make_server("127.0.0.1", 0, flask_app(paths, campaign_of(paths)), threaded=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


EXPERIMENT = Experiment(
    promise="Clients that are slow to send or to read keep nobody else waiting",
    method="2, 50 and 200 of them sit before the dashboard, while somebody else asks for pages",
    run=crowd,
    control_method="a server of one thread, which waits for its client",
    control=crowd_at_one_thread,
    times=len(CLIENTS),
    few=0,  # tests/cli/test_serve.py, without a clock
)
