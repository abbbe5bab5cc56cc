"""The Sources page: what each platform shows and never shows, in the program's one text."""

from html import unescape

from dashboard import create_app
from monitor.platform_info import HEADINGS, about, names
from tests.dashboard.reports import SOURCES, some_services

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


def test_facts_are_never_markup():
    said = (
        create_app(some_services(facts=lambda name: [("Key", ["<b>x</b>"])]))
        .test_client()
        .get("/sources")
        .text
    )
    assert "<b>x</b>" not in said
