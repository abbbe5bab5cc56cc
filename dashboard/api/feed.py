"""Posts as an Atom feed (RFC 4287), for feed readers and for other programs that wait for new ones."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, request

from dashboard.access import note
from dashboard.filters import MONTH
from dashboard.posts import named_search
from dashboard.services import services
from monitor.charts.text_layout import printable
from monitor.export import record
from monitor.report.wording import link

ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_Post = Mapping[str, str | int | None]


page = Blueprint("feed", __name__)


@page.get("/feed.atom")
def show() -> Response:
    choice, search = services().choice(MONTH), named_search()
    with services().read() as archive:
        batch = archive.post_query.page(search.filter(archive, choice), most=ENTRIES)
        records = [record(row) for row in archive.posts.by_ids(batch.ids)]
    note(f"{search.about}read the feed of posts")
    document = atom(records, title=f"{choice.track.title}: posts", address=request.url)
    return Response(document, content_type="application/atom+xml; charset=utf-8")


def atom(posts: list[_Post], *, title: str, address: str) -> bytes:
    """Return the feed of these posts, which is at this address. Removed posts are left out."""
    entries = [post for post in posts if post["native_id"]]
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "en-GB"})
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", max((str(post["created_at"]) for post in entries), default="1970-01-01T00:00:00Z"))
    SubElement(feed, "link", {"rel": "self", "href": printable(address)})
    for post in entries:
        _entry(feed, post)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _entry(feed: Element, post: _Post) -> None:
    who = str(post["handle"] or post["name"] or "Someone")
    entry = SubElement(feed, "entry")
    _add(entry, "id", f"urn:post:{post['platform']}:{post['native_id']}")
    _add(entry, "title", f"{who} on {post['platform']}")
    _add(entry, "updated", str(post["created_at"]))
    _add(SubElement(entry, "author"), "name", who)
    url = str(post["url"] or "")
    if link(url):
        SubElement(entry, "link", {"rel": "alternate", "href": printable(url)})
    _add(entry, "content", str(post["text"] or "")).set("type", "text")


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, name)
    child.text = printable(text)
    return child
