"""What a platform gives a person of their own account, packed: the posts in it, each with whose they are.

X: https://help.x.com/en/managing-your-account/how-to-download-your-x-archive, and the README.txt in it;
Mastodon: https://docs.joinmastodon.org/user/moving/#export; Meta's names are those of its exports as JSON.
Nothing else in them is opened: there are messages and addresses in it.
"""

import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any

from monitor.core.errors import MonitorError
from monitor.core.files.opening import BROKEN
from monitor.core.model import WRONG
from monitor.sources.exports.json_reader import of_list

_ASSIGNED = re.compile(rb"window\.YTD\.\w+\.part\d+\s*=\s*")
_MOST, _MOST_OF_ACCOUNT = 500_000_000, 1_000_000  # bytes of a list of posts, and of what says whose they are
_POSTS = re.compile(
    r"(?:.*/)?(?:(?P<x>data/tweets?(?:-part\d+)?\.js)|(?P<mastodon>outbox\.json)"
    r"|(?P<threads>threads_and_replies\.json)|(?P<instagram>(?:media|content)/posts_\d+\.json))"
)
_BROKEN = (*BROKEN, *WRONG, tarfile.TarError)  # what reading an archive may raise
_Read = Callable[[str], Any]  # the JSON in a file of this name; None if there is none
_Files = Mapping[str, tuple[int, Callable[[], IO[bytes] | None]]]  # by name: its bytes, and what opens it


def items(path: Path) -> Iterator[tuple[str, Any]] | None:
    """Return the posts in an archive with their places; None for a file that is no such archive.

    Raises MonitorError for one that is broken, or far larger than a person's posts.
    """
    stat = path.stat()
    return _items(path) if _is_archive(path, stat.st_size, stat.st_mtime_ns) else None


@lru_cache(maxsize=8)
def _is_archive(path: Path, size: int, changed_at: int) -> bool:
    """Return whether an account's posts are in a file, which is long to find out of one with pictures."""
    with path.open("rb") as file:
        start = file.read(100)
    if b"eroots" in start and b"gversion" in start:  # https://ipld.io/specs/transport/car/carv1/
        raise MonitorError(
            f"{path.name} is a Bluesky repository (CAR), which cannot be read. Import the posts as JSON:"
            " the answer of com.atproto.repo.listRecords with collection=app.bsky.feed.post."
        )
    with _opened(path) as packed:
        return any(_POSTS.fullmatch(name) for name in packed)


def _items(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with _opened(path) as packed:
            for name in sorted(packed):
                if kind := _POSTS.fullmatch(name):
                    yield from _posts(packed, name, str(kind.lastgroup))
    except _BROKEN as error:
        raise MonitorError(f"{path.name} cannot be read to the end ({error}). Download it again.") from error


def _posts(packed: _Files, name: str, program: str) -> Iterator[tuple[str, Any]]:
    account = _ACCOUNTS[program](lambda own: _json(packed, own))
    size, opened = packed[name]
    if size > _MOST:
        raise MonitorError(f"{name} is far larger than a person's posts, and was not read.")
    with opened() or BytesIO(b"[]") as file:
        for where, item in of_list(name, TextIOWrapper(file, encoding="utf-8", errors="replace")):
            yield f"{name}, {where}", _with_account(item, program, account)


def _with_account(item: Any, program: str, account: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if program == "x":
        return {**item.get("tweet", item), "user": account}
    return {**item, "account": account, "product": program, "site": _SITES.get(program)}


def _of_x(read: _Read) -> dict[str, Any]:
    account = read("data/account.js")[0]["account"]
    history = read("data/protected-history.js") or [{}]
    action = history[-1].get("protectedHistory", {}).get("action", "")
    return {
        "id_str": account["accountId"],
        "screen_name": account["username"],
        "name": account.get("accountDisplayName"),
        "protected": action.lower() == "protect",
    }


def _of_meta(read: _Read) -> dict[str, Any]:
    own = (read("personal_information.json") or {"profile_user": [{}]})["profile_user"][0]
    names = {name: part.get("value") for name, part in own.get("string_map_data", {}).items()}
    # Where it does not say that everybody may see the account, nobody knows.
    private = names.get("Private Account", "not said").capitalize()
    return {"username": names.get("Username", "not said"), "name": names.get("Name"), "private": private}


_SITES = {"instagram": "https://www.instagram.com/", "threads": "https://www.threads.com/@"}
_ACCOUNTS: dict[str, Callable[[_Read], Any]] = {
    "x": _of_x,
    "mastodon": lambda read: read("actor.json"),
    "threads": _of_meta,
    "instagram": _of_meta,
}


@contextmanager
def _opened(path: Path) -> Iterator[_Files]:
    """Give the files in a ZIP or a tar; none for other files, and such as cannot be opened."""
    with ExitStack() as stack:
        try:
            packed = _files(path, stack)
        except _BROKEN:
            packed = {}
        yield packed


def _files(path: Path, stack: ExitStack) -> _Files:
    if zipfile.is_zipfile(path):
        zipped = stack.enter_context(zipfile.ZipFile(path))
        return {info.filename: (info.file_size, partial(zipped.open, info)) for info in zipped.infolist()}
    if tarfile.is_tarfile(path):
        tarred = stack.enter_context(tarfile.open(path))  # noqa: SIM115
        return {info.name: (info.size, partial(tarred.extractfile, info)) for info in tarred.getmembers()}
    return {}


def _json(packed: _Files, name: str) -> Any:
    full = next((own for own in packed if f"/{own}".endswith(f"/{name}")), None)
    file = packed[full][1]() if full else None
    if file is None:
        return None
    with file:
        return json.loads(_ASSIGNED.sub(b"", file.read(_MOST_OF_ACCOUNT), count=1))
