"""The guard of every test: nothing but this machine is reached. Each line here fails without it."""

import socket
from collections.abc import Callable

import pytest
import requests

# RFC 5737: an address that belongs to nobody, and answers nobody
NOBODY, NOBODY6 = ("192.0.2.1", 9), ("2001:db8::1", 9)
INET, INET6, TCP, UDP = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM


def using(act: Callable[[socket.socket], object], family: int = INET, kind: int = TCP) -> object:
    with socket.socket(family, kind) as opened:
        opened.settimeout(0.2)
        return act(opened)


WAYS: dict[str, Callable[[], object]] = {
    "connect": lambda: using(lambda s: s.connect(NOBODY)),
    "connect of version 6": lambda: using(lambda s: s.connect(NOBODY6), INET6),
    "connect of UDP": lambda: using(lambda s: s.connect(NOBODY), INET, UDP),
    "connect_ex": lambda: using(lambda s: s.connect_ex(NOBODY)),
    "sendto": lambda: using(lambda s: s.sendto(b"x", NOBODY), INET, UDP),
    "sendto with flags": lambda: using(lambda s: s.sendto(b"x", 0, NOBODY), INET, UDP),
    "getaddrinfo": lambda: socket.getaddrinfo("example.org", 443),
    "getaddrinfo of bytes": lambda: socket.getaddrinfo(b"example.org", 443),
    "gethostbyname": lambda: socket.gethostbyname("example.org"),
    "gethostbyname_ex": lambda: socket.gethostbyname_ex("example.org"),
    "create_connection": lambda: socket.create_connection(("example.org", 443), 1),
    "requests": lambda: requests.get("https://example.org", timeout=1),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_test_reaches_another_machine(way: str) -> None:
    with pytest.raises(OSError, match="tests may not reach"):
        WAYS[way]()


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = ("127.0.0.1", server.getsockname()[1])
        socket.create_connection(("localhost", here[1]), 1).close()
        assert using(lambda s: s.connect_ex(here)) == 0
        assert using(lambda s: s.sendto(b"x", here), INET, UDP) == 1
