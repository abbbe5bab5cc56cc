"""What people wrote before they were known here: their own records, on whichever server keeps them.

Anybody may list them: https://docs.bsky.app/docs/api/com-atproto-repo-list-records
Which server that is, a document of their own says: https://atproto.com/specs/did#did-documents
So it is a stranger's word: asked by https, at an address of the public internet, and for a few seconds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.core.clock import stamp
from monitor.core.errors import Closed, SourceError, Unreadable
from monitor.core.model import Page, Query
from monitor.platform_info.post_urls import pointers
from monitor.sources.contract import BACK, Cursors
from monitor.sources.platforms.bluesky.parse import POSTS, search_page
from monitor.sources.platforms.bluesky.search import Views
from monitor.sources.shared.http import BoundedSession, json_of
from monitor.sources.shared.response_parsing import listing, table
from monitor.sources.shared.stream_reading import Stream, failed
from monitor.sources.shared.time_limit import shares, within

_PEOPLE, _ANSWERS, _SECONDS = 3, 5, 15.0  # in a turn: people, answers for each, and for all together
_LATER = timedelta(days=7)  # until a person is asked for again whose server gave nothing
_READ, _GONE = "read", "gone"  # how the cursors of people begin who are not asked for any more
_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-z0-9.-]{1,253}(?:%3[Aa][0-9]{1,5})?)")
_SERVER = re.compile(r"(?:https://[A-Za-z0-9.-]{1,253}|http://127\.0\.0\.1)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Histories:
    """The whole past of some people, a part in each turn. `directory` is where their servers are looked up.

    A person's cursor is when to ask on, and the month and record reached; at the end, the first one's month.
    """

    views: Views
    directory: str
    now: datetime

    def pages(self, query: Query, people: Sequence[str], cursors: Cursors) -> Iterator[Page]:
        """Yield pages of people named by id or handle, the longest waiting first; a fault costs one."""
        streams = [Stream.of(cursors, f"{BACK}bluesky:{who}", who) for who in dict.fromkeys(people)]
        due = sorted(filter(self._is_due, streams), key=lambda stream: stream.cursor or "")
        with within(_SECONDS):
            for stream, seconds in shares(due[:_PEOPLE]):
                yield from self._person(stream, query, cursors, seconds)

    def _is_due(self, stream: Stream) -> bool:
        at = (stream.cursor or "").partition(" ")[0]
        # None waits for longer: then the clock was set back.
        return at not in (_READ, _GONE) and not stamp(self.now) < at <= stamp(self.now + _LATER)

    def _person(self, stream: Stream, query: Query, cursors: Cursors, seconds: float) -> Iterator[Page]:
        is_begun = False
        # Only where the directory is on this machine, as in a test, may other servers be.
        is_public_only = urlsplit(self.directory).hostname != "127.0.0.1"
        try:
            with BoundedSession(seconds=seconds, is_public_only=is_public_only) as session:
                for page in self._records(session, stream, query):
                    is_begun = True
                    yield replace(page, detail=page.detail or _so_far(cursors, page))
        except SourceError as error:
            rest = (stream.cursor or "").partition(" ")[2]
            cursor = None if is_begun else f"{stamp(self.now + _LATER)} {rest}"
            yield replace(failed(stream.name, error), cursor=cursor, retry_at=None)

    def _records(self, session: BoundedSession, stream: Stream, query: Query) -> Iterator[Page]:
        """Yield a person's posts that match, from where the cursor is down to the first they ever wrote."""
        did = self._did(session, stream.term)
        server = self._server(session, did)
        if server is None:
            yield Page(stream=stream.name, cursor=_GONE, detail=f"The account {stream.term} is gone.")
            return
        _, month, mark = [*(stream.cursor or "").split(" ", 2), "", ""][:3]
        for _ in range(_ANSWERS):
            params = {"repo": did, "collection": POSTS, "limit": "100"} | ({"cursor": mark} if mark else {})
            response = session.get(f"{server}/xrpc/com.atproto.repo.listRecords", params=params)
            if response.status_code == 400:
                raise Closed("The server that holds a person's posts does not show them, at least for now.")
            answer = json_of(response, self.now)
            records = listing(
                answer, "records", "The server that holds a person's posts gave an unexpected answer."
            )
            page, oldest = search_page([self._view(did, item) for item in records], query, stream.name)
            month = min(filter(None, (month, stamp(oldest or self.now)[:7])))
            before, mark = mark, answer.get("cursor")
            if not records or not isinstance(mark, str) or mark in ("", before):
                yield replace(page, cursor=f"{_READ} {month}")
                return
            yield replace(page, cursor=f"{stamp(self.now)} {month} {mark}")

    def _view(self, did: str, item: object) -> Mapping[str, Any]:
        """Return a record in the form of an item of a search; without its address if it is another's."""
        record, uri = table(item), str(table(item).get("uri"))
        # Its server does not say when it came; its key, given out then, mostly does.
        links = pointers(f"https://bsky.app/profile/{did}/post/{uri.rpartition('/')[2]}", ["bluesky"])
        filed = min([self.now, *(pointer.written_at for pointer in links if pointer.written_at)])
        own = uri if uri.startswith(f"at://{did}/") else None
        return {"uri": own, "record": record.get("value"), "author": {}, "indexedAt": stamp(filed)}

    def _did(self, session: BoundedSession, who: str) -> str:
        did = who if who.startswith("did:") else next(iter(self.views.profiles(session, [who])), "")
        if not _DID.fullmatch(did):
            raise Closed(f"Bluesky has no account called {who!r}. Check `writers` in the campaign file.")
        return did

    def _server(self, session: BoundedSession, did: str) -> str | None:
        """Return the address of the server that keeps a person's records; None if they are gone.

        https://github.com/did-method-plc/did-method-plc: 404 for one that never was, 410 for one that ended.
        """
        if did.startswith("did:web:"):
            address = f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
        else:
            address = f"{self.directory}/{did}"
        response = session.get(address)
        if response.status_code in (404, 410):
            return None
        document = table(json_of(response, self.now))
        for service in listing(document, "service", "A person's document names no server."):
            address = str(table(service).get("serviceEndpoint")).removesuffix("/")
            if str(table(service).get("id")).endswith("#atproto_pds") and _SERVER.fullmatch(address):
                return address
        raise Unreadable("A person's document names no server that we may contact.")


def _so_far(cursors: Cursors, page: Page) -> str:
    """Return how many people's posts were read to the end by now, and how far back that was."""
    known = {**cursors, page.stream: page.cursor or ""}
    ends = [
        cursor.removeprefix(f"{_READ} ")
        for stream, cursor in known.items()
        if stream.startswith(f"{BACK}bluesky:") and cursor.startswith(_READ)
    ]
    return f"history of {len(ends)} writers read to {min(ends)}" if ends else ""
