"""What reading posts again has in common, wherever it is done."""

from collections.abc import Callable, Collection, Iterator, Sequence

from monitor.errors import SourceError, Unreadable
from monitor.model import Page
from monitor.sources import Known
from monitor.sources.wire.servers import failed

_DOUBTED = 5  # posts of which an answer has none: it is more likely to be wrong than they to be gone


def one_by_one(posts: Sequence[Known], ask: Callable[[Known], Page | None]) -> Iterator[Page]:
    """Yield a page a post, whose `again` begins with its server; one that fails is left alone."""
    silent: dict[str, SourceError] = {}
    for post in posts:
        host = post.again.partition("/")[0]
        try:
            if host not in silent and (page := ask(post)):
                yield page
        except SourceError as error:
            silent[host] = error
    for host, why in silent.items():
        yield failed(host, why)


def gone(asked: Sequence[Known], found: Collection[str]) -> tuple[str, ...]:
    """Return the native ids that an answer, which leaves out what is gone, has not.

    Raises Unreadable for an answer that has none of many.
    """
    missing = tuple(post.id for post in asked if post.id not in found)
    if len(missing) == len(asked) >= _DOUBTED:
        raise Unreadable("It showed none of the posts that were read again, so none was taken for deleted.")
    return missing
