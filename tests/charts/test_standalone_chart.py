"""The card: it stands alone, its words are drawn, and made-up data says so."""

import re
import sys
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from monitor.charts import svg_to_png as picture
from monitor.charts.activity import activity
from monitor.charts.colours import SOFT
from monitor.charts.standalone_chart import CARD, SIZES, card, week
from monitor.charts.svg_to_png import png
from monitor.charts.text_layout import flat, printable, wrapped
from monitor.core.errors import PictureError
from monitor.export.provenance import source_line
from monitor.report import Event
from tests.dashboard.reports import a_report

EVENTS = (
    Event(day=date(2026, 11, 5), title="Stall at Heathway"),
    Event(day=date(2026, 11, 14), title="Hand-in"),
)


def a_card(size=CARD, **changes):
    report = a_report(**{"events": EVENTS} | changes)
    return card(report, activity(report), headline="Busier than usual", source=source_line(report), size=size)


def words(svg: str) -> list[str]:
    return [
        element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")
    ]


def test_a_card_says_all_that_a_reader_needs():
    said = words(a_card().svg)
    assert said[0] == "Busier than usual"
    assert "#CallingTimeOnCrime, 26 October to 22 November 2026. Posts per day" in said
    assert {"Posts", "Share of the day covered"} <= set(said)
    assert {"1", "2", "1: Stall at Heathway, 5 Nov. 2: Hand-in, 14 Nov."} <= set(said)
    assert any("counted on 22 November 2026" in line and "Posts 1" in line for line in said)


def test_of_many_events_the_first_are_told_in_few_lines_and_how_many_more_there_are():
    days = [date(2026, 10, 27) + timedelta(days=2 * n) for n in range(11)]
    drawn = a_card(events=[Event(day=day, title=f"Stall {n}") for n, day in enumerate(days)])
    told = " ".join(words(drawn.svg))
    assert "8: Stall 7, 10 Nov. And 3 more." in told
    assert "8: Stall 7, 10 Nov. And 3 more." in drawn.alt
    assert "Stall 8" not in told
    assert sum("Stall" in line for line in words(drawn.svg)) <= 2


def test_colours_are_written_out_and_nothing_is_asked_from_elsewhere():
    svg = a_card().svg
    assert "class=" not in svg
    assert "style=" not in svg
    assert re.findall('https?://[^"]+', svg) == ["http://www.w3.org/2000/svg"]


def test_time_that_was_not_seen_is_told():
    assert "Some time was not covered." in a_card().alt
    assert "Share of the day covered" in words(a_card().svg)
    seen = tuple(day for day in a_report().days if not day.unknown)
    assert "not covered" not in a_card(days=seen).alt
    assert "Share of the day covered" not in words(a_card(days=seen).svg)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("headline", ["Busier than usual", "word " * 80], ids=["short", "long"])
@pytest.mark.parametrize("n", [1, 7, 28, 100], ids=str)
def test_a_picture_to_share_has_its_size_and_room_for_its_bars(size, headline, n):
    report = a_report(n, events=EVENTS, demo=True)
    drawn = card(report, activity(report), headline=headline, source=source_line(report), size=size)
    root = ElementTree.fromstring(drawn.svg)
    assert (root.attrib["width"], root.attrib["height"]) == (str(size.width), str(size.height))
    line = rf'<line stroke="{SOFT}" stroke-width="[\d.]+" x1="[\d.]+" x2="[\d.]+" y1="([\d.]+)"'
    axis = re.findall(line, drawn.svg)[0]
    tops = [float(y) for y in re.findall(r'<rect x="[^"]*" y="([\d.]+)"', drawn.svg)]
    assert float(axis) - min(top for top in tops if top > 150) > 60
    assert float(axis) < size.height


def test_the_picture_of_the_mail_has_no_headline_but_its_legend():
    assert words(week(a_report(7, events=())).svg)[:2] == ["Posts", "Share of the day covered"]


@pytest.mark.heavy
def test_what_is_bold_is_drawn_bold():
    bold = a_card(events=()).svg
    plain = bold.replace("Inter SemiBold, ", "").replace('"600"', '"400"')
    assert png(bold, width=600) != png(plain, width=600)


def test_only_made_up_data_is_marked_so():
    assert any("MADE-UP DATA" in line for line in words(a_card(demo=True).svg))
    assert not any("MADE-UP" in line for line in words(a_card().svg))


@pytest.mark.slow
def test_the_picture_is_as_wide_as_said_and_its_words_are_in_it():
    drawn = a_card()
    picture = png(drawn.svg, width=CARD.width)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24]) == (CARD.width, drawn.height)
    without = re.sub("<text .*?</text>", "", drawn.svg)
    assert png(without, width=CARD.width) != picture


def test_each_letter_in_any_script_leaves_a_trace():
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="40"/>'
    empty = png(blank, width=99)
    for text in ("A", "é", "£", "…", "“", "ŵ"):
        drawn = blank.replace(
            "/>", f'><text y="30" font-size="30" font-family="{picture.FAMILY}">{text}</text></svg>'
        )
        assert png(drawn, width=99) != empty, text


def test_without_fonts_there_is_no_picture_rather_than_one_without_words(monkeypatch):
    monkeypatch.setattr(picture, "FONTS", Path("nowhere"))
    with pytest.raises(PictureError, match="use the SVG"):
        png(a_card().svg, width=CARD.width)


def test_without_the_program_that_draws_a_sentence_says_what_to_take(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(PictureError, match="Use the SVG"):
        png(a_card().svg, width=CARD.width)


def test_what_is_no_picture_is_said_so():
    with pytest.raises(PictureError):
        png("<svg", width=CARD.width)


@pytest.mark.parametrize("n", [1, 7, 28, 100, 101, 400])
def test_a_card_of_any_length_keeps_its_day_labels_apart(n):
    said = words(a_card(n=n).svg)
    assert 1 <= sum(bool(re.fullmatch(r"(\d{1,2} )?[A-Z][a-z]{2}( \d{4})?", text)) for text in said) <= 9
    assert said[1].endswith(f"Posts per {'week' if n > 100 else 'day'}")


def test_no_days_at_all_is_still_a_card():
    report = a_report(days=(), events=())
    ElementTree.fromstring(card(report, activity(report), headline="", source="").svg)


def test_lines_fit_and_say_where_they_were_cut():
    assert flat("a\nb\tc", 9) == "a b c"
    assert flat("abcdef", 4) == "abc…"
    lines = wrapped("word " * 100, 560, 10, 2)
    assert len(lines) == 2
    assert all(len(line) <= 100 for line in lines)
    assert lines[-1].endswith("…")
    assert wrapped("", 100, 10, 2) == []
    assert printable("a\x00\ud800\ufffeé😀") == "a\ufffd\ufffd\ufffdé😀"
