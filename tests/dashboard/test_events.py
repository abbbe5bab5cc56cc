"""The page of events: two fields to add one; counts beside each, and no reasons."""

import re
from datetime import timedelta
from html import unescape

import pytest

from dashboard import create_app
from dashboard.pages.events import sentence
from monitor.report import Usual
from monitor.report.comparison.event_comparison import Stretch
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, filled, then

DAY = THEN.date()


@pytest.fixture
def site(tmp_path):
    return create_app(filled(tmp_path, then(), then(id="2", by="bob"))).test_client()


def add(client, day: str = DAY.isoformat(), title: str = "Stall at Heathway", **more):
    return client.post("/events", data={"act": "add", "day": day, "title": title} | more)


def test_an_empty_calendar_says_what_it_is_for(site):
    assert "No past events yet" in site.get("/events").text


def test_an_event_is_added_in_two_fields(site):
    answer = add(site)
    assert (answer.status_code, answer.location) == (303, "/events?did=add")
    page = site.get(answer.location).text
    assert "The event is in the calendar." in page
    assert "<b>Thursday 19 November 2026</b>: Stall at Heathway" in page


@pytest.mark.heavy
def test_a_double_tap_adds_an_event_once(site):
    assert [add(site).location for _ in range(2)] == ["/events?did=add"] * 2
    assert site.get("/events").text.count("<b>Thursday 19 November 2026</b>: Stall at Heathway") == 1
    add(site, title="Stall at Becontree")  # control: two events may be on one day
    assert site.get("/events").text.count("<b>Thursday 19 November 2026</b>: Stall at") == 2


@pytest.mark.heavy
def test_where_the_days_beside_an_event_have_another_one_its_line_says_so(site):
    add(site)
    add(site, "2026-11-18", "Hand-in <b>")
    page = site.get("/events").text
    assert page.count("; these days include “Hand-in &lt;b&gt;”") == 1
    assert page.count("; these days include “Stall at Heathway”") == 1


@pytest.mark.heavy
def test_an_event_is_changed_and_removed(site):
    add(site)
    data = {"id": "1", "day": "2026-11-30", "title": "Hand-in"}
    assert site.post("/events", data=data | {"act": "change"}).location == "/events?did=change"
    page = site.get("/events").text
    assert "Coming up" in page
    assert "<b>Monday 30 November 2026</b>: Hand-in" in page
    assert site.post("/events", data={"act": "remove", "id": "1"}).location == "/events?did=remove"
    assert site.post("/events", data={"act": "remove", "id": "1"}).location == "/events?did=gone"
    assert "Hand-in" not in site.get("/events").text


@pytest.mark.heavy
@pytest.mark.parametrize("act", ["change", "remove"])
def test_of_two_people_at_one_event_the_second_sees_what_the_first_did_and_loses_nothing(site, act):
    def was() -> str:
        return re.findall(r'name="was" value="([^"]*)"', site.get("/events").text)[0]

    add(site, title="Stall & tea")
    form = {"id": "1", "day": "2026-11-30", "title": "Mine", "was": unescape(was())}
    theirs = form | {"act": "change", "title": "Theirs"}
    assert site.post("/events", data=theirs).status_code == 303
    late = site.post("/events", data=form | {"act": act})
    assert late.status_code == 400
    assert "Somebody else changed this event in the meantime" in late.text
    assert "30 November 2026: Theirs" in late.text  # what they made of it
    assert 'value="Mine"' in late.text  # what was typed
    assert "Theirs" in site.get("/events").text
    assert site.post("/events", data=form | {"act": act, "was": unescape(was())}).status_code == 303
    assert "Theirs" not in site.get("/events").text


@pytest.mark.parametrize(
    ("day", "title", "said"),
    [
        ("", "Stall", "An event needs a day"),
        ("19/11/2026", "Stall", "An event needs a day"),
        ("0001-01-01", "Stall", "An event needs a day"),
        ("2026-11-19", " ", "title of 1 to 120"),
        ("2026-11-19", "x" * 121, "title of 1 to 120"),
    ],
)
def test_a_slip_is_told_beside_the_form_and_what_was_typed_stays(site, day, title, said):
    answer = add(site, day, title)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert f'value="{title}"' in answer.text
    assert "No past events yet" in answer.text


@pytest.mark.parametrize("data", [{}, {"act": "drop"}, {"act": "add;"}])
def test_another_act_is_refused(site, data):
    assert site.post("/events", data=data).status_code == 400


@pytest.mark.parametrize("id", ["", "x", "²", "9" * 30, "-1"])
def test_a_number_that_is_none_is_nobodys_event(site, id):
    assert site.post("/events", data={"act": "remove", "id": id}).location == "/events?did=gone"


def test_a_title_is_only_text(site):
    add(site, title="<script>alert(1)</script>")
    assert "<script>alert" not in site.get("/events").text


@pytest.mark.heavy
def test_the_track_that_was_looked_at_stays_after_an_act(site):
    answer = site.post("/events?period=campaign", data={"act": "add", "day": "2026-11-19", "title": "Stall"})
    assert answer.location == "/events?period=campaign&did=add"


def collected(folder, weeks: int = 10, posts: int = 3):
    """Return the site of an archive with some posts a day, all time collected."""
    made = [
        then(id=f"{n}-{i}", created_at=THEN - timedelta(days=n))
        for n in range(7 * weeks)
        for i in range(posts)
    ]
    with an_archive(folder) as archive:
        since = THEN - timedelta(weeks=weeks)
        saved(archive, a_page(*made, since=since, until=THEN + timedelta(days=2)), track=TRACK)
        archive.events.add(DAY - timedelta(days=7), "Stall")
    return create_app(archived_office(folder)).test_client()


@pytest.mark.heavy
def test_the_days_beside_an_event_are_told_against_the_usual_ones(tmp_path):
    page = collected(tmp_path).get("/events").text
    beside = re.findall(r'<li><a href="([^"]+)">(.*?)</a>: (.*?)</li>', page)
    assert [(name, text) for _, name, text in beside] == [
        ("The 3 days before", "9 posts, as usual on these weekdays (5 to 15)"),
        ("On the day", "3 posts, as usual on this weekday (1 to 6)"),
        ("The 3 days after", "9 posts, as usual on these weekdays (5 to 15)"),
    ]
    assert beside[0][0] == "/posts?since=2026-11-09&amp;until=2026-11-11"


def test_what_was_not_collected_is_not_zero(tmp_path, site):
    add(site, "2026-10-01")
    assert site.get("/events").text.count("not known: we were not collecting") == 3


@pytest.mark.parametrize(
    ("posts", "whole", "usual", "said"),
    [
        (22, True, (2, 19), "22 posts, more than the usual 2 to 19 on this weekday"),
        (11, True, (12, 19), "11 posts, fewer than the usual 12 to 19 on this weekday"),
        (12, True, (2, 9), "12 posts (usually 2 to 9 on this weekday)"),
        (3, True, (0, 0), "3 posts (usually none on this weekday)"),
        (0, True, (0, 0), "0 posts, as usual on this weekday (none)"),
        (1, True, (2, 19), "1 post (usually 2 to 19 on this weekday)"),
        (1, False, (2, 9), "at least 1 post, as not all of this time was collected"
                           " (usually 2 to 9 on this weekday)"),
        (5, True, None, "5 posts; too few earlier weeks were collected to say what is usual"),
    ],
)  # fmt: skip
def test_words_claim_no_more_than_was_counted(posts, whole, usual, said):
    range_ = Usual(median=5, low=usual[0], high=usual[1], weeks=8) if usual else None
    told = sentence(
        Stretch(name="on", first=DAY, last=DAY, posts=posts, whole=whole, compared=posts, usual=range_),
        DAY + timedelta(days=1),
    )
    assert told == said
    assert "because" not in told


def test_days_to_come_are_not_called_days_that_were_missed():
    later = Stretch(name="after", first=DAY, last=DAY, posts=None, whole=False, compared=0, usual=None)
    assert sentence(later, DAY - timedelta(days=1)) == "still to come"
    assert sentence(later, DAY) == "not known: we were not collecting"


def test_a_day_that_is_not_over_says_so():
    told = sentence(
        Stretch(name="on", first=DAY, last=DAY, posts=3, whole=False, compared=3, usual=None), DAY
    )
    assert told == "at least 3 posts, as not all of this time has passed yet"


def test_posts_of_what_was_not_watched_before_are_told_apart():
    usual = Usual(median=5, low=2, high=9, weeks=8)
    stretch = Stretch(name="on", first=DAY, last=DAY, posts=12, whole=True, compared=7, usual=usual)
    shown = sentence(stretch, DAY + timedelta(days=1))
    assert shown == (
        "12 posts (7 of them from sources covered in all these weeks), as usual on this weekday (2 to 9)"
    )
