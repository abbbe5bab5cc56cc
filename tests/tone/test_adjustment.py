"""Learning from the office's labels: taken where it helps on texts kept back, and hardly ever by chance."""

import json
import random
from math import log
from statistics import fmean, stdev

import pytest

from monitor.core.model import CLEAR_TONES, SURE, Sentiment, Tone
from monitor.tone import english_analyzer
from monitor.tone.adjustment import Adjustment, Moves, Rightness, _fit, _logs, _shares, adjustment
from tests.tone.test_word_influence import SUBJECT

POSITIVE, NEUTRAL, NEGATIVE = CLEAR_TONES
AS_THEY_ARE = Moves(1, 0, 0)
HARSHER = Moves(0.7, -0.2, 1.2)  # an office that hears complaints which the program calls neutral
Example = tuple[Sentiment, Tone]


def scores(chance: random.Random, number: int) -> list[Sentiment]:
    found = []
    for _ in range(number):
        parts = [chance.gammavariate(0.6, 1) + 0.01 for _ in CLEAR_TONES]
        found.append(Sentiment.of(*(part / sum(parts) for part in parts)))
    return found


def office(chance: random.Random, number: int, hears: Moves) -> list[Example]:
    """Return texts whose tone people hear as often as the moved scores say."""
    return [
        (score, chance.choices(CLEAR_TONES, _shares(hears, _logs(score)))[0])
        for score in scores(chance, number)
    ]


def loss(moves: Moves, examples: list[Example]) -> float:
    held = 2 * sum((a - b) ** 2 for a, b in zip(moves, AS_THEY_ARE, strict=True)) / 2
    return held - sum(log(_shares(moves, _logs(score))[CLEAR_TONES.index(tone)]) for score, tone in examples)


def by_chance(number: int, taken, times: int = 40) -> float:
    """Return how often something is taken from people who hear just what the program says."""
    chance = random.Random(3)
    return sum(bool(taken(office(chance, number, AS_THEY_ARE))) for _ in range(times)) / times


def helps_on_what_it_has_seen(examples: list[Example]) -> bool:
    rows = [(_logs(score), CLEAR_TONES.index(tone)) for score, tone in examples]
    moves = _fit(rows)
    gains = [log(_shares(moves, logs)[tone] / _shares((1, 0, 0), logs)[tone]) for logs, tone in rows]
    return fmean(gains) > stdev(gains) / len(gains) ** 0.5


@pytest.mark.slow
def test_an_office_that_hears_what_the_program_hears_is_hardly_ever_followed():
    assert by_chance(200, lambda examples: adjustment(examples).moves) <= 0.05


@pytest.mark.slow
def test_control_tried_on_what_was_learned_from_chance_alone_would_be_followed():
    assert by_chance(200, helps_on_what_it_has_seen) > 0.15


@pytest.mark.slow
def test_an_office_that_hears_otherwise_is_followed_and_new_texts_are_right_more_often():
    chance = random.Random(4)
    others = office(chance, 4000, HARSHER)

    def right(moves: Moves) -> float:
        return fmean(CLEAR_TONES[(found := _shares(moves, _logs(score))).index(max(found))] == tone
                     for score, tone in others)  # fmt: skip

    learned = [adjustment(office(chance, 300, HARSHER)) for _ in range(10)]
    adopted = [one.moves for one in learned if one.moves]
    assert len(adopted) >= 9
    assert all(right(moves) > right(AS_THEY_ARE) + 0.03 for moves in adopted)
    assert fmean(one.after.right for one in learned) > fmean(one.before.right for one in learned) + 9


@pytest.mark.heavy
def test_what_is_learned_is_what_is_likeliest():
    examples = office(random.Random(1), 250, HARSHER)
    rows = [(_logs(score), CLEAR_TONES.index(tone)) for score, tone in examples]
    best = _fit(rows)
    assert best == _fit(rows)
    for n in range(3):
        for step in (-0.05, 0.05):
            other = Moves(*(number + step * (place == n) for place, number in enumerate(best)))
            assert loss(other, examples) > loss(best, examples)


@pytest.mark.heavy
@pytest.mark.parametrize(("right", "clear", "is_used"), [
    (199, 240, False), (200, 160, True), (250, 159, False),
], ids=["fewer are right", "two thirds are clear", "fewer are clear, of which more are right"])  # fmt: skip
def test_it_is_used_where_no_fewer_are_right_and_most_are_clear_as_before(monkeypatch, right, clear, is_used):
    examples = office(random.Random(4), 300, HARSHER)
    marks = iter([Rightness(200, 240, 180), Rightness(right, clear, 50)])
    monkeypatch.setattr("monitor.tone.adjustment._rightness", lambda rows: next(marks))
    assert bool(adjustment(examples).moves) is is_used


@pytest.fixture
def opposite() -> list[Example]:
    """Return texts that are called the opposite of what people hear, as all that people correct are."""
    unfair = [(score, score.tone) for score in scores(random.Random(5), 300)
              if score.tone in (POSITIVE, NEGATIVE)]  # fmt: skip
    return [(Sentiment.of(score.negative, score.neutral, score.positive), tone) for score, tone in unfair]


def fitted(examples: list[Example]) -> Moves:
    return _fit([(_logs(score), CLEAR_TONES.index(tone)) for score, tone in examples])


@pytest.mark.heavy
def test_however_wrong_the_program_is_its_tones_are_never_turned_around(opposite):
    assert fitted(opposite).scale == 0.3
    moves = fitted([(score, POSITIVE) for score in scores(random.Random(5), 300)])
    assert (moves.positive, moves.negative) == (2.0, -2.0)


def test_control_without_a_bound_they_would_be(opposite, monkeypatch):
    monkeypatch.setattr("monitor.tone.adjustment._BOUNDS", [(-9.0, 9.0)] * 3)
    assert fitted(opposite).scale < 0


def test_its_figures_are_of_the_texts_as_they_were_scored():
    clear, wrong = Sentiment.of(0.9, 0.05, 0.05), Sentiment.of(0.1, 0.2, 0.7)
    unclear = Sentiment.of(0.5, 0.3, 0.2)
    found = adjustment([(clear, POSITIVE)] * 5 + [(wrong, POSITIVE)] * 3 + [(unclear, POSITIVE)] * 2)
    assert (found.texts, found.before) == (10, Rightness(right=7, clear=8, both=5))


@pytest.mark.parametrize("moves", [None, HARSHER], ids=["not used", "used"])
def test_it_is_kept_as_text(moves):
    whole = Adjustment(203, Rightness(120, 150, 100), Rightness(130, 140, 110), moves)
    assert Adjustment.from_json(json.dumps(whole)) == whole
    assert whole.next_at == 254
    assert Adjustment.from_json("") is None


def test_a_score_without_a_share_of_a_tone_can_be_moved():
    found = HARSHER.of(Sentiment(tone=NEUTRAL, positive=0.0, neutral=1.0, negative=0.0))
    assert (found.tone, found.positive + found.neutral + found.negative) == (NEUTRAL, pytest.approx(1))
    assert AS_THEY_ARE.of(Sentiment.of(0.2, 0.55, 0.25)).tone == Tone.UNCLEAR
    assert SURE > 0.55


@pytest.fixture(scope="module")
def plain():
    """Return the program's own analyzer, its words loaded, which takes longer than to use them."""
    analyzer = english_analyzer("campaign", SUBJECT)
    assert analyzer.score("They came to the meeting")
    return analyzer


def test_an_adjusted_analyzer_has_a_name_of_its_own_and_the_same_languages(plain):
    moved = plain.adjusted(HARSHER)
    assert moved.name == f"{plain.name}-adjusted:0.70-0.20+1.20"
    text = "They came to the meeting and said they would look at it"
    assert moved.score(text) == HARSHER.of(plain.score(text))
    assert moved.score(text) != plain.score(text)  # and what one said is not told of the other
    assert moved.why(text).score == HARSHER.of(plain.why(text).score)
    assert moved.score("Das ist eine Schande, die Polizei tut nichts in dieser Stadt") is None
    assert moved.score(" ") == plain.score(" ")
    assert plain.moves is None
