"""A number is one file: every face shows each number, in its order, or has the reason why not."""

import csv
import importlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest
from docx import Document
from pptx import Presentation
from pypdf import PdfReader

from dashboard import create_app
from docs.build import numbers_page
from monitor.accounts import Accounts, ShareRequest
from monitor.cli.report import lines
from monitor.digest.content import letter
from monitor.digest.html import html
from monitor.digest.plain_text import text
from monitor.export.formats import kind
from monitor.report import Figure, Report, Usual, figures
from monitor.report.figures import measures, shown_on
from monitor.report.json_form import plain
from monitor.report.measure import Face, Measure
from monitor.report.story import headline, story
from tests.archive.saving import opened
from tests.archive.test_rollups import a_long_history
from tests.dashboard.reports import CAMPAIGN, NOW, a_figure, a_report, changed, some_services
from tests.report.outcomes.planted import an_outcome
from tests.report.test_documented_sql import WINDOW, answer
from tests.report.test_slow_counts import build_at, figure

Shown = list[tuple[str, str]]  # each number's title, and what stands with it

REPLIES = '''
from monitor.report.measure import CHOSEN, Counts, Definition, Measure, Reading


def _count(counts: Counts) -> Reading:
    total = counts.total
    return Reading(total.replies if total.engagement_known else None, total.engagement_known, total.posts)


MEASURE = Measure(
    key="replies",
    order=35,
    definition=Definition(
        title="Replies",
        version=1,
        what="Answers that these posts got.",
        formula="The replies of each post, as last read, added up.",
        limits="Known for posts of which the platform gives any reaction.",
    ),
    sql=f"""SELECT CASE WHEN count(p.engagement) THEN total(p.replies) END, count(p.engagement), count(*)
{CHOSEN};""",
    count=_count,
)
'''


@pytest.fixture
def replies(tmp_path, monkeypatch) -> Iterator[Measure]:
    """Add a number by one file, as somebody would who carries the program on."""
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "replies.py").write_text(REPLIES)
    monkeypatch.setattr(figures, "__path__", [*figures.__path__, str(folder)])
    importlib.invalidate_caches()
    measures.cache_clear()
    yield next(one for one in measures() if one.key == "replies")
    measures.cache_clear()
    del sys.modules["monitor.report.figures.replies"]


def a_full_report(**changes: object) -> Report:
    """Return a report in which no two numbers are the same."""
    named = [one.key for one in measures() if one.count]
    numbers = {name: a_figure(name, 7919 * n, before=7000 * n) for n, name in enumerate(named, start=1)}
    numbers["posts"] = replace(numbers["posts"], usual=Usual(median=800, low=700, high=900, weeks=8))
    outcomes = [one for one in measures() if one.outcome]
    counters = [
        an_outcome(id=n, kind=one.outcome, total=10_007 * n) for n, one in enumerate(outcomes, start=1)
    ]
    return changed(a_report(7, is_over=True), **{"outcomes": tuple(counters), **numbers, **changes})


def with_replies() -> Report:
    return a_full_report(
        replies=Figure(definition="replies", value=8642, known=1000, of=1234, finished=8642, before=8000)
    )


def plainly(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def file(report: Report, what: str, ending: str) -> io.BytesIO:
    out = io.BytesIO()
    kind(what, ending).write(report, (), out)
    out.seek(0)
    return out


def tiles(page: str) -> Shown:
    cards = re.findall(r'(?s)<section class="kpi".*?<h2[^>]*>(.*?)</h2>(.*?)</section>', page)
    return [(plainly(title).removesuffix(" not checked"), plainly(rest)) for title, rest in cards]


def overview(report: Report) -> Shown:
    return tiles(create_app(some_services(report)).test_client().get("/").text)


def shared(report: Report) -> Shown:
    return tiles(shared_page(report))


def shared_page(report: Report) -> str:
    with TemporaryDirectory() as folder, closing(Accounts.open(Path(folder) / "access.db")) as accounts:
        slug = accounts.share(ShareRequest(name="the MP"), by="Ed", now=NOW)
        client = create_app(some_services(report, campaign=CAMPAIGN), accounts=accounts).test_client()
        return client.get(f"/s/{slug}", environ_base={"REMOTE_ADDR": "192.0.2.7"}).text


def mail_as_html(report: Report) -> Shown:
    page = html(letter(report, base="https://dash.example.org"), why_me="", leave="")
    table = re.search(r'(?s)<table class="numbers".*?</table>', page)[0]
    rows = re.findall(r"(?s)<th[^>]*>(.*?)(?:<br.*?)?</th>(.*?)</tr>", table)
    return [(plainly(title), plainly(rest)) for title, rest in rows]


def mail_as_text(report: Report) -> Shown:
    mail = text(letter(report, base="https://dash.example.org"), why_me="", leave="")
    numbers = mail.split("THE NUMBERS\n")[1].split("How these are counted")[0]
    lines = re.sub(r"\n(?![A-Z][\w ]*: )", " ", numbers.strip())  # a long one goes on in the next
    return [tuple(line.split(": ", 1)) for line in lines.splitlines()]


def table_of_numbers(report: Report) -> Shown:
    rows = csv.DictReader(io.TextIOWrapper(file(report, "numbers", "csv"), "utf-8-sig", newline=""))
    return [(row["number"], row["in words"]) for row in rows]


def workbook(report: Report) -> Shown:
    sheet = ElementTree.fromstring(
        zipfile.ZipFile(file(report, "workbook", "xlsx")).read("xl/worksheets/sheet2.xml")
    )
    rows = [["".join(cell.itertext()) for cell in row] for row in sheet.iterfind(".//{*}row")]
    return [(row[0], " ".join(row[1:])) for row in rows[1:]]


def brief(report: Report) -> Shown:
    [table] = Document(file(report, "brief", "docx")).tables
    return [
        (title.text, words.text)
        for title, words in zip(table.rows[0].cells, table.rows[1].cells, strict=True)
    ]


def pdf(report: Report) -> Shown:
    """Return the titles, and what is written large below them, of the page but for its chart."""
    texts: list[tuple[float, str]] = []

    def see(text: str, scale: list[float], _: object, font: object, size: float) -> None:
        if text.strip() and scale[0] == 1:
            texts.append((size, text.strip()))

    PdfReader(file(report, "brief", "pdf")).pages[0].extract_text(visitor_text=see)
    numbers = texts[[text for _, text in texts].index("The numbers") + 1 :]
    large = [at for at, (size, _) in enumerate(numbers) if size == 13]
    return [(numbers[at][1], numbers[words][1]) for at, words in zip(range(large[0]), large, strict=True)]


def slides(report: Report) -> Shown:
    slide = Presentation(file(report, "slides", "pptx")).slides[1]
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    cells = texts[
        2 : -1 - bool(headline(report).others or report.outcomes)
    ]  # between the titles, and what else there is
    return list(zip(cells[::3], cells[1::3], strict=True))


def command_line(report: Report) -> Shown:
    numbers = lines(report)[1 + len(story(report)) : -1]
    return [tuple(line.split(": ", 1)) for line in numbers if not line.startswith("Collected from")]


def as_json(report: Report) -> Shown:
    found = json.loads(json.dumps(plain(report)))
    fields = {key: "tones" if key == "tone" else key for key in found["methods"]}
    titles = {key: method["title"] for key, method in found["methods"].items()}
    return [(titles[key], json.dumps(found[field])) for key, field in fields.items() if field in found]


FACES = {
    "overview": (Face.OVERVIEW, overview, "dashboard.pages.overview.shown_on"),
    "shared page": (Face.SHARED, shared, "dashboard.pages.overview.shown_on"),
    "mail, html": (Face.MAIL, mail_as_html, "monitor.digest.content.statements"),
    "mail, text": (Face.MAIL, mail_as_text, "monitor.digest.content.statements"),
    "csv": (Face.CSV, table_of_numbers, "monitor.export.csv.statements"),
    "workbook": (Face.WORKBOOK, workbook, "monitor.export.csv.statements"),
    "brief": (Face.BRIEF, brief, "monitor.export.docx.statements"),
    "pdf": (Face.MAIL, pdf, "monitor.export.pdf.statements"),
    "slides": (Face.SLIDES, slides, "monitor.export.pptx.statements"),
    "command line": (Face.TEXT, command_line, "monitor.cli.report.statements"),
    "json": (Face.JSON, as_json, "monitor.report.json_form.shown_on"),
}


IN_JSON = {"seen": ['"low": 1840', '"high": 36800'], "tone": ['"positive": 40', '"unclear": 12']}


def expected(face: Face, report: Report) -> list[tuple[str, list[str]]]:
    """Return the title and the words that stand for each number on a face."""
    found = []
    for one in shown_on(face):
        title = one.definition.title
        words = one.words(report)
        if face in (Face.OVERVIEW, Face.SHARED) and (tile := one.tile(report)).unit:
            parts = [f"{number} {name}" for name, number in tile.parts.items()]
            words = [f"{tile.words} {tile.unit}", *parts]
        elif face is Face.JSON:
            words = [f'"value": {one.figure(report).value}'] if one.count else IN_JSON[one.key]
        found.append((title, [words] if isinstance(words, str) else words))
    return found


def faults(name: str, report: Report) -> list[str]:
    """Return what a face leaves out of a report, or has in another order."""
    face, look, _ = FACES[name]
    there, wanted = look(report), expected(face, report)
    if [title for title, _ in there] != [title for title, _ in wanted]:
        return [f"{name} shows {[title for title, _ in there]}, not {[title for title, _ in wanted]}"]
    return [
        f"{name} says {said!r} of {title}"
        for (title, said), (_, words) in zip(there, wanted, strict=True)
        if not all(word in said for word in words)
    ]


@pytest.mark.parametrize("name", FACES)
def test_a_face_shows_each_number_or_there_is_a_reason(name):
    assert faults(name, a_full_report()) == []


@pytest.mark.parametrize("name", FACES)
def test_a_number_added_by_one_file_is_on_each_face(name, replies):
    assert faults(name, with_replies()) == []
    wanted = [title for title, _ in expected(FACES[name][0], with_replies())]
    assert "Replies" in wanted


@pytest.mark.parametrize("name", FACES)
def test_control_a_face_that_leaves_a_number_out_is_noticed(name, replies, monkeypatch):
    module, _, function = FACES[name][2].rpartition(".")
    real = getattr(importlib.import_module(module), function)
    monkeypatch.setattr(FACES[name][2], lambda *args: [one for one in real(*args) if one.key != replies.key])
    assert faults(name, with_replies()) != []


LINE = "Signed online: 20,014, {}, 11,114 more than on Thursday 12 November"
READ, LATER = "read 11 days ago", "as of Thu 19 Nov, 09:00"  # which a mail or a file is
WITH_LINES = {
    "overview": lambda report: create_app(some_services(report)).test_client().get("/").text,
    "shared page": lambda report: shared_page(report),
    "mail, html": lambda report: html(letter(report, base=""), why_me="", leave=""),
    "mail, text": lambda report: text(letter(report, base=""), why_me="", leave=""),
    "brief": lambda report: said_in(file(report, "brief", "docx")),
    "pdf": lambda report: PdfReader(file(report, "brief", "pdf")).pages[0].extract_text(),
    "slides": lambda report: said_in(file(report, "slides", "pptx")),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", WITH_LINES)
def test_where_outcomes_are_no_numbers_each_has_its_line(name):
    whole = a_full_report(made_at=datetime(2026, 11, 30, 9, tzinfo=UTC))
    there, bare = (plainly(WITH_LINES[name](one)) for one in (whole, replace(whole, outcomes=())))
    line = LINE.format(READ if name in ("overview", "shared page") else LATER)
    assert line in re.sub(" (?=[,:])", "", there), there
    assert "Signed online" not in bare


def test_every_absence_has_a_reason_that_is_a_sentence():
    reasons = {(one.key, face): why for one in measures() for face, why in one.absent.items()}
    assert [where for where, why in reasons.items() if len(why.split()) < 4 or not why.endswith(".")] == []


def test_a_number_has_the_name_of_its_file_and_a_place_of_its_own():
    names = [one.name for one in iter_modules(figures.__path__)]
    assert sorted({"outcomes" if one.outcome else one.key for one in measures()}) == sorted(names)
    assert len({one.order for one in measures()}) == len(measures())


@pytest.mark.slow
def test_a_number_added_by_one_file_is_explained_wherever_numbers_are(replies):
    client = create_app(some_services(with_replies())).test_client()
    report = client.get("/api/v1/openapi.json").json["components"]["schemas"]["Report"]
    assert report["properties"]["replies"] == {"$ref": "#/components/schemas/Figure"}
    assert "replies" in report["required"]
    assert client.get("/api/v1/report").json["methods"]["replies"]["version"] == 1
    files = [("brief", "docx"), ("slides", "pptx"), ("workbook", "xlsx"), ("numbers", "csv")]
    documents = [said_in(file(with_replies(), *one)) for one in files]
    for document in [*documents, client.get("/methods").text, numbers_page()]:
        assert replies.definition.what in document
    assert "The numbers, and how sure they are" in documents[1]


def said_in(document: io.BytesIO) -> str:
    """Return the words of a file, whatever its format."""
    if not zipfile.is_zipfile(document):
        return document.getvalue().decode("utf-8-sig")
    parts = zipfile.ZipFile(document)
    found = [ElementTree.fromstring(parts.read(one)) for one in parts.namelist() if one.endswith(".xml")]
    return "\n".join("".join(part.itertext()) for part in found)


@pytest.mark.heavy
def test_a_number_added_by_one_file_is_counted_compared_and_given_by_its_sql(tmp_path, replies):
    with opened(tmp_path) as archive:
        a_long_history(archive, 11)
        report = build_at(archive, "crime", WINDOW, frozenset())
        assert answer(archive, replies.sql) == [figure(report, "replies")]
    assert report.figures["replies"].value > 0
    assert faults("overview", report) == []
