"""From posts in an archive to people who are told: once, and not at night."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.burst import hours
from monitor.archive import Archive
from monitor.campaign import AlertSettings, SourceSettings
from monitor.core.model import Metrics
from monitor.mail.alert_job import AlertJob, awake
from monitor.mail.collector_watch import watching
from monitor.mail.outbox_delivery import deliver
from monitor.mail.store import MailStore
from tests.builders import a_page, a_post, a_sentiment
from tests.dashboard.reports import a_source
from tests.mail.messages import SENDER, by_smtp
from tests.mail.week_decider import TRACK, ZONE, Time, a_campaign

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ON = SourceSettings(on=True, every_minutes=15)


class Office:
    """An archive of a quiet month, a clock, and readers of alerts."""

    def __init__(self, folder, **settings):
        self.path, self.time = folder / "a.db", Time(NOW)
        alerts = AlertSettings(**{"recipients": ("ann@example.org", "bob@example.org")} | settings)
        self.campaign = replace(a_campaign(), sources={"mastodon": ON, "x": ON}, alerts=alerts)
        self.store = MailStore.open(folder / "access.db")
        self.sources = (a_source("mastodon", "Mastodon", last_success=NOW),)
        self.watch = self.watching()
        chance = random.Random(1)
        self.save(
            a_post(
                id=f"q{n}",
                by=f"p{n % 40}",
                created_at=NOW - timedelta(hours=n * 5),
                likes=chance.randrange(9),
            )
            for n in range(1, 150)
        )
        self.save((), covered=NOW - timedelta(days=40), started=NOW - timedelta(days=30))

    def watching(self):
        """Return a watch as a worker that has just started has it."""
        return AlertJob(
            campaign=self.campaign, store=self.store, sender=SENDER, clock=self.time,
            archive=lambda: Archive.open(self.path, ZONE), states=lambda archive, now: self.sources,
        )  # fmt: skip

    def save(self, posts, covered=None, now=None, *, started=None, source="mastodon", stream="mastodon"):
        posts, now = tuple(posts), now or self.time.now
        page = replace(a_page(*posts), stream=stream)
        if covered:
            page = replace(page, since=covered, until=now)
        with Archive.open(self.path, ZONE) as archive:
            archive.ingest.save(
                page, source=source, track=TRACK.name, scores=[a_sentiment() for _ in posts],
                analyzer="plain", started_at=started or now, now=now,
            )  # fmt: skip

    def later(self, **time):
        self.time.now += timedelta(**time)
        self.sources = tuple(replace(one, last_success=self.time.now) for one in self.sources)
        return self.watch.look()


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def a_crowd(many: int, at: datetime, platform: str = "mastodon"):
    return [a_post(id=f"c{n}{at:%H%M}", by=f"c{n}", created_at=at, platform=platform) for n in range(many)]


def rules(told):
    return [one.rule for one in told]


def test_a_crowd_is_told_of_once_to_each_reader_with_links_and_a_way_out(office, server):
    assert office.watch.look() == []
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    assert rules(office.later(minutes=10)) == ["burst"]
    assert office.later(minutes=10) == []
    assert office.later(minutes=50) == []
    assert deliver(office.store, by_smtp(server.port), office.time) == 2
    text = server.taken[0].body.decode()
    assert "15 people joined in from 15:00 to 15:40" in text
    assert "https://dash.example.org/posts?since=3D2026-11-23" in text
    reader = next(one for one in office.store.subscriptions("alerts") if one.address == "ann@example.org")
    assert f"List-Unsubscribe: <https://dash.example.org/mail/{reader.key}>" in text


def test_a_worker_that_starts_again_tells_nothing_twice(office):
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    assert rules(office.watch.look()) == ["burst"]
    office.watch = office.watching()
    assert office.later(minutes=11) == []


def test_two_workers_at_once_tell_it_once(office):
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    told = [*office.watching().look(), *office.watching().look()]
    assert rules(told) == ["burst"]


def test_one_loud_voice_and_posts_of_x_raise_nothing(office):
    office.save(a_post(id=f"l{n}", by="loud", created_at=NOW - timedelta(minutes=n)) for n in range(40))
    office.save(a_crowd(40, NOW - timedelta(minutes=20), platform="x"))
    assert office.watch.look() == []


def test_a_post_that_rises_is_told_of_and_one_that_was_big_before_we_saw_it_is_not(office):
    new = a_post(id="new", by="n", created_at=NOW - timedelta(hours=5), likes=1)
    office.save([new], now=NOW - timedelta(hours=4))
    office.save([a_post(id="old", by="o", created_at=NOW - timedelta(hours=9), likes=500)])
    assert office.watch.look() == []
    office.save([replace(new, metrics=Metrics(likes=40))])
    (told,) = office.later(minutes=10)
    assert (told.rule, told.title) == ("rising", "A post got 39 reactions in three hours")


@pytest.mark.slow
def test_a_question_is_told_of_however_many_posts_are_newer_and_once(office):
    ask = a_post(
        id="ask", by="ask", text="Where can I sign this?", created_at=NOW - timedelta(hours=6), likes=9
    )
    mark = a_post(id="url", by="url", text="See https://e.example/?a=1", created_at=NOW, likes=9)
    office.save([ask, mark, replace(ask, id="answered", metrics=Metrics(likes=30, replies=1))])
    office.save(a_post(id=f"n{n}", by="n", created_at=NOW - timedelta(minutes=n)) for n in range(30))
    (told,) = office.watch.look()
    assert told.title == "A post with 9 reactions asks a question"
    for _ in range(60):  # ten hours: it is not told of again
        assert office.later(minutes=10) == []


def test_two_posts_that_rise_are_told_of_one_after_the_other(office):
    first = [a_post(id=f"r{n}", by=f"r{n}", created_at=NOW - timedelta(hours=1), likes=1) for n in range(2)]
    office.save(first, now=NOW - timedelta(minutes=50))
    office.watch.look()
    office.save(replace(post, metrics=Metrics(likes=40 + n)) for n, post in enumerate(first))
    told = [*office.later(minutes=10)]
    for _ in range(7):
        told += office.later(minutes=10)
    assert rules(told) == ["rising", "rising"]
    assert len({one.subject for one in told}) == 2


def test_in_the_quiet_hours_people_are_told_in_the_morning(office, server):
    office.time.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    office.sources = (replace(office.sources[0], last_success=office.time.now),)
    office.save((), covered=NOW)
    office.save(a_crowd(15, office.time.now - timedelta(minutes=20)))
    assert rules(office.watch.look()) == ["burst"]
    assert deliver(office.store, by_smtp(server.port), office.time) == 0
    office.time.now = datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert deliver(office.store, by_smtp(server.port), office.time) == 2


@pytest.mark.parametrize(("at", "told"), [
    ("2026-11-23T12:00", "2026-11-23T12:00"), ("2026-11-23T22:00", "2026-11-24T07:00"),
    ("2026-11-24T03:00", "2026-11-24T07:00"), ("2026-11-24T07:00", "2026-11-24T07:00"),
    ("2027-03-27T23:00", "2027-03-28T07:00"), ("2026-10-24T23:00", "2026-10-25T07:00"),
])  # fmt: skip
def test_morning_comes_by_the_campaigns_clock(at, told):
    now = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    assert awake(now.astimezone(UTC), a_campaign()) == datetime.fromisoformat(told).replace(tzinfo=ZONE)


def test_without_quiet_hours_people_are_told_at_once():
    campaign = replace(a_campaign(), alerts=AlertSettings(quiet_from=0, quiet_until=0))
    assert awake(NOW, campaign) == NOW
    by_day = replace(a_campaign(), alerts=AlertSettings(quiet_from=9, quiet_until=17))
    assert awake(NOW, by_day) == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_a_worker_that_was_away_says_so_when_it_is_back(office):
    office.watch.look()
    office.watch = office.watching()
    told = office.later(hours=5)
    assert [one.title for one in told] == [
        "The monitor was down from 15:30 on Monday 23 November to 20:30 on Monday 23 November"
    ]


def test_a_look_that_breaks_forgets_no_night_and_alerts_switched_off_are_no_night(office, monkeypatch):
    office.watch.look()
    office.watch = office.watching()
    office.time.now += timedelta(hours=9)
    monkeypatch.setattr("monitor.alerts.rules.alerts", lambda seen: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        office.watch.look()
    monkeypatch.undo()
    office.watch = office.watching()
    assert rules(office.later(minutes=10)) == ["asleep"]
    off = replace(office.campaign, alerts=replace(office.campaign.alerts, on=False))
    office.watch.campaign = off
    for _ in range(20):
        assert office.later(minutes=10) == []
    office.watch.campaign = office.campaign
    assert office.later(minutes=10) == []


def test_a_source_that_stops_is_told_of(office):
    office.watch.look()
    office.time.now += timedelta(minutes=11)
    stopped = replace(office.sources[0], last_success=NOW - timedelta(hours=4), last_poll=office.time.now)
    office.sources = (stopped,)
    assert rules(office.watch.look()) == ["silent mastodon"]


def test_who_left_is_told_nothing_and_switched_off_there_is_nothing(tmp_path):
    office = Office(tmp_path, on=False)
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    assert office.watch.look() == []
    office.campaign = replace(office.campaign, alerts=replace(office.campaign.alerts, on=True))
    office.watch = office.watching()
    office.store.list_readers("alerts", ["ann@example.org"], NOW)
    office.store.leave(office.store.subscriptions("alerts")[0].key, NOW)
    assert rules(office.watch.look()) == ["burst"]
    assert [one.address for one in office.store.deliveries(TRACK.name)] == ["bob@example.org"]


def test_hours_that_nobody_collected_are_no_quiet_hours(tmp_path):
    office = Office(tmp_path)
    with Archive.open(office.path, ZONE) as archive, archive.db.conn as db:
        db.execute("DELETE FROM coverage")
        db.execute("DELETE FROM seen")
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    assert office.watch.look() == []


def joined(office):
    with Archive.open(office.path, ZONE) as archive:
        scope = archive.stats.scope(TRACK.name, (NOW - timedelta(days=28)).date(), NOW.date())
        joiners = archive.alerts.joiners(scope, NOW - timedelta(days=2), NOW)
    return sum(one.people for one in joiners), sum(one.newcomers for one in joiners)


def test_who_posts_again_within_six_hours_joins_in_once_and_is_new_once(office):
    before = joined(office)
    gaps = (30, 25, 24, 2, 0)  # hours ago: in, still in, still in, in again, still in
    office.save(a_post(id=f"v{n}", by="voice", created_at=NOW - n * HOUR) for n in gaps)
    assert joined(office) == (before[0] + 2, before[1] + 1)


@pytest.mark.parametrize(
    ("source", "stream"),
    [("import", "import:tweets.csv"), ("by-hand", "by-hand"), ("mastodon", "back:mastodon:a/b")],
    ids=["import", "by hand", "look back"],
)
def test_what_nobody_saw_happen_is_no_burst(office, source, stream):
    office.save(a_crowd(25, NOW - timedelta(minutes=20)), source=source, stream=stream)
    assert office.watch.look() == []
    office.save(a_crowd(25, NOW - timedelta(minutes=10)))  # the control: others, seen as they came
    assert rules(office.later(minutes=10)) == ["burst"]


def test_copies_that_a_bridge_makes_are_no_burst(office):
    office.watch.campaign = replace(office.campaign, sources={"mastodon": ON, "bluesky": ON})
    originals = a_crowd(40, NOW - timedelta(hours=9), platform="bluesky")
    office.save(originals, source="bluesky")
    copies = [
        replace(post, platform="mastodon", id=f"copy{n}", url=f"https://b.example/{n}", copy_of=post.url,
                created_at=NOW - timedelta(minutes=20))
        for n, post in enumerate(originals)
    ]  # fmt: skip
    office.save(copies)
    assert office.watch.look() == []
    office.save(a_crowd(25, NOW - timedelta(minutes=10)))  # the control: people of their own
    assert rules(office.later(minutes=10)) == ["burst"]


def test_what_was_posted_before_a_source_was_first_asked_says_nothing_of_what_is_usual(tmp_path):
    office = Office(tmp_path)
    with Archive.open(office.path, ZONE) as archive, archive.db.conn as db:
        db.execute("UPDATE coverage SET started_at = ?", [f"{NOW - timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"])
    office.save(a_crowd(15, NOW - timedelta(minutes=20)))
    assert office.watch.look() == []


def test_that_nothing_is_collected_any_more_is_told_once_and_at_the_second_look(office, server):
    watch, since = office.watching(), NOW - timedelta(minutes=40)
    assert watch.tell_if_stalled(since) is False  # it may be an update
    for _ in range(5):
        office.time.now += HOUR
        assert watch.tell_if_stalled(since)
    other = office.watching()
    assert [other.tell_if_stalled(since) for _ in range(2)] == [False, True]  # who tells it not again
    office.time.now = NOW + HOUR
    assert deliver(office.store, by_smtp(server.port), office.time) == 2
    text = server.taken[0].body.decode()
    assert "Nothing has been collected since Mon 23 Nov, 14:50" in text
    assert "Restart it" in text


def test_a_collector_that_begins_again_and_again_without_success_is_told_of(office):
    watch = office.watching()
    told = [watch.tell_if_stalled(office.time.now - timedelta(minutes=minutes)) for minutes in (3, 4, 5)]
    assert told == [False, True, True]


def test_a_collector_that_works_is_let_alone_and_alerts_that_are_off_stay_off(office):
    since = NOW - HOUR
    assert [office.watching().tell_if_stalled(None) for _ in range(3)] == [False] * 3
    office.campaign = replace(office.campaign, alerts=replace(office.campaign.alerts, on=False))
    off = office.watching()
    assert [off.tell_if_stalled(since) for _ in range(3)] == [False] * 3


def test_the_watch_looks_again_and_again_until_its_process_ends():
    looks, enough = [], threading.Event()

    def look(stop):
        looks.append(stop())
        if len(looks) == 3:
            enough.set()

    with watching(look, every=0.01):
        assert enough.wait(120)
    assert not any(looks[:3])
    assert not [thread for thread in threading.enumerate() if thread.name == "watch"]


def counted(office, watch):
    """Return who joined in by a job's last look."""
    with Archive.open(office.path, ZONE) as archive:
        scope = archive.stats.scope(TRACK.name, (NOW - timedelta(days=29)).date(), office.time.now.date())
        return watch.joined.look(archive, scope, hours(office.time.now, ZONE))


@pytest.mark.parametrize("seed", range(4))
def test_later_looks_count_what_a_first_look_counts(office, seed):
    chance, watch = random.Random(seed), office.watch
    counted(office, watch)
    for turn in range(8):
        office.time.now += timedelta(minutes=chance.choice((10, 40, 200)))
        ages = [chance.choice((0.1, 1, 5, 7, 30, 500)) * chance.random() for _ in range(chance.randrange(4))]
        office.save(
            a_post(
                id=f"n{turn}-{n}",
                by=f"p{chance.randrange(3)}",
                text=f"words {chance.randrange(9)}",
                created_at=office.time.now - age * HOUR,
                platform=chance.choice(("mastodon", "mastodon", "x")),
            )
            for n, age in enumerate(ages)
        )
        assert counted(office, watch) == counted(office, office.watching())


def test_posts_that_are_not_ours_are_none_of_who_joined_in_from_the_next_day_on(office):
    before = counted(office, office.watch)
    with Archive.open(office.path, ZONE) as archive:
        archive.marks.set([1], "not ours", by="Ann", now=NOW)
    assert counted(office, office.watch) == before != counted(office, office.watching())
    office.time.now += timedelta(hours=9)
    assert counted(office, office.watch) == counted(office, office.watching())


def test_a_reply_that_nobody_made_by_its_day_is_told_of_once_and_again_only_for_another_day(office):
    with Archive.open(office.path, ZONE) as archive:
        archive.marks.set([1, 2], "needs reply", by="Ann", now=NOW - timedelta(days=5))
        archive.marks.update([2], "assigned", {"owner": "Ann", "due": f"{NOW:%Y-%m-%d}"}, by="Ann", now=NOW)
    (alert,) = office.watch.look()
    assert (alert.rule, alert.title) == ("overdue", "1 reply is overdue")
    assert office.later(minutes=30) == []
    assert [one.title for one in office.later(hours=25) if one.rule == "overdue"] == ["2 replies are overdue"]
    with Archive.open(office.path, ZONE) as archive:
        archive.marks.set([1, 2], "done", by="Ann", now=office.time.now)
    assert "overdue" not in rules(office.later(hours=25))
