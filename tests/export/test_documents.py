"""The brief and the slides: read again by the libraries that made them, and looked into as XML."""

import io
import sys
import zipfile
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from docx import Document
from docx.shared import Cm
from pptx import Presentation
from pptx.util import Inches

from monitor.core.model import Tone
from monitor.export import pptx
from monitor.export.docx import QUOTES, quotes, write_brief
from monitor.export.formats import kind
from monitor.export.pptx import write_slides
from monitor.export.provenance import about
from monitor.report import Event, Report, TermPeople, ToneShare, ToneShares, Usual
from monitor.report.follow_up import Action
from monitor.report.outcomes.sentences import outcome_lines
from monitor.report.story import Headline, headline
from monitor.report.story.finding import Finding, Kind
from tests.dashboard.reports import a_post, a_report, changed
from tests.digest.letters import a_week
from tests.export.hostile import OURS, hostile
from tests.export.test_hostile import a_bad_report, outside, parts
from tests.report.story.weeks import a_week as an_ordinary_week
from tests.test_faces import a_full_report

pytestmark = pytest.mark.heavy

TONES = ToneShares(
    read=50, elsewhere=0.9,
    shares={tone: ToneShare(value=middle, low=middle - 5, high=middle + 5)
            for tone, middle in ((Tone.POSITIVE, 15), (Tone.NEUTRAL, 30), (Tone.NEGATIVE, 55))},
)  # fmt: skip
EVENTS = tuple(Event(day=date(2026, 11, n), title=f"Stall {n} at Heathway") for n in range(2, 9))
LINES = 66  # of 10 points, with the space between paragraphs, on A4 within our margins
LETTERS = 100  # of 10 points on a line


def told(sentence: str) -> Finding:
    return Finding(
        kind=Kind.PLAIN, figure="posts", value=None, usual=None, score=0, sentence=sentence, address="/"
    )


def made(write, report: Report, said: Headline | None = None) -> bytes:
    out = io.BytesIO()
    write(report, said or headline(report), out)
    return out.getvalue()


def brief(report: Report, said: Headline | None = None):
    return Document(io.BytesIO(made(write_brief, report, said)))


def slides(report: Report):
    return Presentation(io.BytesIO(made(write_slides, report)))


def text_of(document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def fullest() -> tuple[Report, Headline]:
    """Return the longest report there can be, in the longest words."""
    words = "wondering whether neighbours will join in again on Saturday " * 9
    report = a_report(
        events=EVENTS * 2, title=words, demo=True, top=tuple(a_post(text=f"{n} {words}") for n in range(5)),
        tone_shares=TONES, checked=a_week().checked,
    )  # fmt: skip
    todo = tuple(Action(text=words, page="posts") for _ in range(3))
    return report, Headline(story=(told(words),) * 3, todo=todo)


@pytest.mark.slow
def test_the_brief_is_on_a4_in_british_english():
    document = brief(a_report())
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.left_margin > Cm(1.5)
    assert document.core_properties.language == "en-GB"
    assert 'w:lang w:val="en-GB"' in parts(made(write_brief, a_report()))["word/styles.xml"]


@pytest.mark.slow
def test_the_brief_says_the_answer_the_numbers_and_what_was_not_seen():
    text = text_of(brief(a_report()))
    for said in (
        "1,394 posts so far.",
        "What to do", "1,800 to 37,000",
        "Not covered at all: 19 Nov.", "Switched off: X", "Bluesky covered 96% of the time",
        "known for 182 of 212 people",
        "Posts (definition 1)", "Engagement (definition 1)",
    ):  # fmt: skip
        assert said in text, said
    assert "Made-up" not in text
    assert "Made-up data" in text_of(brief(a_report(demo=True)))


@pytest.mark.slow
def test_the_brief_has_headings_and_a_picture_with_words_in_its_place():
    document = brief(a_report(events=EVENTS))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Heading 1"
    assert styles.count("Heading 2") >= 4
    [picture] = document.inline_shapes
    assert "Posts 1,394" in picture._inline.docPr.get("descr")


def height(document) -> float:
    """Return roughly how many lines of 10 points a document is high."""
    lines = 0.0
    for paragraph in document.paragraphs:
        size = (paragraph.style.font.size.pt if paragraph.style.font.size else 10) / 10
        lines += max(1, -(-len(paragraph.text) * size // LETTERS)) * size + 0.2
    pictures = sum(shape.height for shape in document.inline_shapes) / Cm(1) / 0.41
    return lines + pictures + 5


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.slow
def test_the_brief_is_one_page(full: bool):
    report, said = fullest() if full else (a_report(), headline(a_report()))
    document = brief(report, said)
    assert height(document) <= LINES
    words = len(text_of(document).split())
    assert words <= 520
    assert not any(paragraph.paragraph_format.page_break_before for paragraph in document.paragraphs)


@pytest.mark.slow
def test_control_a_brief_with_every_post_in_it_would_not_be_one_page():
    document = brief(a_report())
    for _ in range(30):
        document.add_paragraph("A public quote that goes on for a whole line of the page, and a bit. " * 2)
    assert height(document) > LINES


@pytest.mark.slow
def test_documents_have_the_tone_that_was_read_and_never_the_programs_guess():
    report = a_report(tone_shares=TONES)
    told = "50 to 60% of posts sound negative, 25 to 35% neutral and 10 to 20% positive"
    for faces in (text_of(brief(report)), slides(report).slides[1].notes_slide.notes_text_frame.text,
                  dict(about(report))["Tone"]):  # fmt: skip
        assert told in faces
    guess = text_of(brief(a_report()))
    assert "negative" not in guess
    assert dict(about(a_report()))["Tone"].startswith("not checked")


def test_quotes_have_no_names_and_leave_out_what_may_not_be_passed_on():
    posts = (
        a_post(platform="x", text="From X"),
        a_post(text=None),
        a_post(text="I hope you get stabbed"),
        a_post(text="Thank you (@heathway) and @ward@mas.to! https://mas.to/@ward/5"),
        a_post(text="Thank you (@heathway) and @ward@mas.to! https://mas.to/@ward/5"),
        *(a_post(text=f"Number {n}") for n in range(5)),
    )
    assert quotes(posts) == ("Thank you (@…) and @…! [link]", "Number 0", "Number 1")
    assert len(quotes(posts)) == QUOTES
    assert "What people wrote" not in text_of(brief(a_report(top=())))


def test_without_the_program_that_draws_the_brief_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    document = brief(a_report())
    assert "cannot draw PNG" in text_of(document)
    assert not document.inline_shapes


def test_the_first_slide_has_a_chart_that_can_be_edited():
    slide = slides(a_report(events=EVENTS)).slides[0]
    assert slide.shapes.title.text == "1,394 posts so far"
    [frame] = [shape for shape in slide.shapes if shape.has_chart]
    plot = frame.chart.plots[0]
    assert [one.name for one in plot.series] == ["Bluesky", "Mastodon", "news", "Lemmy", "Other"]
    assert next(iter(plot.categories)) == "26 Oct"
    assert plot.series[0].values[24] is None  # not collected: no bar, rather than one of no height
    assert plot.series[3].values[0] == 0
    assert "Bluesky 887" in frame._element.nvGraphicFramePr.cNvPr.get("descr")
    said = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    for wanted in (
        "1 Stall 2 at Heathway, 2 Nov",
        "and 3 more",
        "Not covered at all: 19 Nov.",
        "is in the notes.",
    ):
        assert wanted in said


@pytest.mark.parametrize(("days", "spacing"), [(28, 7), (100, 7), (7, None)])
def test_the_charts_labels_are_a_week_apart(days: int, spacing: int | None):
    chart = parts(made(write_slides, a_report(days)))
    [text] = [chart[name] for name in chart if name.startswith("ppt/charts/chart")]
    assert ('tickLblSkip xmlns:c="http' in text or "<c:tickLblSkip" in text) == (spacing is not None)
    if spacing:
        assert f'<c:tickLblSkip val="{spacing}"/><c:tickMarkSkip val="{spacing}"/><c:noMultiLvlLbl' in text


def test_the_second_slide_has_the_four_numbers_and_the_notes_the_method():
    usual = Usual(median=300, low=250, high=390, weeks=8)
    report = a_report()
    show = slides(changed(report, posts=replace(report.posts, usual=usual)))
    said = "\n".join(shape.text_frame.text for shape in show.slides[1].shapes if shape.has_text_frame)
    for wanted in ("1,394", "usually 250 to 390", "1,800 to 37,000", "known for 182 of 212 people"):
        assert wanted in said
    for slide in show.slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert "Likely seen (definition 3)" in notes
        assert "Bluesky: covered 96% of the time" in notes


@pytest.mark.slow
@pytest.mark.parametrize("many", [1, 4, 6, 9, 12])
def test_each_number_has_a_place_of_its_own_on_the_slide(monkeypatch, many):
    real = pptx.statements
    monkeypatch.setattr(pptx, "statements", lambda *of: (real(*of) * many)[:many])
    show = slides(a_report())
    boxes = [shape for shape in show.slides[1].shapes if shape.has_text_frame]
    assert len(boxes) > 3 * many
    assert all(box.top + box.height <= show.slide_height for box in boxes)
    assert all(box.left + box.width <= show.slide_width for box in boxes)
    assert [(a.text, b.text) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


def test_the_second_slide_has_each_outcome_whole_and_the_notes_those_that_are_too_many():
    report = a_full_report()
    (slide,) = list(slides(report).slides)[1:]
    said = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert len(outcome_lines(report)) == 5
    assert all(line in said and "as of" in line for line in outcome_lines(report))
    many = replace(report, outcomes=report.outcomes * 4)
    (slide,) = list(slides(many).slides)[1:]
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert [line for text in said for line in text.splitlines() if line.endswith("…")]
    assert slide.notes_slide.notes_text_frame.text.count("Said in Parliament") == 1 + 4  # its method


def overlap(one, other) -> bool:
    """Return whether two shapes lie on each other, but for what rounding does."""
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return min(wide, high) > Inches(0.01)


def test_made_up_data_says_so_on_the_slide():
    for demo in (True, False):
        shapes = slides(a_report(demo=demo)).slides[0].shapes
        said = "".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
        assert ("MADE-UP DATA" in said) == demo


def test_nothing_collected_still_makes_both():
    report = a_report(days=(), top=(), latest=(), seen=None, sources=(), covered=(),
                      tones=dict.fromkeys(Tone, 0))  # fmt: skip
    assert "not known" in text_of(brief(report))
    assert not any(shape.has_chart for shape in slides(report).slides[0].shapes)


def few() -> list[str]:
    """Return what needs a file of its own: the rest go by the dozen, as each file takes a while."""
    texts = hostile()
    return ["\n".join(texts[n : n + 300]) for n in range(0, len(texts), 300)]


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_brief, write_slides])
def test_hostile_texts_leave_both_whole(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)  # pictures of them are tested by themselves
    for text in [*OURS, *few()]:
        report = a_bad_report(text, days=a_report(1).days)
        said = Headline(story=(told(text),) * 2, todo=(Action(text=text, page="posts"),))
        file = made(write, report, said)
        found = parts(file)
        assert outside(found) == []
        assert not any("macro" in name.lower() or "vba" in name.lower() for name in found)
        for name in zipfile.ZipFile(io.BytesIO(file)).namelist():
            if name.endswith(".xlsx"):  # the data behind the chart
                inside = parts(zipfile.ZipFile(io.BytesIO(file)).read(name))
                assert not any("<f>" in sheet for sheet in inside.values())
        (Document if write is write_brief else Presentation)(io.BytesIO(file))


def test_slides_name_nobody_who_posted():
    page = "https://mas.example/@ann/1"
    term = TermPeople(kind="link", term=page, title=page, people=(34, *(0,) * 8))
    report = an_ordinary_week()
    report = replace(report, breakdown=replace(report.breakdown, terms=(term,)))
    assert "@ann" in headline(report).answer  # control
    out = io.BytesIO()
    kind("slides", "pptx").write(report, (), out)
    texts = "".join(parts(out.getvalue()).values())
    assert "34 people linked to one page" in texts
    assert "@ann" not in texts
