"""The weekly mail from end to end: decided on, written for each reader, delivered; and its numbers."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from dashboard import create_app
from monitor.archive import Archive, ArchiveReader
from monitor.collect.source_status import states as source_states
from monitor.core.clock import ClockCheck
from monitor.demo import fill
from monitor.digest.content import letter
from monitor.mail.job_runner import Job, Jobs
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import DigestRun, MailStore
from monitor.mail.weekly.decision import decide
from monitor.report.build import build
from tests.dashboard.browser.site import WHOLE, Plain, services
from tests.dashboard.reports import a_figure
from tests.mail.messages import CAMPAIGN, by_smtp, states
from tests.mail.week_decider import ZONE, Time, a_campaign, a_weekly

pytestmark = pytest.mark.heavy

MONDAY = datetime(2026, 11, 23, 8, 5, tzinfo=ZONE)


@pytest.fixture
def time():
    return Time(MONDAY)


@pytest.fixture
def weekly(store, time):
    return a_weekly(store, time)


def decisions(weekly):
    return [(one.week, one.decision, one.why) for one in weekly.store.weeks(CAMPAIGN, weekly.clock())]


def test_on_monday_each_reader_is_written_to_once(weekly, server):
    decide(weekly)
    decide(weekly)
    assert decisions(weekly) == [("2026-W47", "sent", "")]
    assert deliver(weekly.store, by_smtp(server.port), weekly.clock) == 2
    keys = {one.address: one.key for one in weekly.readers()}
    for one in server.taken:
        mail = message_from_bytes(one.body, policy=policy.default)
        (reader,) = one.readers
        assert (mail["To"], mail["Subject"]) == (reader, "#CallingTimeOnCrime: A usual week: 567 posts")
        link = f"https://dash.example.org/mail/{keys[reader]}"
        assert link in mail.get_body(("plain",)).get_content()
        assert link in mail.get_body(("html",)).get_content()
        assert mail["List-Unsubscribe"].startswith(f"<{link}>")
        assert [part.get_content_type() for part in mail.walk()][-1] == "image/png"


@pytest.mark.slow
def test_before_its_hour_nothing_is_decided_and_on_tuesday_it_goes_late_and_says_so(weekly, time):
    decide(weekly)
    time.now = MONDAY + timedelta(days=6, hours=23, minutes=54)
    assert decide(weekly) == []
    time.now += timedelta(days=1)
    (done,) = decide(weekly)
    assert (done.week, done.decision) == ("2026-W48", "late")
    assert done.why == "This was due on Monday 30 November."
    body = weekly.store.claim(time.now), weekly.store.claim(time.now), weekly.store.claim(time.now)
    text = message_from_bytes(body[2].body, policy=policy.default).get_body(("plain",)).get_content()
    assert "This was due on Monday 30 November." in text


def test_what_was_mailed_is_remembered_and_not_what_was_skipped(store, time):
    mailed = []
    weekly = replace(a_weekly(store, time), remember=mailed.append)
    decide(weekly)
    decide(weekly)
    assert [report.posts.value for report in mailed] == [567]
    time.now += timedelta(days=17)
    decisions = [run.decision for run in decide(weekly)]
    assert "skipped" in decisions
    assert len(mailed) == 1 + len(decisions) - decisions.count("skipped")


@pytest.mark.slow
def test_who_asks_on_tuesday_still_gets_it_and_without_anybody_the_week_is_skipped(store, time):
    alone = a_weekly(store, time, a_campaign(recipients=()))
    assert decide(alone) == []
    time.now += timedelta(days=1)
    store.agree(store.ask("digest", "ann@example.org", by="Ann", now=time.now).key, time.now)
    assert [one.decision for one in decide(alone)] == ["late"]
    store.leave(store.subscriptions()[0].key, time.now)
    time.now += timedelta(days=10)
    assert [(one.decision, one.why) for one in decide(alone)] == [("skipped", "Nobody was on the list.")]


def test_what_was_due_before_the_program_was_set_up_is_not_made_up_for(store, time):
    new = a_weekly(store, time, posts=a_figure("posts", None))
    assert [(one.week, one.decision) for one in decide(new)] == [("2026-W47", "skipped")]
    assert new.store.deliveries(CAMPAIGN) == ()
    assert "set up after it was due" in decisions(new)[0][2]


def test_a_machine_that_cannot_draw_sends_the_numbers_of_the_chart_in_words(weekly, monkeypatch):
    from monitor.charts.svg_to_png import PictureError
    from monitor.mail.weekly import writing as module

    def cannot(svg, *, width):
        raise PictureError("no")

    monkeypatch.setattr(module, "png", cannot)
    decide(weekly)
    mail = message_from_bytes(weekly.store.claim(MONDAY).body, policy=policy.default)
    assert "image/png" not in [part.get_content_type() for part in mail.walk()]
    assert "Mon 16: 28; Tue 17: 42" in mail.get_body(("html",)).get_content()


@pytest.mark.slow
def test_who_is_on_the_list_of_the_office_is_told_so_and_who_asked_too(weekly, time):
    decide(weekly)
    weekly.store.agree(weekly.store.ask("digest", "cat@example.org", by="Cat", now=MONDAY).key, MONDAY)
    time.now += timedelta(days=7)
    decide(weekly)
    said = {}
    while mail := weekly.store.claim(time.now):
        text = message_from_bytes(mail.body, policy=policy.default).get_body(("plain",)).get_content()
        said[mail.address] = re.search(r"because (.*?)\.", text)[1]
    assert said["cat@example.org"] == "you subscribed"
    assert said["ann@example.org"] == "the campaign team added you"
    assert set(states(weekly.store).values()) == {"claimed"}


@pytest.mark.slow
def test_its_numbers_are_those_of_the_dashboard(tmp_path, monkeypatch):
    path, at = tmp_path / "a.db", MONDAY
    monkeypatch.setattr("tests.dashboard.browser.site.NOW", at)
    with Archive.open(path, WHOLE.zone, demo=True) as archive:
        fill(archive, WHOLE, Plain(), at, posts=3000)
    with ArchiveReader.open(path, WHOLE.zone) as archive:

        def report(window, now):
            found = source_states(archive, WHOLE, now)
            return build(archive, WHOLE, window, now=now, sources=found)

        store, campaign = MailStore.open(tmp_path / "access.db"), replace(WHOLE, digest=a_campaign().digest)
        weekly = replace(a_weekly(store, Time(at), campaign), report=report)
        decide(weekly)
    mail = message_from_bytes(weekly.store.claim(at).body, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    app = create_app(replace(services(path), now=lambda: at)).test_client()
    days = "since=2026-11-16&until=2026-11-22"
    shown = app.get(f"/api/v1/report?{days}").json
    for title, name in (("Posts", "posts"), ("People posting", "people"), ("Engagement", "engagement")):
        assert re.search(rf"{title}: {shown[name]['value']:,}\b", text)
    page = app.get(f"/?{days}").text
    assert mail["Subject"].partition(": ")[2] in page
    seen = re.search(r"Likely seen: (.*?) \(", text)[1]
    for number in (seen, *re.findall(r"\w{3} \d+: ([\d,]+)[,.]", text)):
        assert number in page


def test_a_letter_written_twice_is_the_same(weekly):
    report = weekly.report(None, MONDAY)
    assert letter(report, base="https://x.example") == letter(report, base="https://x.example")


def test_one_reader_who_cannot_be_written_to_costs_no_other_the_mail(weekly, monkeypatch, caplog):
    from monitor.mail import message as module

    real = module.message

    def picky(content, heading, sender):
        if heading.to.startswith("ann"):
            raise ValueError("an odd address")
        return real(content, heading, sender)

    monkeypatch.setattr(module, "message", picky)
    assert [one.decision for one in decide(weekly)] == ["sent"]
    assert [one.address for one in weekly.store.deliveries(CAMPAIGN)] == ["bob@example.org"]
    assert "cannot be written to" in caplog.text


@pytest.mark.slow
def test_a_clock_that_was_years_ahead_for_a_moment_costs_no_later_mail(weekly, time):
    decide(weekly)
    time.now = MONDAY + timedelta(days=5 * 365)
    assert len(decide(weekly)) > 200
    time.now = MONDAY + timedelta(days=7)
    assert [(one.week, one.decision) for one in decide(weekly)] == [("2026-W48", "sent")]
    assert decisions(weekly) == [("2026-W48", "sent", ""), ("2026-W47", "sent", "")]


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_clock_that_is_nine_days_ahead_for_a_minute_skips_no_week(weekly, time, is_checked):
    step = timedelta()
    check = ClockCheck(clock=time, uptime=lambda: (time.now - step).timestamp())
    decided = list[DigestRun]()
    job = Job(act=lambda stop: decided.extend(decide(weekly)), is_final=is_checked)  # the control: it is not
    jobs = Jobs(jobs={"the weekly mail": job}, clock=time, is_believable=check.is_believable)

    def turn():
        decided.clear()
        jobs(lambda: False)
        return [*decided]

    time.now = MONDAY - timedelta(minutes=10)
    assert [one.week for one in turn()] == ["2026-W46"]
    step = timedelta(days=9)
    time.now = MONDAY + step
    wrong = turn()
    assert bool(wrong) != is_checked
    step = timedelta()
    time.now = MONDAY + timedelta(minutes=1)
    assert [(one.week, one.decision) for one in turn()] == [("2026-W47", "sent")]
    sent = {one.period for one in weekly.store.deliveries(CAMPAIGN)}
    assert (sent == {"2026-W47"}) == is_checked
