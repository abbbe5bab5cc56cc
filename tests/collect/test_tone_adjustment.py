"""The office's labels adjust the analyzer: learned from what it says by itself, and rarely learned anew."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import Archive
from monitor.campaign import load
from monitor.collect import Collector
from monitor.collect.tone_scoring import adjusted, learn_from_labels, rescore
from monitor.core.model import CLEAR_TONES, Sentiment, Tone
from monitor.tone import EnglishOnly
from monitor.tone.adjustment import Adjustment, Moves, _logs, _shares, adjustment
from tests.archive.saving import opened, saved
from tests.builders import a_page, a_post

pytestmark = pytest.mark.heavy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HARSHER = Moves(0.7, -0.2, 1.2)  # what an office hears that calls negative what the program calls neutral


class Told:
    """Scores each text in a way of its own, and notes what it was asked."""

    name = "told-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, text: str) -> Sentiment:
        self.asked.append(text)
        chance = random.Random(text)
        parts = [chance.gammavariate(0.6, 1) + 0.01 for _ in CLEAR_TONES]
        return Sentiment.of(*(part / sum(parts) for part in parts))


def heard(analyzer: EnglishOnly, text: str, hears: Moves) -> Tone:
    score = analyzer.score(text)
    assert score
    shares = _shares(hears, _logs(score))
    return random.Random(f"{text} heard").choices(CLEAR_TONES, shares)[0]


def drawn(archive: Archive) -> list[int]:
    """Return all posts of the week in the order of chance, once it has one."""
    monday = NOW.date() - timedelta(days=NOW.weekday())
    [track] = archive.db.execute("SELECT name FROM tracks").fetchone()
    archive.tone_audits.draw(track, monday, 300, chance=random.Random(1), now=NOW)
    return [post for (post,) in archive.db.execute("SELECT post_id FROM audited ORDER BY place")]


def say(archive: Archive, analyzer: EnglishOnly, places: range, hears: Moves = HARSHER) -> None:
    """Have a person read posts, which say "w1", "w2" and so on by their ids, by their places from 1 on."""
    for post in drawn(archive)[places.start - 1 : places.stop - 1]:
        tone = heard(analyzer, f"w{post}", hears)
        archive.annotations.label([post], "tone", tone, by="jo", now=NOW)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path) as archive:
        posts = [a_post(id=str(n), text=f"w{n}", created_at=NOW - timedelta(minutes=n))
                 for n in range(1, 301)]  # fmt: skip
        saved(archive, a_page(*posts))
        yield archive


@pytest.fixture
def analyzer() -> EnglishOnly:
    return EnglishOnly(Told(), frozenset())


def test_from_two_hundred_labels_on_scores_are_moved(archive, analyzer):
    say(archive, analyzer, range(1, 200))
    assert not learn_from_labels(archive, analyzer)
    assert adjusted(analyzer, archive) is analyzer
    say(archive, analyzer, range(200, 201))
    assert learn_from_labels(archive, analyzer)
    moved = adjusted(analyzer, archive)
    assert moved.name.startswith(f"{analyzer.name}-adjusted:")
    rescore(archive, moved, lambda: NOW)
    assert archive.tone_scores.outdated(moved.name) == 0
    row = archive.db.execute("SELECT positive, neutral, negative FROM scores WHERE post_id = 250").fetchone()
    score = moved.moves.of(analyzer.score("w250"))
    assert tuple(row) == (score.positive, score.neutral, score.negative)


def correct(archive: Archive, analyzer: EnglishOnly, most: int, after: int = 0) -> int:
    """Have a person correct posts that the program has wrong, as people do; return how many."""
    tones = {post: heard(analyzer, f"w{post}", HARSHER) for post in range(after + 1, after + 301)}
    wrong = {post: tone for post, tone in tones.items() if analyzer.score(f"w{post}").tone != tone}
    for post in [*wrong][:most]:
        archive.annotations.label([post], "tone", wrong[post], by="jo", now=NOW)
    return min(most, len(wrong))


def save_more(archive: Archive, posts: range) -> None:
    """Store posts of another week, of which no sample is drawn."""
    then = NOW - timedelta(weeks=2)
    saved(archive, a_page(*(a_post(id=str(n), text=f"w{n}", created_at=then) for n in posts)))


@pytest.mark.parametrize("read", [0, 150], ids=["corrections only", "half is drawn"])
def test_what_people_chose_to_correct_is_not_learned_from(archive, analyzer, read):
    save_more(archive, range(301, 1201))
    say(archive, analyzer, range(1, read + 1))
    corrections = sum(correct(archive, analyzer, 300, after) for after in (300, 600, 900))
    assert corrections >= 300
    assert not learn_from_labels(archive, analyzer)
    assert (len(archive.tone_audits.texts()), adjusted(analyzer, archive)) == (read, analyzer)


def test_control_as_a_sample_the_same_corrections_would_move_scores(archive, analyzer, monkeypatch):
    correct(archive, analyzer, 300)
    chosen = [post for (post,) in archive.db.execute("SELECT DISTINCT post_id FROM labels")]
    drawn(archive)
    archive.db.execute(f"DELETE FROM audited WHERE post_id NOT IN ({','.join(map(str, chosen))})")
    monkeypatch.setattr("monitor.collect.tone_scoring.ENOUGH", len(chosen))
    assert learn_from_labels(archive, analyzer)


def test_a_sample_counts_up_to_its_first_post_that_nobody_has_read(archive, analyzer):
    say(archive, analyzer, range(1, 101))
    say(archive, analyzer, range(102, 301))  # as when others of it were corrected elsewhere
    assert len(archive.tone_audits.texts()) == 100
    say(archive, analyzer, range(101, 102))
    assert len(archive.tone_audits.texts()) == 300


def test_what_comes_during_a_poll_is_scored_as_was_learned_meanwhile(archive, analyzer):
    campaign = load(Path(__file__).parents[2] / "config/campaign.toml")
    collector = Collector(campaign=campaign, archive=archive, analyzer=analyzer, env={}, clock=lambda: NOW)
    say(archive, analyzer, range(1, 201))
    for text in ("before", "after"):
        page = a_page(a_post(id=text, text=text, created_at=NOW))
        collector.save(page, "mastodon", campaign.tracks[0], NOW)
        learn_from_labels(archive, analyzer)
    names = archive.db.execute(
        "SELECT n.analyzer FROM tones n JOIN posts p ON p.id = n.post_id"
        " WHERE p.text IN ('before', 'after') ORDER BY p.id"
    ).fetchall()
    assert [name for (name,) in names] == [analyzer.name, adjusted(analyzer, archive).name]


def test_it_is_learned_anew_when_there_are_a_quarter_more_labels(archive, analyzer):
    say(archive, analyzer, range(1, 201))
    assert learn_from_labels(archive, analyzer)
    first = adjusted(analyzer, archive).name
    say(archive, analyzer, range(201, 250))
    assert not learn_from_labels(archive, analyzer)
    assert adjusted(analyzer, archive).name == first
    say(archive, analyzer, range(250, 251))
    learn_from_labels(archive, analyzer)
    assert Adjustment.from_json(archive.tone_scores.adjustment(analyzer.name)).texts == 250


def test_what_was_learned_does_not_teach_itself(archive, analyzer):
    say(archive, analyzer, range(1, 201))
    learn_from_labels(archive, analyzer)
    rescore(archive, adjusted(analyzer, archive), lambda: NOW)  # the archive has moved scores only
    say(archive, analyzer, range(201, 251))
    learn_from_labels(archive, analyzer)
    scores = [(analyzer.analyzer.score(text), tone) for text, _, tone in archive.tone_audits.texts()]
    assert Adjustment.from_json(archive.tone_scores.adjustment(analyzer.name)) == adjustment(scores)


def test_labels_that_agree_move_nothing_and_are_not_tried_again_at_once(archive, analyzer):
    say(archive, analyzer, range(1, 201), hears=Moves(1, 0, 0))
    assert not learn_from_labels(archive, analyzer)
    assert adjusted(analyzer, archive) is analyzer
    before = len(analyzer.analyzer.asked)
    assert not learn_from_labels(archive, analyzer)
    assert len(analyzer.analyzer.asked) == before


def test_where_it_does_not_help_any_more_scores_are_as_they_were(archive, analyzer):
    say(archive, analyzer, range(1, 201))
    assert learn_from_labels(archive, analyzer)
    say(archive, analyzer, range(1, 251), hears=Moves(1, 0, 0))  # the office has thought again
    assert learn_from_labels(archive, analyzer)
    assert adjusted(analyzer, archive).name == analyzer.name


def test_each_analyzer_learns_for_itself_and_remembers(archive, analyzer):
    say(archive, analyzer, range(1, 201))
    learn_from_labels(archive, analyzer)
    name, other = adjusted(analyzer, archive).name, EnglishOnly(Told(), frozenset({"crime"}))
    assert adjusted(other, archive) is other
    learn_from_labels(archive, other)
    assert adjusted(analyzer, archive).name == name  # as when somebody tries another and comes back


def test_texts_that_read_the_same_are_one_and_the_last_word_counts(archive, analyzer):
    copies = [a_post(id=f"c{n}", text=f"W1 https://a.example/{n}") for n in range(9)]
    saved(archive, a_page(*copies))
    for tone in (Tone.POSITIVE, Tone.NEGATIVE):
        archive.annotations.label(drawn(archive), "tone", Tone.UNCLEAR, by="jo", now=NOW)
        archive.annotations.label([1], "tone", tone, by="jo", now=NOW)
    [(text, _, tone)] = archive.tone_audits.texts()
    assert (text.split()[0].lower(), tone) == ("w1", Tone.NEGATIVE)


@pytest.mark.parametrize("gone", [
    "UPDATE posts SET text = NULL WHERE id = ?", "DELETE FROM scores WHERE post_id = ?",
    "DELETE FROM posts WHERE id = ?",
    "INSERT INTO marks (post_id, mark, by, at) VALUES (?, 'not ours', 'jo', '2026-11-22T12:00:00Z')",
], ids=["its text is gone", "it is in another language", "it is gone", "it is not ours"])  # fmt: skip
def test_what_cannot_be_scored_teaches_nothing(archive, gone):
    first, second, *_ = drawn(archive)
    archive.annotations.label([first, second], "tone", Tone.POSITIVE, by="jo", now=NOW)
    archive.db.execute(gone, [first])
    assert [text for text, *_ in archive.tone_audits.texts()] == [f"w{second}"]


@pytest.mark.parametrize("tone", [None, Tone.UNCLEAR], ids=["taken back", "cannot be told"])
def test_no_tone_teaches_nothing(archive, tone):
    first, second, *_ = drawn(archive)
    archive.annotations.label([first], "tone", Tone.POSITIVE, by="jo", now=NOW)
    archive.annotations.label([first], "tone", tone, by="jo", now=NOW)
    archive.annotations.label([second], "stance", "support", by="jo", now=NOW)
    assert archive.tone_audits.texts() == []
