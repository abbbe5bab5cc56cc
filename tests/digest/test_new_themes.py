"""What people say that is new, in the mail: by its most typical post, and nobody is named."""

from dataclasses import replace

import pytest

from monitor.archive.values import ReadWeek
from monitor.digest.content import letter
from monitor.digest.html import html
from monitor.digest.plain_text import text
from monitor.report import SharedWords, WeekSuggestions
from tests.dashboard.reports import a_post
from tests.digest.letters import BASE, a_week

QUOTED = a_post(id=21, platform="mastodon", handle="@kit@mas.to", text="Street lights out again, @mp@mas.to!")
LIGHTS = SharedWords(name="street lights", people=6, posts=(21, 22), quoted=QUOTED)
READ = ReadWeek(read=500, unread=67)


def mails(**changes: object) -> list[str]:
    made = letter(a_week(**changes), base=BASE)
    plain = text(made, why_me="You asked for it.", leave="")
    return [" ".join(plain.split()), html(made, why_me="You asked for it.", leave="")]


@pytest.mark.parametrize("form", [0, 1], ids=["text", "html"])
def test_up_to_three_themes_are_quoted_with_how_they_were_chosen(form):
    many = [replace(LIGHTS, name=f"theme {n}") for n in range(5)]
    mail = mails(suggestions=WeekSuggestions(week=READ, themes=tuple(many)))[form]
    assert "what people say" in mail.lower()
    assert [f"“theme {n}”, 6 people" in mail for n in range(5)] == [True] * 3 + [False] * 2
    assert "Street lights out again, @…!" in mail
    assert f"{BASE}/posts/21" in mail
    assert "2 more left out; 500 of 567 posts read." in mail
    assert "kit" not in mail.replace("kitchen", "")


@pytest.mark.parametrize("form", [0, 1], ids=["text", "html"])
def test_that_there_is_none_is_said_and_of_a_week_that_was_not_read_nothing(form):
    assert "No new theme" in mails(suggestions=WeekSuggestions(week=READ))[form]
    assert "what people say" not in mails()[form].lower()


@pytest.mark.parametrize("form", [0, 1], ids=["text", "html"])
def test_a_post_that_may_not_be_passed_on_is_only_linked_to(form):
    theme = replace(LIGHTS, quoted=replace(QUOTED, platform="x"))
    mail = mails(suggestions=WeekSuggestions(week=READ, themes=(theme,)))[form]
    assert "Street lights out" not in mail
    assert f"{BASE}/posts/21" in mail


def test_a_name_made_of_markup_is_text():
    theme = replace(LIGHTS, name="<b>lights</b>\nSubject: x")
    assert "&lt;b&gt;lights" in mails(suggestions=WeekSuggestions(week=READ, themes=(theme,)))[1]
