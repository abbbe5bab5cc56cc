"""The Sources page: what each platform shows and never shows, in the program's one text."""

from dataclasses import replace
from datetime import date
from html import unescape

from dashboard import create_app
from monitor.archive.values import RecallSample
from monitor.platform_info import HEADINGS, about, names
from tests.dashboard.reports import SOURCES, a_report, some_services

REAL = [source for source in SOURCES if source.name in names()]


def facts(name):
    return about(name).facts() if name in names() else ()


def page(**changes):
    return unescape(create_app(some_services(**changes)).test_client().get("/sources").text)


def test_each_platform_s_facts_are_there_word_for_word():
    text = page(facts=facts)
    for source in REAL:
        for heading, sentences in about(source.name).facts():
            assert f"<dt>{heading}</dt>" in text
            assert " ".join(sentences) in text
    assert text.count("<details><summary>") >= len(REAL)
    assert all(f"<dt>{heading}</dt>" in text for heading in HEADINGS.values())


def test_who_has_no_facts_is_left_out():
    assert "<dt>Key</dt>" not in page()


def test_a_source_that_is_off_or_refused_says_how_it_is_set_up():
    text = page(facts=facts)
    for source in REAL:
        assert (f"monitor setup {source.name}<" in text) == (not source.on or source.needs_person)


def test_sources_that_are_off_are_one_line_unless_one_waits_for_a_person():
    off, waits = replace(SOURCES[-1], title="Off"), replace(SOURCES[-1], title="Waits", needs_person=True)
    text = page(report=a_report(7, sources=(*SOURCES[:2], off, waits)))
    assert "Switched off: Off." in text
    assert [title in text for title in (">Bluesky</th>", ">Off</th>", ">Waits</th>")] == [True, False, True]
    assert "Switched off:" not in page(report=a_report(7, sources=SOURCES[:2]))  # the control


def test_facts_are_never_markup():
    said = (
        create_app(some_services(facts=lambda name: [("Key", ["<b>x</b>"])]))
        .test_client()
        .get("/sources")
        .text
    )
    assert "<b>x</b>" not in said


def with_recall(**changes):
    """Return the page with one source of which it is known what it missed."""
    sample = RecallSample("mastodon", date(2026, 11, 16), "<b>two.example", 50, 47, {"deleted since": 3})
    mastodon = replace(SOURCES[1], recall=sample, **changes)
    report = replace(a_report(), sources=(mastodon,))
    return create_app(some_services(report)).test_client().get("/sources").text


def test_what_share_of_a_source_s_posts_we_had_is_said_beside_it():
    text = with_recall()
    assert "We had 47 of 50 posts from 16 to 22 November 2026 that &lt;b&gt;two.example found" in text
    assert "(94%, 84 to 98%): 3 deleted since." in text


def test_of_a_source_that_is_off_or_not_known_nothing_is_said():
    assert "We had" not in with_recall(on=False)
    assert "We had" not in page()


def test_petitions_and_parliament_have_a_table_of_their_own_where_there_are_any():
    petition = replace(SOURCES[1], name="petition:7", title="More officers", detail="<b>Removed.</b>")
    office = create_app(some_services(outcomes=lambda: (petition,)))
    text = office.test_client().get("/sources").text
    assert "<caption>Petitions, visits and Parliament</caption>" in text
    assert '<th scope="row">More officers</th>' in text
    assert "&lt;b&gt;Removed.&lt;/b&gt;" in text
    assert "Petitions, visits and Parliament" not in page()
