"""The page about trust in the tone, and the reading of a week's sample on it."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from dashboard import create_app
from dashboard.pages.charts import tone_finding
from monitor.core.model import Tone
from monitor.report import Checked, Net, ToneShares, Window
from monitor.report.build import build
from monitor.report.wording import points, tone_checked, tone_ranges
from monitor.tone.adjustment import Adjustment, Moves, Rightness
from tests.archive.saving import saved
from tests.builders import a_page
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW, a_report

pytestmark = pytest.mark.heavy

MONDAY = date(2026, 11, 16)  # of the week that the posts are from; the office's clock is a week on
LATER = NOW + timedelta(days=7)
WEEK = "week=2026-11-16"
LAST_WEEK = Window(first=MONDAY, last=MONDAY + timedelta(days=6))


@pytest.fixture
def site(tmp_path):
    posts = [
        then(
            id=str(n),
            by=f"secret{n}",
            text=f"What they said, number {n}",
            created_at=THEN - timedelta(hours=n),
        )
        for n in range(60)
    ]
    with an_archive(tmp_path) as archive:
        saved(archive, a_page(*posts), track=TRACK)
        saved(archive, a_page(then(id="x", platform="x", text="On X")), track=TRACK, source="x")
    return create_app(archived_office(tmp_path, now=lambda: LATER)).test_client()


def audit(tmp_path):
    with an_archive(tmp_path) as archive:
        return next(archive.tone_audits.samples(TRACK, MONDAY, MONDAY))


def say(site, post: object, tone: str = "negative", **more):
    return site.post(f"/tone/read?{WEEK}", data={"post": post, "tone": tone} | more)


def test_before_anything_is_read_the_tone_is_said_to_be_a_guess(site):
    page = site.get("/tone").text
    assert "the program’s estimate, not checked" in page
    assert "Start reading" in page
    assert site.get(f"/tone/read?{WEEK}").location == "/tone"


@pytest.mark.slow
def test_a_week_is_drawn_read_and_told(site, tmp_path):
    answer = site.post("/tone/draw")
    assert (answer.status_code, answer.location) == (303, f"/tone/read?{WEEK}")
    for _ in range(50):
        post = audit(tmp_path).unread[0].post
        assert f'name="post" value="{post}"' in site.get(f"/tone/read?{WEEK}").text
        assert say(site, post).location == f"/tone/read?{WEEK}&last={post}"
    assert "All 50 read" in site.get(f"/tone/read?{WEEK}").text
    page = site.get("/tone").text
    assert "There is nothing to do until Monday" in page
    assert 'data-label="Net tone">−100' in page
    assert "agreed with you on 0 of 50 posts" in page


def read_all(tmp_path, tone: Tone) -> None:
    with an_archive(tmp_path) as archive:
        archive.tone_audits.draw(TRACK, MONDAY, 50, chance=Random(1), now=LATER)
        sample = next(archive.tone_audits.samples(TRACK, MONDAY, MONDAY)).sample
        archive.annotations.label([one.post for one in sample], "tone", tone, by="jo", now=LATER)


def test_what_was_read_takes_the_programs_lean_out_of_the_shares(site, tmp_path):
    """The program calls all 60 posts of the week neutral; the 50 that a person has read are negative."""
    early = [then(id=f"e{n}", by=f"e{n}", created_at=THEN - timedelta(days=9)) for n in range(8)]
    with an_archive(tmp_path) as archive:
        saved(archive, a_page(*early), track=TRACK, tone=Tone.POSITIVE)
    month = Window(first=MONDAY - timedelta(days=21), last=MONDAY + timedelta(days=6))

    def built(window: Window = month, *platforms: str):
        with an_archive(tmp_path) as archive:
            return build(archive, CAMPAIGN, window, now=LATER, sources=(), platforms=frozenset(platforms))

    assert (built().tone_shares, built().net_tone) == (None, 12)
    assert tone_finding(built()) == "The program’s estimate: most posts sound neutral, 88% over 4 weeks"
    read_all(tmp_path, Tone.NEGATIVE)
    report = built()
    assert tone_finding(report) == "8 to 12% of posts sound positive, 86 to 94% negative over 4 weeks"
    assert (round(100 * report.tone_shares.elsewhere), report.net_tone) == (12, -79)
    assert built(month, "mastodon").tone_shares is None  # nobody read those of one platform only
    assert built(Window(first=LATER.date(), last=LATER.date())).tone_shares is None  # it has no posts


def test_where_too_little_was_read_lately_samples_of_any_age_count(site, tmp_path, monkeypatch):
    """The program calls posts of a past week neutral, of which 50 were read: all are negative."""
    read_all(tmp_path, Tone.NEGATIVE)
    weeks = timedelta(weeks=9)
    window = Window(first=MONDAY + weeks, last=MONDAY + weeks + timedelta(days=6))
    with an_archive(tmp_path) as archive:
        for tone in (Tone.NEUTRAL, Tone.POSITIVE):
            posts = [then(id=f"{tone}{n}", by=f"{tone}{n}", created_at=THEN + weeks) for n in range(50)]
            saved(archive, a_page(*posts), track=TRACK, tone=tone)

    def built(enough: int):
        monkeypatch.setattr("monitor.report.tone_estimate.MANY", enough)
        with an_archive(tmp_path) as archive:
            return build(archive, CAMPAIGN, window, now=LATER + weeks, sources=())

    assert built(51).tone_shares is None
    found = built(50).tone_shares
    assert (found.read, found.elsewhere, round(found.shares[Tone.NEGATIVE].value)) == (50, 1, 67)
    assert found.shares[Tone.NEGATIVE].high - found.shares[Tone.NEGATIVE].low > 28  # four times 7 points
    assert "by 50 posts read by people in other weeks" in tone_ranges(built(50))


LEARNED = Adjustment(250, Rightness(150, 200, 125), Rightness(175, 150, 120), Moves(0.9, -0.2, 0.4))


@pytest.mark.parametrize(("learned", "sentences"), [
    (None, ["the tone of 200 different texts in random samples (so far: "]),
    (LEARNED, ["are adjusted to the tones that you chose for 250 texts", "again when there are 313."]),
    (LEARNED._replace(moves=None), ["are not adjusted, as it would not help, to the tones that you chose"]),
], ids=["too few labels", "adjusted", "no help"])  # fmt: skip
def test_the_page_says_what_labels_do_to_scores(site, tmp_path, learned, sentences):
    if learned:
        with an_archive(tmp_path) as archive:
            archive.tone_scores.save_adjustment("", json.dumps(learned))
    page = " ".join(site.get("/tone").text.split())
    assert [one for one in sentences if one not in page] == []
    rows = re.findall(r'adjusted">(\d+)</td><td data-label="Adjusted">(\d+)', page)
    assert rows == ([("60", "70"), ("80", "60"), ("62", "80")] if learned else [])


@pytest.mark.parametrize(
    ("is_rescoring", "words"), [(False, "within minutes"), (True, "when all posts are scored")]
)
def test_with_enough_labels_it_is_tried_soon(tmp_path, monkeypatch, is_rescoring, words):
    monkeypatch.setattr("dashboard.tone.accuracy.ENOUGH", 0)
    report = a_report(7, is_rescoring=is_rescoring)
    services = archived_office(tmp_path, now=lambda: LATER, report=lambda choice: report)
    assert (
        f"different texts: {words}, the program tests" in create_app(services).test_client().get("/tone").text
    )


def test_the_page_says_whether_labels_correct_the_shares(tmp_path):
    read = ToneShares(read=240, elsewhere=1.0, shares={})
    for report, words in (
        (a_report(7), "200 of all samples. You have read 0 of these."),
        (a_report(7, tone_shares=read), "corrected using 240 posts that you read in random samples."),
        (
            a_report(7, is_rescoring=True),
            "now. Half are done. What you have read of random samples (0 posts) will count again then.",
        ),
    ):
        services = archived_office(
            tmp_path, now=lambda: LATER, report=lambda choice, it=report: it, tone=lambda: "Half are done."
        )
        assert words in create_app(services).test_client().get("/tone").text


def test_how_much_is_read_is_told_alike_above_the_weeks_and_among_them(site, tmp_path):
    site.post("/tone/draw")
    with an_archive(tmp_path) as archive:
        for place in (0, 1, 7):  # the last by the same words elsewhere: it waits for its turn
            archive.annotations.label(
                [audit(tmp_path).sample[place].post], "tone", "neutral", by="jo", now=LATER
            )
    page = site.get("/tone").text
    assert "<p>2 of 50 read.</p>" in page
    assert "2 of the 50 drawn" in page


def test_who_wrote_it_and_what_the_program_says_are_not_shown_to_the_reader(site, tmp_path):
    site.post("/tone/draw")
    page = site.get(f"/tone/read?{WEEK}").text
    assert "What they said" in page or "On X" in page
    assert "secret" not in page
    assert "automatic" not in page


def test_it_can_be_stopped_and_gone_on_with(site, tmp_path):
    site.post("/tone/draw")
    first = audit(tmp_path).sample[0].post
    say(site, first)
    site.post("/tone/draw")  # somebody presses it again
    assert audit(tmp_path).sample[0].post == first
    assert "1 of 50 read" in site.get("/tone").text
    assert "Post 2 of 50" in site.get(f"/tone/read?{WEEK}").text


def test_a_stance_may_be_said_too_and_is_not_told_of_few(site, tmp_path):
    site.post("/tone/draw")
    with an_archive(tmp_path) as archive:  # chance may draw it first, and all before it have to be read
        archive.ingest.delete({row.id for row in archive.posts.every() if row.platform == "x"})
    first, second, *_ = [one.post for one in audit(tmp_path).readable]
    say(site, first, stance="support")
    say(site, second, "positive", stance="")
    page = site.get("/tone").text
    assert "Support by week needs enough posts that are labelled" in page
    assert not re.search(r"support(?!s?er| by)|secret", page, re.IGNORECASE)
    with an_archive(tmp_path) as archive:
        [label] = archive.annotations.of_posts([first])[first].labels[:1]
    assert (label.field, label.value) == ("stance", "support")


def test_no_stance_is_asked_or_kept_of_a_post_of_x(site, tmp_path):
    with an_archive(tmp_path) as archive:
        [post] = [row.id for row in archive.posts.every() if row.platform == "x"]
        assert archive.annotations.label([post], "stance", "support", by="jo", now=THEN) == 0
        archive.ingest.delete(set(range(1, 62)) - {post})
    site.post("/tone/draw")
    assert 'name="stance"' not in site.get(f"/tone/read?{WEEK}").text
    assert say(site, post, stance="support").status_code == 303
    assert audit(tmp_path).sample[0].label == Tone.NEGATIVE
    with an_archive(tmp_path) as archive:
        assert {label.field for label in archive.annotations.of_posts([post])[post].labels} == {"tone"}
    assert "For or against what the campaign asks" not in site.get(f"/posts/{post}").text


@pytest.mark.parametrize(
    "form",
    [
        {"tone": "lovely"},
        {"post": "x"},
        {"stance": "x"},
        {"post": "9" * 30},
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(site, tmp_path, form):
    site.post("/tone/draw")
    post = audit(tmp_path).sample[0].post
    assert site.post(f"/tone/read?{WEEK}", data={"post": post, "tone": "neutral"} | form).status_code == 400
    assert len(audit(tmp_path).unread) == 50


@pytest.mark.parametrize("week", ["", "x", "2026-11-17", "0001-01-01", "9999-12-31", "2019-01-07"])
def test_another_week_is_the_last_one_or_has_nothing_to_read(site, week):
    assert site.get(f"/tone/read?week={week}").location == "/tone"


def test_a_post_outside_of_the_sample_cannot_be_said_of_here(site, tmp_path):
    site.post("/tone/draw")
    outside = set(range(1, 62)) - {one.post for one in audit(tmp_path).sample}
    assert "was_read" in say(site, min(outside)).location
    with an_archive(tmp_path) as archive:
        assert archive.annotations.of_posts([min(outside)]) == {}


def made(tmp_path, window: Window = LAST_WEEK, **asked):
    with an_archive(tmp_path) as archive:
        return build(archive, CAMPAIGN, window, now=LATER, sources=(), **asked)


def test_the_report_takes_its_word_from_the_sample_that_was_read(tmp_path, site):
    assert (made(tmp_path).checked, made(tmp_path).to_read) == (
        None,
        None,
    )  # 61 posts: too few to be asked for
    with an_archive(tmp_path) as archive:
        archive.tone_audits.draw(TRACK, MONDAY, 50, chance=Random(1), now=LATER)
        archive.annotations.label(
            [one.post for one in audit(tmp_path).sample], "tone", "positive", by="jo", now=LATER
        )
    found = made(tmp_path).checked
    assert (found.week, found.read, found.posts, found.net.value) == (LAST_WEEK, 50, 61, 100)
    assert made(tmp_path, platforms=frozenset({"mastodon"})).checked is None
    for days, is_told in ((-1, False), (0, True), (28, True), (29, False)):
        window = Window(
            first=LAST_WEEK.first + timedelta(days=days), last=LAST_WEEK.last + timedelta(days=days)
        )
        assert bool(made(tmp_path, window).checked) is is_told, days


def test_a_sample_is_asked_for_while_the_last_week_is_unread_and_large_enough(tmp_path, site):
    more = [then(id=f"m{n}", text=f"More {n}") for n in range(40)]
    with an_archive(tmp_path) as archive:
        saved(archive, a_page(*more), track=TRACK)
    assert made(tmp_path).to_read == LAST_WEEK
    assert made(tmp_path, platforms=frozenset({"mastodon"})).to_read is None
    with an_archive(tmp_path) as archive:
        archive.tone_audits.draw(TRACK, MONDAY, 50, chance=Random(1), now=LATER)
        archive.annotations.label(
            [one.post for one in audit(tmp_path).sample], "tone", "positive", by="jo", now=LATER
        )
    assert made(tmp_path).to_read is None


def test_two_who_read_at_once_do_not_overwrite_each_other(site, tmp_path):
    site.post("/tone/draw")
    post = audit(tmp_path).sample[0].post
    say(site, post, "negative")
    answer = say(site, post, "positive")
    assert "nothing was changed" in site.get(answer.location).text
    assert audit(tmp_path).sample[0].label == Tone.NEGATIVE


def test_what_is_not_about_the_campaign_is_put_aside(site, tmp_path):
    site.post("/tone/draw")
    post = audit(tmp_path).sample[0].post
    say(site, post, "not ours")
    assert (len(audit(tmp_path).readable), audit(tmp_path).sample[0].is_gone) == (49, True)
    assert "Post 1 of 49" in site.get(f"/tone/read?{WEEK}").text


def test_a_week_without_posts_is_said_to_have_none(tmp_path):
    with an_archive(tmp_path):
        pass
    site = create_app(archived_office(tmp_path, now=lambda: LATER)).test_client()
    answer = site.post("/tone/draw")
    assert "has no posts to read" in site.get(answer.location).text


def test_many_posts_that_came_later_ask_for_another_draw(site, tmp_path):
    site.post("/tone/draw")
    with an_archive(tmp_path) as archive:
        saved(archive, a_page(*[then(id=f"late{n}", text=f"Late {n}") for n in range(9)]), track=TRACK)
    page = site.get("/tone").text
    assert "9 posts of that week came after its sample was drawn" in page
    assert "Draw a new sample" in page
    site.post("/tone/draw")
    assert audit(tmp_path).posts == 70


def test_a_check_is_told_in_words():
    assert tone_checked(a_report(7)) is None
    week = Window(first=date(2026, 11, 9), last=date(2026, 11, 15))
    net = Net(value=-12.4, low=-31.0, high=6.8, doubt=19.0)
    check = Checked(week=week, net=net, read=50, posts=1234, before=None, change=None)
    words = "from reading 50 of 1,234 posts in English: −12, between −31 and +7."
    said = f"Net tone (percent positive minus percent negative) for 9 to 15 November 2026, {words}"
    assert tone_checked(a_report(7, checked=check)) == said
    up = replace(check, before=week, change=Net(value=40.0, low=12.0, high=68.0, doubt=28.0))
    assert tone_checked(a_report(7, checked=up)).endswith(" Clearly up from 9 to 15 November 2026.")
    level = replace(check, before=week, change=Net(value=-4.0, low=-32.0, high=24.0, doubt=28.0))
    assert tone_checked(a_report(7, checked=level)).endswith(" No clear change from 9 to 15 November 2026.")
    assert "all 50 posts" in tone_checked(a_report(7, checked=replace(check, posts=50)))


@pytest.mark.parametrize(("value", "said"), [(12.4, "+12"), (-0.4, "0"), (-12.6, "−13"), (0.0, "0")])
def test_points_have_a_sign(value, said):
    assert points(value) == said
