"""What the program says of a made-up week: overview, mail in both its forms, brief, JSON and alerts."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from flask.testing import FlaskClient

from bench.truth.world import World
from dashboard import create_app
from monitor.cli.wiring.web import services
from monitor.report import Window

_BLOCKS = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "li", "td", "th", "tr", "div", "section", "figure", "figcaption",
        "caption", "table", "ul", "ol", "dt", "dd", "summary", "br", "nav",
    }
)  # fmt: skip
_SILENT = frozenset({"style", "script", "svg", "head"})
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


class _Blocks(HTMLParser):
    """The texts of a page, a block each; pictures and what is not shown are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found, self.silent = [""], 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in _SILENT
        self._cut(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT
        self._cut(tag)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found[-1] += data

    def _cut(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found.append("")


def blocks(markup: str) -> list[str]:
    """Return the texts of HTML, without the lists of posts, in which others speak."""
    reader = _Blocks()
    reader.feed(re.sub(r'(?s)<section class="card" aria-labelledby="(?:top|new)">.*?</section>', "", markup))
    return [text for block in reader.found if (text := " ".join(block.split()))]


def sentences(texts: list[str]) -> list[str]:
    """Return the sentences of these texts."""
    return [sentence for text in texts for sentence in _ENDS.split(text)]


@dataclass(frozen=True)
class Words:
    """What is said of a window in a world, when it has been lived through."""

    world: World
    window: Window

    @cached_property
    def markup(self) -> str:
        """The overview, as HTML."""
        return self._client.get(f"/?since={self.window.first}&until={self.window.last}").text

    @cached_property
    def _client(self) -> FlaskClient:
        return create_app(services(self.world.paths, self.world.campaign)).test_client()

    @cached_property
    def page(self) -> list[str]:
        """The sentences of the overview."""
        return sentences(blocks(re.search(r"(?s)<main.*?</main>", self.markup)[0]))  # type: ignore[index]

    @cached_property
    def _mail(self) -> EmailMessage:
        return [one for one in self.world.mails if "digest" in one["Message-ID"]][-1]

    @cached_property
    def subject(self) -> list[str]:
        """The subject of the last mail."""
        return [str(self._mail["Subject"])]

    @cached_property
    def mail(self) -> list[str]:
        """The sentences of its text; in the table of numbers, a line each."""
        parts = self._body("plain").split("\n\n")
        return [one for part in parts for one in sentences(_lines(part))]

    @cached_property
    def html(self) -> list[str]:
        """The sentences of it as HTML."""
        return sentences(blocks(self._body("html")))

    @cached_property
    def brief(self) -> list[str]:
        """The sentences of the brief, without how each number is counted."""
        document = self._document
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        said = [one.text for one in document.paragraphs if one.style.name != "Small"]  # type: ignore[union-attr]
        return sentences([*said, *cells])

    @cached_property
    def _document(self) -> WordDocument:
        out = self.world.folder / "brief.docx"
        self.world.command("report", *self._days, "--format", "docx", "--out", str(out))
        return Document(io.BytesIO(out.read_bytes()))

    @cached_property
    def data(self) -> dict[str, Any]:
        """What `report --json` says."""
        return json.loads(self.world.command("report", "--json", *self._days))  # type: ignore[no-any-return]

    @cached_property
    def json(self) -> list[str]:
        """The sentences in it, if it has any."""
        story = self.data.get("story")
        return [one["sentence"] for one in story] if isinstance(story, list) else []

    @property
    def first(self) -> dict[str, str]:
        """The first sentence on each face that has one of its own."""
        title = re.search(r'(?s)<h2 id="said">(.*?)</h2>', self.markup)
        answers = [one.text for one in self._document.paragraphs if one.style.name == "Answer"]  # type: ignore[union-attr]
        found = {"page": " ".join(blocks(title[1])) if title else "", "brief": "".join(answers)}
        found["subject"] = self.subject[0].partition(": ")[2]
        return found | ({"json": self.json[0]} if self.json else {})

    @cached_property
    def alerts(self) -> list[str]:
        """The sentences of the alerts that were mailed."""
        found = [one for one in self.world.mails if "alert" in one["Message-ID"]]
        return [str(one["Subject"]) for one in found]

    @cached_property
    def events(self) -> list[str]:
        """The sentences of the page of events."""
        return sentences(blocks(re.search(r"(?s)<main.*?</main>", self._client.get("/events").text)[0]))  # type: ignore[index]

    @property
    def _days(self) -> tuple[str, ...]:
        return "--since", str(self.window.first), "--until", str(self.window.last)

    def _body(self, kind: str) -> str:
        body = self._mail.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""  # type: ignore[attr-defined]


def _lines(part: str) -> list[str]:
    """Return the lines of a list, or a paragraph with its lines put together."""
    title, _, rest = part.partition("\n")
    if title.isupper():
        keep = title in ("THE NUMBERS", "PLACES NAMED", "WHAT TO DO", "POSTS TO KNOW ABOUT", "COMING UP")
        return [title, *(rest.split("\n") if keep else [" ".join(rest.split())])]
    return [" ".join(part.split())]


FACES: dict[str, Callable[[Words], list[str]]] = {
    "page": lambda words: words.page,
    "subject": lambda words: words.subject,
    "mail": lambda words: words.mail,
    "html": lambda words: words.html,
    "brief": lambda words: words.brief,
    "json": lambda words: words.json,
    "alerts": lambda words: words.alerts,
    "events": lambda words: words.events,
}
SPEAKING = ("page", "mail", "html", "brief")  # faces of whole sentences
ALL = ("page", "subject", "mail", "html", "brief", "json")
