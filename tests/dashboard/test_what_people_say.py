"""The week's page says what is new in people's words; each theme opens exactly its posts."""

from dataclasses import replace

import pytest

from monitor.archive.values import ReadWeek
from monitor.report import SharedWords, WeekSuggestions
from tests.dashboard.reports import a_post
from tests.dashboard.test_pages import page

LIGHTS = SharedWords(
    name="street lights", people=6, posts=(21, 22), words=("street lights", "lights"),
    quoted=a_post(id=21, text="Street lights out again"),
)  # fmt: skip
READ = ReadWeek(read=500, unread=67)


def test_three_themes_are_shown_each_opening_its_posts():
    many = tuple(replace(LIGHTS, name=f"theme {n}", posts=(n, 22)) for n in range(5))
    text = page(suggestions=WeekSuggestions(week=READ, themes=many))
    assert [f"“theme {n}”" in text for n in range(5)] == [True] * 3 + [False] * 2
    assert '<a href="/posts?ids=1.22">“theme 1”</a> <span>6 people, 2 posts</span>' in text
    assert "Street lights out again" in text
    assert "2 more left out; 500 of 567 posts read." in text


@pytest.mark.heavy
def test_a_week_without_a_new_theme_says_so_and_one_that_was_not_read_says_nothing():
    assert "No new theme: nothing was said" in page(suggestions=WeekSuggestions(week=READ))
    assert "What people say" not in page()


def test_of_more_posts_than_a_list_shows_no_number_is_told():
    text = page(suggestions=WeekSuggestions(week=READ, themes=(replace(LIGHTS, posts=tuple(range(200))),)))
    assert "<span>6 people</span>" in text


def test_a_theme_is_text_whatever_it_is_made_of():
    theme = replace(LIGHTS, name="<script>alert(1)</script>")
    text = page(suggestions=WeekSuggestions(week=READ, themes=(theme,)))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
