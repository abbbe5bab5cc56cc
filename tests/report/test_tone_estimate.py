"""The weekly check of tone: its range holds the truth as often as it says, and simpler ways do not."""

import random
from datetime import date
from itertools import pairwise
from statistics import fmean

import pytest

from monitor.archive.values import Audit, SampledPost
from monitor.core.model import Tone
from monitor.report import Net
from monitor.report.tone_estimate import (
    SAMPLE,
    accuracy,
    change,
    checked,
    net_tone,
    of_audit,
    wilson,
)

Post = tuple[int, int, int, int]  # writer, words, what people hear (-1, 0, 1), what the program says
TIMES = 400
LEANS = (1, 3, 8)  # the program's mistakes, added up, lean: it calls five in eight of them positive


def a_week(chance: random.Random, posts: int, writers: int, repeated: float) -> list[Post]:
    """Return a week in which few write most, and a share of posts repeats the words of another."""
    moods = chance.choices((-1, 0, 1), (5, 3, 2), k=writers)
    week: list[Post] = []
    texts: list[tuple[int, int, int]] = []
    for _ in range(posts):
        writer = int(writers * chance.random() ** 3)
        if texts and chance.random() < repeated:
            text = chance.choice(texts[: max(1, len(texts) // 3)])
        else:
            mood = moods[writer] if chance.random() < 0.6 else chance.choice((-1, 0, 1))
            scored = mood if chance.random() < 0.5 else chance.choices((-1, 0, 1), cum_weights=LEANS)[0]
            text = len(texts), mood, scored
            texts.append(text)
        week.append((writer, *text))
    return week


def a_whole(posts: int, mean: float, variance: float) -> Audit:
    return Audit(
        track="", monday=date(2026, 11, 9), posts=posts, mean=mean, variance=variance, late=0, sample=()
    )


def whole(week: list[Post]) -> Audit:
    return of_scores([scored for *_, scored in week])


def of_scores(scores: list[int]) -> Audit:
    mean = fmean(scores)
    variance = fmean(map(abs, scores)) - mean**2  # of -1, 0 and 1
    return a_whole(posts=len(scores), mean=mean, variance=variance)


def truth(week: list[Post]) -> float:
    return 100 * fmean(said for _, _, said, _ in week)


def read(chance: random.Random, week: list[Post]) -> list[Post]:
    return chance.sample(week, min(SAMPLE, len(week)))


def ours(chance: random.Random, week: list[Post]) -> tuple[float, float]:
    found = net_tone(whole(week), [(y, f) for _, _, y, f in read(chance, week)])
    assert found is not None
    return found.low, found.high


def bootstrap(chance: random.Random, week: list[Post]) -> tuple[float, float]:
    """Return what adding up the program's scores says, drawn again and again from themselves."""
    scores = [scored for *_, scored in week]
    means = sorted(100 * fmean(chance.choices(scores, k=len(scores))) for _ in range(100))
    return means[2], means[97]


def by_voices(chance: random.Random, week: list[Post]) -> tuple[float, float]:
    """Return the range if all that one writer sent or repeated counts as one voice."""
    sample = read(chance, week)
    mean = fmean(y for _, _, y, _ in sample)
    voice: dict[tuple[str, int], tuple[str, int]] = {}

    def first(one: tuple[str, int]) -> tuple[str, int]:
        while (above := voice.setdefault(one, one)) != one:
            voice[one] = one = voice[above]  # the way is half as long for the next
        return one

    for writer, text, *_ in week:
        voice[first(("writer", writer))] = first(("text", text))
    sums: dict[tuple[str, int], float] = {}
    for writer, _, y, _ in sample:
        one = first(("writer", writer))
        sums[one] = sums.get(one, 0.0) + y - mean
    reach = 1.96 * (sum(total**2 for total in sums.values())) ** 0.5 / len(sample)
    return 100 * (mean - reach), 100 * (mean + reach)


def covered(way, posts: int, writers: int, repeated: float) -> float:
    """Return how often a way's range holds the truth."""
    chance = random.Random(7)
    hits = 0
    for _ in range(TIMES):
        week = a_week(chance, posts, writers, repeated)
        low, high = way(chance, week)
        hits += low - 1e-9 <= truth(week) <= high + 1e-9
    return hits / TIMES


@pytest.mark.slow
@pytest.mark.parametrize(("posts", "writers", "repeated"), [
    (60, 30, 0.3), (200, 80, 0.35), (800, 250, 0.35), (500, 500, 0.0), (500, 12, 0.1), (500, 4, 0.8),
])  # fmt: skip
def test_the_range_holds_the_truth_whoever_repeats_himself(posts, writers, repeated):
    assert covered(ours, posts, writers, repeated) >= 0.91


@pytest.mark.slow
def test_a_bootstrap_of_the_programs_scores_does_not():
    assert covered(bootstrap, 200, 80, 0.35) < 0.5  # the control


@pytest.mark.slow
def test_nor_does_taking_writers_and_repeated_words_for_one_voice():
    assert covered(by_voices, 800, 250, 0.35) < 0.85  # the control


def test_the_scores_make_the_range_narrower_than_reading_alone():
    chance, narrow, wide = random.Random(3), [], []
    for _ in range(50):
        week = [(n, n, y, y if chance.random() < 0.8 else 0) for n in range(600)
                for y in (chance.choice((-1, 0, 1)),)]  # fmt: skip
        sample = read(chance, week)
        narrow.append(net_tone(whole(week), [(y, f) for _, _, y, f in sample]).doubt)
        wide.append(net_tone(whole(week), [(y, 0) for _, _, y, _ in sample]).doubt)
    assert fmean(narrow) < 0.8 * fmean(wide)


def test_all_posts_read_leave_no_doubt():
    found = net_tone(a_whole(posts=40, mean=0.5, variance=0.2), [(-1, 1)] * 40)
    assert (found.value, found.low, found.high) == pytest.approx((-100, -100, -100))


def test_fifty_alike_do_not_prove_that_all_are():
    found = net_tone(a_whole(posts=5000, mean=0.0, variance=0.3), [(1, 0)] * 50)
    assert found.value == 100
    assert 80 < found.low < 99
    assert found.high == 100


@pytest.mark.parametrize("number", [0, 1, 29])
def test_too_few_say_nothing(number):
    assert of_audit(an_audit(9, *[a_drawn(Tone.POSITIVE)] * number, *[a_drawn(None)] * 20)) is None
    assert of_audit(an_audit(9, *[a_drawn(Tone.POSITIVE)] * 30, *[a_drawn(None)] * 20)) is not None


def test_only_what_was_read_without_a_gap_counts():
    """What is said of a post is said of its copies, and people correct what is wrong: that is no chance."""
    read = [a_drawn(Tone.NEGATIVE)] * 30
    sample = (*read, a_drawn(None), *[a_drawn(Tone.POSITIVE)] * 19)
    found = an_audit(9, *sample)
    assert of_audit(found).value == of_audit(an_audit(9, *read, *[a_drawn(None)] * 20)).value
    assert accuracy([found]).of == 30


def stopped_at_thirty(
    chance: random.Random, week: list[Post], *, without_gap: bool = True
) -> tuple[float, float]:
    """Return the range when somebody stops once 30 posts have a word, copies of a text among them."""
    sample, said = read(chance, week), dict[int, int]()
    for _, text, mood, _ in sample:
        done = [one for one in sample if one[1] in said]
        if without_gap:
            done = sample[: next((n for n, one in enumerate(sample) if one[1] not in said), len(sample))]
        if len(done) >= 30:
            break
        said[text] = mood
    found = net_tone(whole(week), [(y, f) for _, _, y, f in done])
    return found.low, found.high


@pytest.mark.slow
def test_a_text_that_is_everywhere_does_not_sway_who_stops_early():
    def viral(chance: random.Random) -> list[Post]:
        return [
            post if chance.random() < 0.6 else (900, 9_000, 1, 1) for post in a_week(chance, 600, 300, 0.0)
        ]

    def hits(**how: bool) -> float:
        chance, held = random.Random(11), 0
        for _ in range(TIMES):
            week = viral(chance)
            low, high = stopped_at_thirty(chance, week, **how)
            held += low <= truth(week) <= high
        return held / TIMES

    assert hits() >= 0.9
    assert hits(without_gap=False) < 0.8  # the control


@pytest.mark.slow
@pytest.mark.parametrize("number", [30, 50])
@pytest.mark.parametrize("share", [0.8, 0.9, 0.95])
def test_a_week_that_is_nearly_of_one_mind_is_covered_too(share, number):
    chance, held = random.Random(13), 0
    for _ in range(TIMES):
        moods = [-1 if chance.random() < share else 1 for _ in range(2000)]
        scores = [mood if chance.random() < 0.6 else chance.choice((-1, 0, 1)) for mood in moods]
        drawn = chance.sample(range(2000), number)
        found = net_tone(of_scores(scores), [(moods[n], scores[n]) for n in drawn])
        held += found.low <= 100 * fmean(moods) <= found.high
    assert held / TIMES >= 0.9


def test_posts_that_came_later_make_a_sample_too_old():
    sample = [a_drawn(Tone.POSITIVE)] * 50
    assert of_audit(an_audit(9, *sample, late=20)) is not None
    assert of_audit(an_audit(9, *sample, late=21)) is None
    assert checked([an_audit(9, *sample, late=21)]) is None


def test_of_a_small_week_all_that_is_left_is_enough():
    gone = a_drawn(None)._replace(is_gone=True)
    found = of_audit(an_audit(9, *[a_drawn(Tone.POSITIVE)] * 9, gone, posts=10))
    assert found.value == 100
    assert found.low < 100
    assert of_audit(an_audit(9, a_drawn(Tone.POSITIVE), gone, posts=2)) is None


def test_a_small_week_is_enough_when_all_of_it_is_read():
    small = a_whole(posts=3, mean=0.0, variance=0.6)
    assert net_tone(small, [(y, 0) for y in (1, 0, 0)]).value == pytest.approx(33.3, abs=0.1)
    assert net_tone(small, [(1, 0)]) is None


def net(value: float, doubt: float) -> Net:
    return Net(value=value, low=value - doubt, high=value + doubt, doubt=doubt)


@pytest.mark.parametrize(("earlier", "later", "is_clear"), [
    (net(-20, 15), net(-5, 15), False), (net(-20, 10), net(10, 10), True), (net(30, 5), net(10, 5), True),
])  # fmt: skip
def test_a_change_is_clear_only_outside_of_both_doubts(earlier, later, is_clear):
    found = change(earlier, later)
    assert found.value == later.value - earlier.value
    assert found.is_clear is is_clear


@pytest.mark.slow
def test_no_change_is_called_clear_more_often_than_once_in_twenty():
    chance, called = random.Random(5), 0
    weeks = [a_week(chance, 300, 100, 0.3) for _ in range(2)]
    weeks[1] = weeks[0]  # the same posts twice: nothing has changed
    for _ in range(TIMES):
        found = [net_tone(whole(w), [(y, f) for _, _, y, f in read(chance, w)]) for w in weeks]
        called += all(change(a, b).is_clear for a, b in pairwise(found))
    assert called / TIMES <= 0.06


def a_drawn(said: Tone | None, scored: Tone = Tone.NEUTRAL) -> SampledPost:
    return SampledPost(post=1, platform="mastodon", scored=scored, label=said, is_gone=False, rescored=scored)


def an_audit(day: int, *sample: SampledPost, posts: int = 200, late: int = 0) -> Audit:
    return Audit(
        track="crime", monday=date(2026, 11, day), posts=posts, mean=0.1, variance=0.5, late=late,
        sample=sample,
    )  # fmt: skip


def test_the_latest_week_that_was_read_is_told_with_its_change():
    unread = an_audit(16, *[a_drawn(None)] * 50)
    later = an_audit(9, *[a_drawn(Tone.NEGATIVE)] * 45, *[a_drawn(None)] * 5)
    earlier = an_audit(2, *[a_drawn(Tone.POSITIVE)] * 50)
    found = checked([unread, later, earlier])
    assert (found.week.first, found.read, found.posts) == (date(2026, 11, 9), 45, 200)
    assert found.before.first == date(2026, 11, 2)
    assert found.change.is_clear
    assert found.change.value == pytest.approx(-200)
    assert checked([unread]) is None
    assert checked([later]).change is None


def test_unclear_counts_as_neither():
    assert of_audit(an_audit(9, *[a_drawn(Tone.UNCLEAR)] * 50)).value == 0


def test_accuracy_is_of_the_sample_with_its_range():
    sample = [a_drawn(Tone.POSITIVE, Tone.POSITIVE)] * 30 + [a_drawn(Tone.NEGATIVE, Tone.POSITIVE)] * 10
    found = accuracy([an_audit(9, *sample, a_drawn(None))])
    assert (found.right, found.of) == (30, 40)
    assert found.pairs == {(Tone.POSITIVE, Tone.POSITIVE): 30, (Tone.NEGATIVE, Tone.POSITIVE): 10}
    assert (found.low, found.high) == pytest.approx((0.598, 0.858), abs=0.001)
    assert accuracy([an_audit(9, a_drawn(None))]) is None


@pytest.mark.parametrize(("some", "of", "low", "high"), [  # by hand from the formula
    (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (1, 1, 0.207, 1.0),
])  # fmt: skip
def test_wilsons_range(some, of, low, high):
    assert wilson(some, of) == pytest.approx((low, high), abs=0.001)
