"""What reading posts again has in common, wherever it is done."""

from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlsplit

from monitor.core.errors import SourceError, Unreadable
from monitor.core.model import Page
from monitor.sources.contract import KnownPost
from monitor.sources.shared.http import BoundedSession
from monitor.sources.shared.stream_reading import failed, faults_of

_DOUBTED = 5  # posts of which an answer has none: it is more likely to be wrong than they to be gone


def one_by_one(
    posts: Sequence[KnownPost],
    servers: Sequence[str],
    ask: Callable[[BoundedSession, str, str, KnownPost], Page | None],
) -> Iterator[Page]:
    """Yield the page of posts whose `reread_key` begins with their server; one that fails is left alone.

    `ask` takes a session, the server's address, the rest of the key, and the post; None tells nothing of it.
    Only these servers are asked. A page for each post would be as many rows of coverage.
    """
    addresses = {urlsplit(server).netloc: server for server in servers}
    silent: dict[str, Page] = {}
    pages: list[Page] = []
    with BoundedSession() as session:
        for post in posts:
            host, _, rest = post.reread_key.partition("/")
            if host in silent or host not in addresses:
                continue
            try:
                with faults_of(host):
                    if page := ask(session, addresses[host], rest, post):
                        pages.append(page)
            except SourceError as error:  # which costs this server only
                silent[host] = failed(host, error)
    if pages:
        yield _join(pages)
    yield from silent.values()


def _join(pages: Sequence[Page]) -> Page:
    return Page(
        stream="",
        posts=tuple(post for page in pages for post in page.posts),
        rejected=tuple(item for page in pages for item in page.rejected),
        deleted=tuple(native_id for page in pages for native_id in page.deleted),
        deleted_authors=tuple(native_id for page in pages for native_id in page.deleted_authors),
    )


def missing_ids(posts: Sequence[KnownPost], ids: Collection[str]) -> tuple[str, ...]:
    """Return the native ids that an answer, which leaves out what is gone, has not.

    Raises Unreadable for an answer that has none of many.
    """
    missing = tuple(post.id for post in posts if post.id not in ids)
    if len(missing) == len(posts) >= _DOUBTED:
        raise Unreadable("It showed none of the posts that were rechecked, so none was treated as deleted.")
    return missing
