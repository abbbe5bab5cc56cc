from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.archive.values import Story
from monitor.charts.standalone_chart import week
from monitor.core.gazetteer import PlaceKind
from monitor.digest.content import DigestContent, letter
from monitor.digest.html import html
from monitor.digest.plain_text import text
from monitor.report import Event, OwedReply, SeriesStep, Step
from monitor.report.figures import statements
from monitor.report.measure import Face
from monitor.report.story import headline
from monitor.report.wording import stalled, tone_checked
from tests.dashboard.reports import a_figure, a_post
from tests.digest.letters import ANSWERED, ASKS, BASE, HELPED, NEW, NOW, a_borough, a_week
from tests.export.hostile import hostile
from tests.report.outcomes.planted import an_outcome


def written(**changes: object) -> DigestContent:
    return letter(a_week(**changes), base=BASE)


def mailed(**changes: object) -> str:
    return text(
        written(**changes), why_me="You get this every Monday.", leave="Leave: https://dash.example.org/x"
    )


def test_the_subject_is_the_answer():
    assert written().subject == "#CallingTimeOnCrime: A usual week: 567 posts"


def test_the_answer_the_change_and_the_numbers_are_those_of_the_report():
    report = a_week()
    said, made = headline(report), written()
    assert (made.answer, made.others) == (f"{said.answer}.", (*said.others, tone_checked(report)))
    assert [(one.title, one.words) for one in made.numbers] == [
        (one.title, one.words) for one in statements(report, Face.MAIL)
    ]
    assert made.numbers[0].note == "usually 430 to 610"


def test_each_thing_to_do_leads_to_its_page():
    assert list(written().todo) == [
        (
            "Answer the author of a post on Mastodon (Thursday 19 November), who asked a question: “Is the"
            " petition open to people in Havering too, @…?”",
            f"{BASE}/posts/12",
        ),
        (
            "Look at the post on Bluesky (Thursday 19 November): 94 reactions: “Sixty signatures outside the"
            " station this morning. Thank you Dagenham! #CallingTimeOnCrime”",
            f"{BASE}/posts/11",
        ),
        (
            "Spend five minutes reading 50 of last week's posts, so that you can quote their tone",
            f"{BASE}/tone?since=2026-11-16&until=2026-11-22",
        ),
    ]


def test_three_posts_are_told_each_another_one():
    assert [(one.label, one.address) for one in written().posts] == [
        ("Many reactions", f"{BASE}/posts/11"),
        ("Needs a reply", f"{BASE}/posts/12"),
        ("A new voice", f"{BASE}/posts/13"),
    ]
    both = replace(HELPED, is_new_voice=True)
    assert [one.label for one in written(top=(both,), latest=()).posts] == ["Many reactions"]


def test_nobody_who_posted_is_named():
    said = mailed()
    for name in ("@heathway", "Heathway Residents", "@ward", "@mp", "Ward ", "mas.to"):
        assert name not in said
    assert "too, @…" in said
    assert "@heathway" in headline(a_week()).todo[-1].text + headline(a_week()).todo[1].text  # control


def test_what_may_not_be_passed_on_or_may_upset_is_only_linked_to():
    of_x = replace(HELPED, platform="x")
    upsetting = a_post(id=14, text="someone should shoot her", is_new_voice=True)
    posts = written(top=(of_x, upsetting), latest=()).posts
    assert [(one.text, one.address) for one in posts] == [("", f"{BASE}/posts/11"), ("", f"{BASE}/posts/14")]


def test_a_week_of_few_posts_has_three_lines():
    made = written(posts=a_figure("posts", 4))
    assert made.is_quiet
    assert (made.numbers, made.posts, made.todo, made.places) == ((), (), (), ())
    said = text(made, why_me="", leave="")
    assert len([line for line in said.split("\n\n") if line.strip()]) == 3
    assert not written(posts=a_figure("posts", 5)).is_quiet


def test_what_was_signed_is_told_also_of_a_week_without_posts():
    made = written(posts=a_figure("posts", 0), outcomes=(an_outcome(is_entered=True),))
    assert made.is_quiet
    line = "Signed online: 9,000, as of Thu 19 Nov"
    assert line in text(made, why_me="", leave="")
    assert line in html(made, why_me="", leave="", picture=None)


def test_a_source_that_does_not_answer_is_told_of_first():
    old = NOW - timedelta(hours=25)
    silent = tuple(replace(one, last_success=old) if one.name == "bluesky" else one for one in ANSWERED)
    said = mailed(sources=silent)
    assert "Bluesky has not answered since Sunday 22 November." in said
    assert said.index("Bluesky has not answered") < said.index("A usual week")
    assert written().broken == ""


def test_a_source_that_never_answered_is_told_of_and_one_that_is_off_is_not():
    never = tuple(
        replace(one, last_success=None) if one.name in ("bluesky", "lemmy", "x") else one for one in ANSWERED
    )
    assert written(sources=never).broken.startswith("Bluesky and Lemmy have not answered yet.")


def test_places_coming_and_what_was_not_seen_are_in_it():
    made = written()
    assert made.places == (
        "Barking & Dagenham: 90 posts, 60 the week before",
        "Havering: 8 posts, 3 the week before",
    )
    assert made.coming == ("Saturday 28 November: Petition handed in",)
    assert made.unseen == "Mastodon: covered 92% of the time. Switched off: X."


def test_a_place_within_a_borough_is_left_to_the_page():
    town = replace(a_borough("romford", "Romford", 5, 2), borough="havering", kind=PlaceKind.TOWN)
    assert written(places=(a_borough("havering", "Havering", 8, 3), town)).places == (
        "Havering: 8 posts, 3 the week before",
    )


def test_a_full_week_is_read_in_under_350_words():
    assert len(mailed().split()) < 350


@pytest.mark.heavy
def test_hostile_texts_stay_on_one_line_and_out_of_the_subject():
    for said in hostile():
        if not said.strip():
            continue
        post = replace(HELPED, text=said, handle=said, name=said, is_new_voice=True)
        made = written(top=(post,), latest=(replace(ASKS, text=said),), title="#CallingTimeOnCrime")
        assert made.subject == "#CallingTimeOnCrime: A usual week: 567 posts"
        assert all("\n" not in one.text and "\r" not in one.text for one in made.posts)


def test_a_first_week_says_nothing_of_what_is_usual_and_no_empty_brackets():
    said = mailed(posts=a_figure("posts", 59))
    assert "Posts: 59\n" in said
    assert "()" not in said


def test_sources_that_stopped_on_different_days_are_told_each_with_its_own():
    days = {"bluesky": timedelta(hours=25), "lemmy": timedelta(days=9), "mastodon": timedelta(hours=26)}
    silent = tuple(
        replace(one, last_success=NOW - days[one.name]) if one.name in days else one for one in ANSWERED
    )
    assert written(sources=silent).broken.startswith(
        "Bluesky and Mastodon have not answered since Sunday 22 November; Lemmy has not answered since"
        " Saturday 14 November. Posts there are missing"
    )


def test_a_week_without_a_chart_has_no_section_for_it():
    how = {"why_me": "You get this every Monday.", "leave": ""}
    assert "POSTS PER DAY" in text(written(), **how)
    assert "POSTS PER DAY" not in text(replace(written(), chart=None), **how)


def test_who_is_new_to_us_alone_is_no_new_voice():
    step = SeriesStep(day=NOW.date(), step=Step.SOURCE_ON, subject="lemmy", posts=15)
    assert [one.label for one in written(latest=(NEW,), top=()).posts] == ["A new voice"]  # control
    assert written(latest=(NEW,), top=(), steps=(step,)).posts == ()


def test_of_days_alike_none_is_called_the_busiest():
    days = a_week().days
    alike = tuple(replace(day, posts={"x": 6}) for day in days)
    assert written(days=alike).chart.title == "42 posts; no single day was the busiest"
    peak = (replace(days[0], posts={"x": 9}), *alike[1:])  # control
    assert written(days=peak).chart.title == "The busiest day was Monday 16 November, with 9 posts"


def test_numbers_that_stand_still_are_told_of_first():
    since = NOW - timedelta(hours=3)
    sources = tuple(replace(source, overdue_since=since, last_poll=since) for source in a_week().sources)
    assert written(sources=sources).broken == stalled(since)
    assert stalled(since) in text(written(sources=sources), why_me="", leave="")


def test_a_story_on_many_news_sites_is_told_where_it_is_no_finding_of_its_own():
    told = letter(replace(a_week(), news=Story(posts=(9, 12), sites=4)), base=BASE)
    assert "One story is on 4 news sites." in told.others
    unread = letter(replace(a_week(), checked=None, tone_shares=None, news=None), base=BASE)
    assert not any("sites" in sentence or "tone" in sentence.casefold() for sentence in unread.others)


@pytest.mark.parametrize(
    ("days", "told"),
    [((3,), ("Stall, 19 Nov",)), ((1, 3), ("1: Stall, 17 Nov", "2: Stall, 19 Nov"))],
    ids=["one, beside its bar", "two, numbered"],
)
def test_events_have_numbers_in_words_where_they_have_them_in_the_picture(days, told):
    shown = a_week()
    events = tuple(Event(day=shown.days[day].day, title="Stall") for day in days)
    assert letter(a_week(events=events), base=BASE).chart.events == told
    assert ('r="15.3"' in week(a_week(events=events)).svg) == (len(days) > 1)  # the disc of a number


def owed(number: int) -> tuple[OwedReply, ...]:
    return tuple(
        OwedReply(
            post=replace(ASKS, id=20 + n, is_marked=True), posts=(20 + n,), by="Jo",
            since=NOW - timedelta(days=4), due=date(2026, 11, 22 + n),
        )
        for n in range(number)
    )  # fmt: skip


def test_replies_that_are_owed_have_a_list_of_their_own_in_which_nobody_is_named():
    plain, made = written(), written(owed=owed(2), to_reply=2)
    quote = "“Is the petition open to people in Havering too, @…?”"
    line = f"Reply to the author of a post on Mastodon (Thursday 19 November): {quote}. Marked 4 days ago, "
    assert list(made.owed) == [
        (f"{line}1 day late", f"{BASE}/posts/20"),
        (f"{line}due today", f"{BASE}/posts/21"),
    ]
    assert (made.todo, plain.owed) == (plain.todo, ())  # they take no room from what is new


@pytest.mark.parametrize(
    "changes", [{"platform": "x"}, {"text": "You retard, when is it?"}, {"text": None}],
    ids=["not to be passed on", "upsetting", "gone"],
)  # fmt: skip
def test_what_may_not_be_quoted_is_owed_a_reply_without_its_words(changes):
    [one] = owed(1)
    [(text, _)] = written(owed=(replace(one, post=replace(one.post, **changes)),), to_reply=1).owed
    assert "“" not in text
    assert "Marked 4 days ago" in text


def test_of_many_owed_replies_the_first_are_listed_with_how_many_there_are():
    made = written(owed=owed(8), to_reply=1200)
    assert len(made.owed) == 6
    assert made.owed[-1] == ("All 1,200 on the reply desk", f"{BASE}/replies")
