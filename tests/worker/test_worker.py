"""The worker: polls what is due side by side, never twice at once, and stops without loss."""

import errno
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from monitor.archive import Archive
from monitor.archive.readers import Changes
from monitor.campaign import Dissolution, Own, PictureSettings, SourceSettings, load
from monitor.collect import LastPoll
from monitor.collect.tone_scoring import adjusted
from monitor.core.errors import AlreadyRunning, MissingModelError
from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Outcome, Page, PostKind, Query, Sentiment, Tone
from monitor.kit import KitItem
from monitor.tone import EnglishOnly, LateAnalyzer
from monitor.worker import Worker, WorkerSettings, work_lock
from monitor.worker.schedule import _Turns, start
from tests.archive.saving import places_of
from tests.builders import a_page, a_post, a_sentiment
from tests.collect.test_tone_adjustment import Told, say
from tests.disks import no_room

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ON = SourceSettings(on=True, every_minutes=5)
CAMPAIGN = replace(
    load(Path(__file__).parents[2] / "config/campaign.toml"), sources={"slow": ON, "quick": ON}
)


class Analyzer:
    name = "fake-1"

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        return Sentiment(tone=Tone.NEUTRAL, positive=0.0, neutral=1.0, negative=0.0)


class Platform:
    """Answers with one empty page; the slow one waits until it is let go."""

    def __init__(self, name: str, let_go: threading.Event, polls: list[str]) -> None:
        self.name, self.let_go, self.polls = name, let_go, polls

    def open(self, settings: object, env: object, now: datetime) -> "Platform":
        return self

    def search(self, query: Query, cursors: Mapping[str, str], waiting: object) -> Iterator[Page]:
        self.polls.append(self.name)
        if self.name == "slow":
            assert self.let_go.wait(120)
        if self.name == "broken":
            raise ZeroDivisionError("a bug")
        if self.name == "unstorable":
            raise OSError(errno.ENOSPC, "No space left on device")
        yield Page(stream=f"{self.name}:s", cursor="1")


class World:
    def __init__(self, path: Path) -> None:
        self.let_go = threading.Event()
        self.polls: list[str] = []
        self.now = NOW
        self.path = path
        self.settings = settings_of(CAMPAIGN)
        self.worker = Worker(settings=lambda: self.settings, archive=self.path, clock=lambda: self.now)

    def a_worker(self, campaign) -> Worker:
        settings = settings_of(campaign)
        return Worker(settings=lambda: settings, archive=self.path, clock=lambda: self.now)


def settings_of(campaign, **others) -> WorkerSettings:
    return WorkerSettings(campaign=campaign, analyzer=Analyzer(), env={}, **others)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path / "a.db")
    monkeypatch.setattr("monitor.collect.source", lambda name: Platform(name, made.let_go, made.polls))
    monkeypatch.setattr("monitor.worker.self_test", lambda collector, name: None)  # they have no common word
    yield made
    made.let_go.set()
    made.worker.stop()


def until(true, seconds: float = 120.0) -> None:
    waited = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        waited.wait(0.01)
    raise AssertionError("it did not come true in time")


def outcomes(world: World) -> dict[str, str]:
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        return {name: polls[0].outcome for name, polls in archive.coverage.last_polls().items()}


def test_a_slow_source_holds_up_no_other(world):
    assert sorted(world.worker.tick()) == ["quick", "slow"]
    until(lambda: "quick" in outcomes(world))
    assert "slow" not in outcomes(world)


def test_a_source_being_polled_is_not_started_again(world):
    world.worker.tick()
    until(lambda: "quick" in outcomes(world) and "slow" in world.polls)
    world.now += timedelta(minutes=6)
    assert world.worker.tick() == ["quick"]
    until(lambda: world.polls.count("quick") == 2)
    assert world.polls.count("slow") == 1


def test_a_source_that_is_new_is_polled_at_the_next_turn_and_one_that_went_no_more(world):
    assert sorted(world.worker.tick()) == ["quick", "slow"]
    until(lambda: "quick" in outcomes(world) and "slow" in world.polls)
    world.settings = settings_of(replace(CAMPAIGN, sources={"new": ON, "slow": ON}))
    world.now += timedelta(minutes=6)
    assert world.worker.tick() == ["new"]  # the slow one is still at its first poll
    until(lambda: world.polls.count("new") == 1)
    world.let_go.set()
    until(lambda: outcomes(world).get("slow") == "complete")
    world.now += timedelta(minutes=6)
    until(lambda: not world.worker._busy)
    assert sorted(world.worker.tick()) == ["new", "slow"]


@pytest.mark.parametrize(
    ("campaign", "env", "names"),
    [
        (replace(CAMPAIGN, sources={"slow": ON, "quick": replace(ON, own={"a": 1})}), {}, ["quick"]),
        (replace(CAMPAIGN, tracks=(replace(CAMPAIGN.tracks[0], tags=("Other",)),)), {}, ["quick", "slow"]),
        (CAMPAIGN, {"YOUTUBE_API_KEY": "a"}, ["quick"]),
        (replace(CAMPAIGN, name="Another"), {"MONITOR_SMTP_HOST": "mail.example.org"}, []),
    ],
    ids=["its own", "the track", "its key", "nothing of it"],
)
def test_a_source_that_was_changed_is_asked_at_the_next_turn_and_once(
    world, monkeypatch, campaign, env, names
):
    keys = {"quick": ("YOUTUBE_API_KEY",)}
    monkeypatch.setattr("monitor.worker.about", lambda name: SimpleNamespace(key_names=keys.get(name, ())))
    world.let_go.set()
    assert len(world.worker.tick()) == 2
    until(lambda: not world.worker._busy)
    assert world.worker.tick() == []
    world.settings = replace(settings_of(campaign), env=env)
    assert sorted(world.worker.tick()) == names
    until(lambda: not world.worker._busy)
    assert world.worker.tick() == []


def test_a_source_that_asked_us_to_wait_is_left_alone_though_it_was_changed(world, monkeypatch):
    world.let_go.set()
    world.worker.tick()
    until(lambda: not world.worker._busy)
    until_then = {name: LastPoll(last=NOW, retry_at=NOW + timedelta(hours=1)) for name in ("slow", "quick")}
    monkeypatch.setattr("monitor.worker.past", lambda *_: until_then)
    world.settings = settings_of(replace(CAMPAIGN, tracks=(replace(CAMPAIGN.tracks[0], tags=("Other",)),)))
    assert world.worker.tick() == []
    world.now += timedelta(hours=1)
    assert sorted(world.worker.tick()) == ["quick", "slow"]


def test_stopping_waits_for_the_page_at_hand_and_starts_nothing_more(world):
    world.worker.tick()
    until(lambda: "slow" in world.polls)
    threading.Timer(0.1, world.let_go.set).start()
    world.worker.stop()
    assert outcomes(world)["slow"] == "complete"
    world.now += timedelta(hours=1)
    assert world.worker.tick() == []


def test_a_bug_in_one_source_is_stored_and_does_not_come_round_at_once(world):
    worker = world.a_worker(replace(CAMPAIGN, sources={"broken": ON}))
    worker.tick()
    until(lambda: "broken" in outcomes(world))
    until(lambda: not worker._busy)
    assert worker.tick() == []
    world.now += timedelta(minutes=5)
    assert worker.tick() == ["broken"]
    worker.stop()


DEAD, LIMITED = (
    Page(stream="partly:2", outcome=outcome, detail="No.")
    for outcome in (Outcome.UNREACHABLE, Outcome.RATE_LIMITED)
)


@pytest.mark.parametrize(("pages", "expected"), [
    ([Page(stream="partly:1")], ["partly"]),
    ([DEAD, Page(stream="partly:1")], ["partly"]),
    ([DEAD], []),
    ([LIMITED, Page(stream="partly:1")], []),
])  # fmt: skip
def test_a_platform_is_read_again_when_a_part_of_it_answers_and_none_asks_us_to_wait(
    world, monkeypatch, pages, expected
):
    reread = []
    monkeypatch.setattr("monitor.worker.reread", lambda collector, name: reread.append(name))
    monkeypatch.setattr(Platform, "search", lambda *_: iter(pages))
    worker = world.a_worker(replace(CAMPAIGN, sources={"partly": ON}))
    worker.tick()
    until(lambda: not worker._busy - {"mail", "tones"})
    worker.stop()
    assert reread == expected


def test_each_tick_leaves_a_heartbeat(world):
    world.worker.tick()
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        assert archive.coverage.heartbeat("worker", NOW) == NOW


def test_a_folder_in_the_place_of_its_heartbeat_is_logged_once_and_no_bug(world, caplog):
    folder = world.path.with_name("a.db.worker-heartbeat")
    folder.mkdir()
    assert [world.worker.tick(), world.worker.tick()] == [[], []]
    [record] = caplog.records
    assert f"A folder is at {folder}" in record.getMessage()
    assert record.exc_info is None
    folder.rmdir()
    assert world.worker.tick()


def test_a_worker_that_waits_changes_nothing_that_pages_are_made_of(world):
    world.let_go.set()
    world.worker.tick()
    until(lambda: not world.worker._busy)
    changes = Changes(world.path)
    before = changes()
    for _ in range(3):
        world.now += timedelta(seconds=20)
        assert world.worker.tick() == []
        until(lambda: not world.worker._busy)
    assert changes() == before
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        assert archive.coverage.heartbeat("worker", world.now) == world.now
    world.now += timedelta(hours=1)  # control: polls are stored
    world.worker.tick()
    until(lambda: not world.worker._busy)
    assert changes() != before


def test_mail_waits_for_the_sources_but_not_for_ever(world):
    turns = []
    world.settings = settings_of(CAMPAIGN, mail=lambda stop: turns.append(stop()))
    world.worker.tick()
    until(lambda: world.polls.count("quick") == 1)
    assert turns == []  # the slow source is still being asked
    for _ in range(15):
        world.worker.tick()
    until(lambda: turns)
    assert turns[0] is False
    world.let_go.set()


def test_mail_that_breaks_stops_neither_the_worker_nor_its_own_next_turn(world):
    turns = []

    def breaks(stop):
        turns.append(1)
        raise ValueError("a bug")

    world.let_go.set()
    world.settings = settings_of(CAMPAIGN, mail=breaks)
    for n in (1, 2):
        until(lambda n=n: (world.worker.tick(), len(turns) >= n)[1])
    assert outcomes(world)["quick"] == "complete"


def test_stopping_waits_for_the_mail_at_hand(world):
    began, turns = threading.Event(), []

    def slow(stop):
        began.set()
        until(stop)
        turns.append("done")

    world.let_go.set()
    world.settings = settings_of(CAMPAIGN, mail=slow)
    until(lambda: (world.worker.tick(), began.is_set())[1])
    world.worker.stop()
    assert turns == ["done"]


def test_a_second_worker_refuses_and_the_first_goes_on(tmp_path):
    with work_lock(tmp_path / "a.db"):
        with pytest.raises(AlreadyRunning, match="already collecting"), work_lock(tmp_path / "a.db"):
            pass
        with work_lock(tmp_path / "other.db"):
            pass
    with work_lock(tmp_path / "a.db"):
        pass


def test_the_schedule_wakes_at_once_and_stops_after_the_call_at_hand():
    woken = threading.Event()
    stop = start(woken.set, lambda: datetime.now(UTC), every=60)
    assert woken.wait(120)
    stop()


class MachineTime(datetime):
    """The time of day that APScheduler asks for, set back as somebody sets a clock."""

    step = timedelta()

    @classmethod
    def now(cls, zone=None):
        return datetime.now(zone) + cls.step


@pytest.mark.slow
@pytest.mark.parametrize("is_mended", [True, False])
def test_a_clock_set_back_by_days_holds_no_turn_up(monkeypatch, is_mended):
    for module in ("schedulers.base", "triggers.interval", "schedulers.blocking"):
        monkeypatch.setattr(f"apscheduler.{module}.datetime", MachineTime, raising=False)
    monkeypatch.setattr(MachineTime, "step", timedelta())
    if not is_mended:  # the control: nobody wakes APScheduler
        monkeypatch.setattr("monitor.worker.schedule._follow_the_clock", lambda *given: None)
    ticks, turn = [], threading.Semaphore(0)

    def tick():
        ticks.append(MachineTime.now(UTC))
        turn.release()

    stop = start(tick, lambda: MachineTime.now(UTC), every=0.05)
    for _ in range(3):
        assert turn.acquire(timeout=120)
    MachineTime.step = timedelta(days=-3)
    ticks.clear()
    until(lambda: len(ticks) > 3 or not is_mended)
    if not is_mended:
        threading.Event().wait(1)
        assert len(ticks) <= 2
    stop()


@pytest.mark.parametrize(("trigger", "is_ahead"), [(_Turns, True), (IntervalTrigger, False)])
def test_a_clock_that_leaps_by_years_leaves_no_missed_turns_to_go_through(trigger, is_ahead):
    leap = NOW + timedelta(days=20_000)
    assert (trigger(seconds=20, timezone=UTC).get_next_fire_time(NOW, leap) > leap) == is_ahead


def save_scored_before(archive) -> None:
    """Store a post with a score by an analyzer that is no more."""
    archive.ingest.save(
        a_page(a_post()), source="mastodon", track=CAMPAIGN.tracks[0].name, analyzer="old-1",
        scores=[a_sentiment(Tone.NEGATIVE)], started_at=NOW, now=NOW,
    )  # fmt: skip


def test_posts_that_another_analyzer_scored_are_scored_again_bit_by_bit(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        save_scored_before(archive)
        world.worker.tick()
        until(lambda: archive.tone_scores.outdated("fake-1") == 0)
        # The turn before may not have ended yet: then a tick begins no other.
        until(lambda: world.worker.tick() is not None and world.worker._scored_to is None)
        assert archive.tone_scores.outdated("old-1") == 1


def test_once_labels_move_scores_all_posts_are_scored_again_and_new_ones_with_them(world, monkeypatch):
    monkeypatch.setattr("monitor.tone.adjustment._STEPS", 3)
    analyzer = EnglishOnly(Told(), frozenset())
    world.settings = replace(world.settings, analyzer=analyzer)
    posts = [a_post(id=str(n), text=f"w{n}", created_at=NOW) for n in range(1, 202)]
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        archive.ingest.save(
            a_page(*posts), source="mastodon", track=CAMPAIGN.tracks[0].name, analyzer=analyzer.name,
            scores=[analyzer.score(post.text) for post in posts], started_at=NOW, now=NOW,
        )  # fmt: skip
        say(archive, analyzer, range(1, 201))
        until(lambda: world.worker.tick() is not None and adjusted(analyzer, archive) is not analyzer)
        moved = adjusted(analyzer, archive)
        until(lambda: world.worker.tick() is not None and not archive.tone_scores.outdated(moved.name))
        assert archive.tone_scores.unscored(moved.name) == []
        until(lambda: world.worker.tick() is not None and not archive.tone_scores.is_mixed)
        archive.ingest.save(  # what began before, and ends now
            a_page(a_post(id="late", text="late", created_at=NOW)), source="mastodon",
            track=CAMPAIGN.tracks[0].name, analyzer=analyzer.name, scores=[analyzer.score("late")],
            started_at=NOW, now=NOW,
        )  # fmt: skip
        assert archive.tone_scores.is_mixed
        until(lambda: world.worker.tick() is not None and not archive.tone_scores.is_mixed)
        assert archive.tone_scores.outdated(moved.name) == 0
        versions = [version for number, version, _ in archive.history.definitions() if number == "analyzer"]
        assert versions == [1, 2]


def missing_model():
    raise MissingModelError("The model is gone.")


def test_a_model_that_goes_while_the_worker_runs_stops_no_collecting_and_is_missed_once(
    world, monkeypatch, caplog
):
    texts, removed = iter(["What a lovely day", "What an awful day", "Another awful day"]), threading.Event()

    class Talkative(Platform):
        def search(self, query, cursors, waiting):
            new = next(texts)
            posts = (a_post(id="old", text="An old story"), a_post(id=new, text=new))
            yield Page(stream="quick:s", cursor="1", posts=posts)

    monkeypatch.setattr("monitor.collect.source", lambda name: Talkative(name, world.let_go, world.polls))
    model = LateAnalyzer("model-1", lambda: missing_model() if removed.is_set() else Analyzer())
    world.settings = WorkerSettings(
        campaign=replace(CAMPAIGN, sources={"quick": ON}), analyzer=EnglishOnly(model, frozenset()), env={}
    )
    with Archive.open(world.path, CAMPAIGN.zone) as archive:

        def after_a_poll():
            world.now += timedelta(minutes=6)
            world.worker.tick()
            until(lambda: not world.worker._busy)
            assert outcomes(world)["quick"] == "complete"
            return dict(archive.db.execute("SELECT native_id, tone FROM posts ORDER BY id"))

        scores = {"old": "neutral", "What a lovely day": "neutral"}
        assert after_a_poll() == scores
        removed.set()
        assert after_a_poll() == scores | {"What an awful day": None}
        assert after_a_poll() == scores | {"What an awful day": None, "Another awful day": None}
        assert archive.tone_scores.unscored_number("model-1-again") == 4
    assert caplog.text.count("The model is gone.") == 1
    assert "Traceback" not in caplog.text


def test_a_rescoring_whose_model_is_gone_is_told_in_a_sentence_and_takes_no_score_away(world, caplog):
    model = LateAnalyzer("model-1", missing_model)
    world.settings = replace(world.settings, analyzer=EnglishOnly(model, frozenset()))
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        archive.ingest.save(
            a_page(a_post(text="What a lovely day")), source="mastodon", track=CAMPAIGN.tracks[0].name,
            analyzer="old-1", scores=[a_sentiment(Tone.NEGATIVE)], started_at=NOW, now=NOW,
        )  # fmt: skip
        until(lambda: world.worker.tick() is not None and not world.settings.analyzer.name)
        world.let_go.set()
        world.worker.stop()
        assert archive.tone_scores.progress("old-1") == (1, 0)
    assert caplog.text.count("The model is gone.") == 1
    assert "Traceback" not in caplog.text


def test_where_the_analyzer_is_not_installed_scores_stay_and_nothing_is_scored_again(world):
    world.settings = replace(
        world.settings, analyzer=EnglishOnly(LateAnalyzer("", missing_model), frozenset())
    )
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        save_scored_before(archive)
        world.worker.tick()
        world.let_go.set()
        world.worker.stop()
        assert (archive.tone_scores.progress("old-1"), world.worker._scored_to) == ((1, 0), 0)


def test_places_are_found_again_once_after_the_names_to_look_for_have_changed(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        post = a_post(text="Robbed on Ripple Road", places=frozenset({"soho"}))
        archive.ingest.save(
            a_page(post), source="mastodon", track=CAMPAIGN.tracks[0].name, analyzer="fake-1",
            scores=[a_sentiment(Tone.NEUTRAL)], started_at=NOW, now=NOW,
        )  # fmt: skip
        world.worker.tick()
        until(lambda: archive.place_tags.are_of(CAMPAIGN.gazetteer.version))
        assert places_of(archive, 1) == {1: ("barking-and-dagenham", "ripple-road")}
        assert [*archive.place_tags.update(lambda text: frozenset({"soho"}), CAMPAIGN.gazetteer.version)]
        again = world.a_worker(CAMPAIGN)
        again.tick()
        world.let_go.set()
        again.stop()  # when all that it has begun is done
        assert places_of(archive, 1) == {1: ("soho",)}


def test_posts_of_a_theme_or_a_text_that_somebody_keeps_are_found_at_the_next_turn(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        archive.ingest.save(
            a_page(a_post(text="Where is the stall?")), source="mastodon", track=CAMPAIGN.tracks[0].name,
            analyzer="fake-1", scores=[a_sentiment(Tone.NEUTRAL)], started_at=NOW, now=NOW,
        )  # fmt: skip
        archive.themes.save("Stalls", "stall, stalls", "", NOW)
        archive.kit.save(KitItem(words="Where is the stall?"), NOW)
        assert not archive.themes.current()[0].is_counted
        world.worker.tick()
        until(lambda: archive.themes.current()[0].is_counted and archive.kit.is_searched())
        assert archive.posts.by_ids([1])[0].terms_of("theme") == ("1",)
        [(item, how)] = archive.db.execute("SELECT item, how FROM kit_matches")
        assert (item, how) == (1, "exact")


def test_what_an_own_account_has_answered_leaves_the_reply_desk_at_the_next_turn(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        answer = a_post(id="2", by="us", parent="1", text="Heathway.", kind=PostKind.REPLY)
        posts = (a_post(text="Where is the stall?"), answer)
        for now, post in zip((NOW, NOW + timedelta(hours=2)), posts, strict=True):
            archive.ingest.save(
                a_page(post), source="mastodon", track=CAMPAIGN.tracks[0].name, analyzer="fake-1",
                scores=[a_sentiment(Tone.NEUTRAL)], started_at=now, now=now,
            )  # fmt: skip
        archive.marks.set([1], "needs reply", by="Jo", now=NOW + timedelta(hours=1))
        world.let_go.set()
        ours = replace(CAMPAIGN, own=Own(accounts=("us@example.org",)))
        for campaign, mark in ((CAMPAIGN, "needs reply"), (ours, "done")):  # the first: nobody is ours
            worker = world.a_worker(campaign)
            worker.tick()
            worker.stop()
            assert archive.annotations.of_posts([1])[1].mark == mark
        assert archive.marks.history(1)[0].answered_by == "us@example.org"


def test_the_places_of_posts_stay_without_a_file_of_places(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        archive.ingest.save(
            a_page(a_post(places=frozenset({"soho"}))), source="mastodon", track=CAMPAIGN.tracks[0].name,
            analyzer="fake-1", scores=[a_sentiment(Tone.NEUTRAL)], started_at=NOW, now=NOW,
        )  # fmt: skip
        worker = world.a_worker(replace(CAMPAIGN, gazetteer=Gazetteer()))
        worker.tick()
        world.let_go.set()
        worker.stop()
        assert places_of(archive, 1) == {1: ("soho",)}


def test_what_people_enter_by_hand_is_scored_soon_though_its_number_was_used_before(world):
    world.worker.tick()
    until(lambda: world.worker._scored_to is None)
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        for text in ("Removed again", "Stayed"):
            entry = a_post(platform="by-hand", id=text, text=text)
            archive.ingest.save(
                a_page(entry), source="by-hand", track=CAMPAIGN.tracks[0].name, analyzer="",
                scores=[None], started_at=NOW, now=NOW,
            )  # fmt: skip
            [id] = archive.posts.ids_of("by-hand", [text]).values()
            assert archive.posts.by_ids([id])[0].tone is None
            world.worker.tick()
            until(lambda: world.worker._entered == archive.coverage.last_save("by-hand"))
            assert archive.posts.by_ids([id])[0].tone is Tone.NEUTRAL
            archive.ingest.delete([id])
        assert archive.tone_scores.unscored(Analyzer.name, platform="mastodon") == []


def test_entries_of_a_platform_are_found_by_its_index(world):
    with Archive.open(world.path, CAMPAIGN.zone) as archive:
        plans = []
        archive.db.conn.set_trace_callback(plans.append)
        archive.tone_scores.unscored(Analyzer.name, platform="by-hand")
        archive.db.conn.set_trace_callback(None)
        plan = "\n".join(row[3] for row in archive.db.execute(f"EXPLAIN QUERY PLAN {plans[-1]}"))
    assert "(platform=?)" in plan
    assert "SCAN p" not in plan


def test_what_the_disk_says_in_a_poll_is_stored_where_it_can_be_and_logged_without_a_traceback(world, caplog):
    worker = world.a_worker(replace(CAMPAIGN, sources={"unstorable": ON}))
    worker.tick()
    until(lambda: "unstorable" in outcomes(world))
    until(lambda: not worker._busy)
    assert outcomes(world)["unstorable"] == "broken"
    assert "The disk is full." in caplog.text
    assert "Traceback" not in caplog.text
    assert worker.tick() == []


def test_a_worker_whose_disk_fails_says_so_once_and_goes_on_when_it_works(world, caplog):
    world.worker.tick()
    world.let_go.set()
    until(lambda: not world.worker._busy)
    world.now += timedelta(minutes=6)
    with no_room():
        assert world.worker.tick() == world.worker.tick() == []
    assert caplog.text.count("nothing is collected: The disk") == 1
    assert sorted(world.worker.tick()) == ["quick", "slow"]


def test_pictures_are_read_where_that_is_on_until_all_is_to_end(world, monkeypatch):
    stops = []
    monkeypatch.setattr("monitor.pictures.reading.read_pictures", lambda *parts: stops.append(parts[-1]))
    world.let_go.set()
    world.worker.tick()
    until(lambda: not world.worker._busy)
    assert stops == []
    on = replace(CAMPAIGN, pictures=PictureSettings(on=True))
    worker = world.a_worker(on)
    worker.tick()
    until(lambda: stops and not worker._busy)
    assert not stops[0]()
    worker.stop()
    assert stops[0]()
    ended = world.a_worker(replace(on, dissolution=Dissolution(day=NOW.date())))
    ended.tick()
    until(lambda: len(stops) == 2)
    assert stops[1]()
    ended.stop()


def test_pictures_that_cannot_be_read_hold_nothing_up(world, monkeypatch, caplog):
    monkeypatch.setattr("monitor.pictures.reading.read_pictures", lambda *parts: 1 / 0)
    world.let_go.set()
    worker = world.a_worker(replace(CAMPAIGN, pictures=PictureSettings(on=True)))
    worker.tick()
    until(lambda: "reading pictures for the share kit's code failed" in caplog.text)
    until(lambda: {"slow", "quick"} <= outcomes(world).keys())
    worker.stop()
