"""New themes are told of whole weeks of the whole track, as somebody wrote them, without a name."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.archive.values import ReadWeek, Suggestion
from monitor.report import Report, Window
from monitor.report.anonymise import nameless
from monitor.report.build import build
from monitor.report.wording import themes_note
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.campaigns import shipped

CAMPAIGN = shipped()
TRACK = CAMPAIGN.tracks[0].name
MONDAY, DAY = date(2026, 3, 2), timedelta(days=1)
THURSDAY, NEXT_WEEK = NOON + 3 * DAY, NOON + 8 * DAY
THEME = Suggestion(words=("street lights", "lights"), people=4, posts=(2, 1))


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        saved(
            archive,
            a_page(a_post(id="1"), a_post(id="2", text="Street lights, @ann@example.org!")),
            track=TRACK,
        )
        archive.suggestions.save(
            TRACK, MONDAY, ReadWeek(read=90, unread=12), {"theme": [THEME] * 5}, state=""
        )
        yield archive


def report(archive, first: date, last: date, now: datetime = NEXT_WEEK, **more: object) -> Report:
    return build(archive, CAMPAIGN, Window(first=first, last=last), now=now, sources=(), **more)


@pytest.mark.parametrize(
    ("first", "last", "now", "are_told"),
    [
        (MONDAY, MONDAY + 6 * DAY, NEXT_WEEK, True),
        (MONDAY, MONDAY + 3 * DAY, THURSDAY, True),
        (MONDAY, MONDAY + 6 * DAY, THURSDAY, True),
        (MONDAY, MONDAY, NOON, True),
        (MONDAY, MONDAY + 3 * DAY, NEXT_WEEK, False),
        (MONDAY, MONDAY + 7 * DAY, NEXT_WEEK, False),
        (MONDAY + DAY, MONDAY + 7 * DAY, NEXT_WEEK, False),
        (MONDAY - 7 * DAY, MONDAY - DAY, NEXT_WEEK, False),
    ],
    ids=[
        "a week",
        "so far",
        "so far, to Sunday",
        "on Monday",
        "half",
        "eight days",
        "from Tuesday",
        "not read",
    ],
)
def test_themes_are_those_of_a_week_from_monday(archive, first, last, now, are_told):
    week = report(archive, first, last, now)
    assert bool(week.suggestions.themes) == bool(week.suggestions.week) == are_told
    assert bool(themes_note(week, 3)) == are_told


def test_of_some_platforms_none_are_told(archive):
    assert not report(archive, MONDAY, MONDAY + 6 * DAY, platforms=frozenset({"mastodon"})).suggestions.themes


def test_a_theme_has_its_name_its_people_and_its_most_typical_post(archive):
    theme = report(archive, MONDAY, MONDAY + 6 * DAY).suggestions.themes[0]
    assert (theme.name, theme.people, theme.posts, theme.words) == ("street lights", 4, (2, 1), THEME.words)
    assert theme.quoted.text == "Street lights, @ann@example.org!"


def test_for_those_who_are_not_to_know_nobody_is_named(archive):
    theme = nameless(report(archive, MONDAY, MONDAY + 6 * DAY)).suggestions.themes[0]
    assert (theme.quoted.text, theme.quoted.handle, theme.quoted.url) == ("Street lights, @…!", None, "")


def test_it_is_said_how_they_are_chosen_and_what_is_left_out(archive):
    week = report(archive, MONDAY, MONDAY + 6 * DAY)
    said = "Said by more people than in the 8 weeks before."
    assert themes_note(week, 3) == f"{said} 2 more left out; 90 of 102 posts read."
    assert themes_note(week, 5) == f"{said} 90 of 102 posts read."
    nothing = (
        "No new theme: nothing was said by more people than in the 8 weeks before. 90 of 102 posts read."
    )
    assert themes_note(replace(week, suggestions=replace(week.suggestions, themes=())), 3) == nothing


@pytest.mark.parametrize(
    ("name", "words"),
    [("Street LIGHTS", "lamps"), ("Lamps", "lamps\n“Street lights”")],
    ids=["its name", "one of its words"],
)
def test_what_the_office_keeps_is_new_no_more_and_the_control_is(archive, name, words):
    archive.themes.save("Lights", "lights\nstreet", "", NOON)  # nearly the same
    assert report(archive, MONDAY, MONDAY + 6 * DAY).suggestions.themes
    archive.themes.save(name, words, "", NOON)
    week = report(archive, MONDAY, MONDAY + 6 * DAY)
    assert not week.suggestions.themes
    assert themes_note(week, 3) == (
        "No new theme: nothing besides the themes you keep was said by more people than in the 8 weeks"
        " before. 90 of 102 posts read."
    )
