import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import escape

from dashboard import create_app
from dashboard.pages import overview
from dashboard.pages.overview import shared_tiles
from monitor.core.errors import ArchiveError
from monitor.core.model import Metrics, Tone
from monitor.report import Comparison, Figure, LeftOut, Seen, Usual, Window
from monitor.report.anonymise import nameless
from monitor.report.figures import definitions, statements
from monitor.report.figures.seen import basis, between
from monitor.report.measure import Face
from monitor.report.window import length
from monitor.report.wording import change, link, percents, window_words
from tests.dashboard.reports import NOW, SOURCES, a_figure, a_post, a_report, a_source, some_services
from tests.report.outcomes.planted import an_outcome


def client(report=None, **changes):
    given = report or (lambda choice: a_report(length(choice.window).days, **changes))
    return create_app(some_services(given)).test_client()


def page(path="/", **changes):
    return client(**changes).get(path).text


def a_few(*posts, **changes):
    """Return a report of so few posts that all of them are shown."""
    return a_report(7, latest=posts, top=(), posts=a_figure("posts", len(posts)), **changes)


def test_the_overview_says_its_window_and_numbers():
    text = page("/?period=4-weeks")
    assert "26 October to 22 November" in text
    assert "3 of 5 sources" not in text
    assert "4 of 5 sources working now" in text
    assert "Compared with 1,454 on the same days of the 4 weeks before" in text
    assert "Views: not known" in text


def test_a_range_is_rounded_outwards_to_two_digits():
    for low, high, said in (
        (130, 2603, "130 to 2,700"), (245, 4903, "240 to 5,000"), (52, 1049, "52 to 1,100"), (0, 7, "0 to 7"),
        (99, 99, "99"), (100, 1000, "100 to 1,000"), (1999, 999_999, "1,900 to 1,000,000"),
    ):  # fmt: skip
        assert between(low, high) == said


def test_without_a_period_before_no_change_is_said():
    assert change(a_report(posts=a_figure("posts", 5))).startswith("Too little was collected")
    assert (
        change(a_report(posts=a_figure("posts", 5, before=0), is_over=True))
        == "Compared with none in the 4 weeks before"
    )


@pytest.mark.parametrize(
    ("days", "now", "before", "said"),
    [
        (1, 7, 8, "Compared with 8 the day before"),
        (1, 7, 7, "As on the day before"),
        (6, 7, 8, "Compared with 8 in the 6 days before"),
        (7, 7, 7, "As in the week before"),
        (7, 90, 30, "Up 200% from 30 the week before"),
        (28, 7, 0, "Compared with none in the 4 weeks before"),
    ],
)
def test_the_days_before_are_called_what_people_call_them(days, now, before, said):
    report = a_report(days, posts=a_figure("posts", now, before=before), is_over=True)
    assert change(report) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1.0, "Up to yesterday: 257 posts, compared with 255 on the same days of the 4 weeks before"),
        (0.95, "Up to yesterday, counting only what was collected the same way both times: 257 posts,"
               " compared with 255 on the same days of the 4 weeks before"),
    ],
    ids=["all hours", "some hours"],
)  # fmt: skip
def test_a_number_that_leaves_hours_out_says_so(hours, said):
    window = a_report().window
    basis = Comparison(now=window, then=window, platforms=("bluesky",), hours=hours, left_out=())
    posts = replace(a_figure("posts", 272, before=255), finished=257)
    assert change(a_report(posts=posts, comparison=basis)) == said


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ((), "As in the 4 weeks before"),
        (
            (LeftOut(source="bluesky", reason="not covered in the 28 days", posts=0),),
            "Counting only what was collected the same way both times: 168 posts, as in the 4 weeks before",
        ),
    ],
    ids=["control", "a source that was off"],
)
def test_a_comparison_that_leaves_out_only_what_was_before_says_so_too(left_out, said):
    window = a_report().window
    basis = Comparison(now=window, then=window, platforms=("mastodon",), hours=1, left_out=left_out)
    posts = a_figure("posts", 168, before=168)
    assert change(a_report(posts=posts, comparison=basis, is_over=True)) == said


def test_days_to_come_are_not_called_days_that_were_missed():
    day = NOW.date() + timedelta(days=1)
    posts = replace(a_figure("posts", 5), value=None, finished=None)
    for first, said in ((day, "These dates are still to come"), (NOW.date(), "No data was collected")):
        assert change(a_report(posts=posts, window=Window(first=first, last=day))).startswith(said)


def test_an_unknown_number_is_not_shown_as_zero():
    report = a_few(a_post(metrics=Metrics(likes=None, replies=0)))
    text = client(report).get("/").text
    assert "0 replies" in text
    assert "likes</span>" not in text
    assert "0 likes" not in text


def test_a_scrubbed_post_says_so_and_has_no_link():
    text = client(a_few(a_post(text=None))).get("/").text
    assert "Deleted by its author, or removed by us" in text
    assert "https://example.org/1" not in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "http://[", ""])
def test_only_web_addresses_become_links(url):
    assert link(url) is None
    assert f'href="{url}"' not in client(a_few(a_post(url=url))).get("/").text or not url
    assert link("https://example.org/a")  # control


@pytest.mark.heavy
def test_first_run_and_made_up_data_say_so():
    never = tuple(a_source(s.name, s.title, last_success=None, outcome=None) for s in SOURCES)
    office = some_services(lambda choice: a_report(posts=a_figure("posts", 0), days=(), sources=never))
    text = create_app(replace(office, began=lambda: None)).test_client().get("/").text
    assert "No posts collected yet" in text
    assert "never." not in text
    brought = create_app(replace(office, began=lambda: date(2026, 1, 5))).test_client()
    assert "No posts collected yet" not in brought.get("/").text  # a file had posts of other days
    for path in ("/", "/sources"):
        assert "Made-up data" in page(path, demo=True)
        assert "Made-up data" not in page(path)


def test_what_was_entered_is_on_the_first_page_before_any_post_is():
    never = tuple(a_source(s.name, s.title, last_success=None, outcome=None) for s in SOURCES)
    report = a_report(posts=a_figure("posts", 0), days=(), sources=never, outcomes=(an_outcome(),))
    office = replace(some_services(lambda choice: report), began=lambda: None)
    assert '<ul class="ladder"' in create_app(office).test_client().get("/").text


def test_what_we_saw_is_not_shown_where_no_source_was_looked_at():
    assert "What we saw" not in page(covered=())
    assert "What we saw" in page()  # control


def test_while_every_source_is_off_nothing_is_promised():
    off = tuple(
        replace(a_source(s.name, s.title, last_success=None, outcome=None), on=False) for s in SOURCES
    )
    office = some_services(lambda choice: a_report(posts=a_figure("posts", 0), days=(), sources=off))
    text = create_app(replace(office, began=lambda: None)).test_client().get("/").text
    assert "Every source is switched off" in text
    assert "within minutes" not in text
    assert "0 of 0" not in text


@pytest.mark.parametrize(("role", "end"), [(False, "w"), (True, "w&author=17")], ids=["viewer", "editor"])
def test_a_sentence_about_one_account_leads_a_viewer_to_all_posts(monkeypatch, role, end):
    finding = SimpleNamespace(sentence="71 of 240 posts are by one account", address="/posts?q=w&author=17")
    monkeypatch.setattr(overview, "story", lambda report: [finding])
    monkeypatch.setattr(overview, "may", lambda asked: role)
    assert [*overview._sentences(a_report(7), "")] == [(finding.sentence, f"/posts?q={end}")]


def test_a_long_time_of_which_there_is_nothing_more_to_say_is_shown():
    posts = a_figure("posts", 60)  # as many messages, and no weeks before to compare with
    report = a_report(40, posts=posts, messages=posts, new_people=None, top=(), latest=())
    assert change(report) == ""
    assert 'id="k-posts">Posts' in client(lambda choice: report).get("/?period=campaign").text
    assert shared_tiles(report)[0]["line"].text == "In 40 days"


@pytest.mark.parametrize(
    "path", ["/", "/sources", "/nothing", "/?period=x", "/static/style.css", "/static/no"]
)
def test_every_answer_is_protected(path):
    with client().get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("error", [ArchiveError("The archive is busy."), ValueError("secret")])
def test_a_broken_report_gives_a_plain_protected_page(error):
    def broken(n):
        raise error

    answer = create_app(some_services(broken)).test_client().get("/")
    assert answer.status_code in (500, 503)
    assert "Go to this week" in answer.text
    assert "secret" not in answer.text
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", ""])
def test_a_foreign_name_is_refused(host):
    assert client().get("/", headers={"Host": host}).status_code == 400


@pytest.mark.heavy
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:5000", "[::1]:8000", "[::1]"])
def test_our_own_names_are_answered(host):
    assert client().get("/", headers={"Host": host}).status_code == 200


def test_tone_percents_add_up_to_100():
    assert sum(percents(dict.fromkeys((Tone.POSITIVE, Tone.NEUTRAL, Tone.NEGATIVE), 1)).values()) == 100
    assert percents({}) == {}


def test_a_window_is_said_without_repeating():
    assert window_words(Window(first=date(2026, 11, 16), last=date(2026, 11, 22))) == "16 to 22 November 2026"


def test_the_methods_page_says_of_every_number_what_it_is_and_what_it_cannot_say():
    text = page("/methods")
    for definition in definitions(a_report()).values():
        for said in (definition.title, definition.what, definition.formula, definition.limits):
            assert str(escape(said)) in text


NOBODY_KNOWN = Figure(definition="ceiling", value=None, known=0, of=212)


def test_reach_is_a_range_with_its_basis_and_unknown_reach_is_said():
    text = page()
    assert "1,800 to 37,000" in text
    assert "known for 182 of 212 people" in text
    assert "Assumed to be 1% to 20% of followers." in text
    assert "No platform gave follower numbers for these accounts" in page(seen=None, ceiling=NOBODY_KNOWN)
    assert "not where many offices are counted together" in page(seen=None)


def test_the_sum_of_followers_is_a_ceiling_only_where_two_thirds_are_known():
    for known, words in (
        (142, "At most 184,000 followers; known for 142 of 212 people"),
        (141, "Out of 184,000 followers, known for 141 of 212 people"),
    ):
        figure = Figure(definition="ceiling", value=184_000, known=known, of=212)
        assert words in page(ceiling=figure)


SEEN = Seen(
    low=14, high=280, measured_on=0, assumed_for=("x",), huge=1_500_000, huge_handle="@big<b>"
)  # fmt: skip
CROWD = Figure(definition="ceiling", value=1_501_400, known=15, of=16)


def test_an_account_with_most_of_the_followers_stands_beside_the_range():
    text = page(seen=SEEN, ceiling=CROWD)
    assert '<p class="v">14 to 280</p>' in re.sub(r">\s+|\s+<", lambda gap: gap[0].strip(), text)
    (words,) = [one.words for one in statements(a_report(seen=SEEN), Face.MAIL) if one.key == "seen"]
    assert words == "14 to 280 without the largest account"
    assert "Without @big&lt;b&gt;, which alone has 1.5 million followers" in text
    assert "At most 1,400 followers; known for 15 of 16 people" in text


def test_that_account_is_not_named_to_those_who_are_not_to_know_who_posted():
    report = nameless(a_report(seen=SEEN, ceiling=CROWD))
    words = " ".join(note.text for tile in shared_tiles(report) for note in tile["notes"])
    assert "Without one account, which alone has 1.5 million followers" in words
    assert (report.seen.huge, report.seen.huge_handle) == (1_500_000, None)
    assert nameless(a_report(seen=None)).seen is None


def test_a_measured_range_says_on_how_many_posts():
    seen = Seen(low=10, high=10, measured_on=45, assumed_for=())
    assert (between(seen.low, seen.high), basis(seen)) == ("10", "based on the views of 45 posts")
    partly = basis(replace(seen, assumed_for=("x",)))
    assert partly.endswith("; assumed to be 1% to 20% of followers for X")


@pytest.mark.parametrize(
    ("finished", "is_over", "said"),
    [
        (130, True, "Usually 80 to 120"),
        (
            110,
            True,
            "Counting only what was collected the same way in every week: 110 posts, usually 80 to 120",
        ),
        (90, False, "Up to yesterday: 90 posts, usually 80 to 120"),
    ],
)
def test_a_week_is_told_with_the_usual_one(finished, is_over, said):
    usual = Usual(median=100, low=80, high=120, weeks=8)
    posts = replace(a_figure("posts", 130), finished=finished, usual=usual)
    assert change(a_report(posts=posts, is_over=is_over)) == said


def test_settings_say_how_old_the_last_proven_copy_is():
    def page(**services: Any) -> str:
        office = some_services(lambda choice: a_report(length(choice.window).days, sources=()), **services)
        return create_app(office).test_client().get("/settings").text

    words = "Last verified backup: today 03:10, 41,220 posts."
    assert words in page(backup=lambda: words)
    assert "proven copy" not in page()
