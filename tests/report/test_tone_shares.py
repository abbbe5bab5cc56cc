"""The shares of tones, less the program's lean: their ranges hold the truth, and its counts do not."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from math import exp
from statistics import fmean

import pytest

from monitor.core.model import CLEAR_TONES, Tone
from monitor.report import ToneShare, ToneShares
from monitor.report.figures import tone
from monitor.report.tone_estimate import _DRIFT, checked, read_pairs, shares
from monitor.report.wording import tone_checked, tone_ranges
from tests.dashboard.reports import a_report
from tests.report.test_tone_estimate import a_drawn, an_audit

POSITIVE, NEUTRAL, NEGATIVE, UNCLEAR = Tone
TIMES = 300
Post = tuple[Tone, Tone]  # what people hear, what the program says
# How often the program says each tone, by what people hear: too kind, and often unclear.
SAYS = {
    POSITIVE: (0.30, 0.35, 0.05, 0.30), NEUTRAL: (0.10, 0.50, 0.10, 0.30),
    NEGATIVE: (0.12, 0.30, 0.28, 0.30), UNCLEAR: (0.20, 0.30, 0.10, 0.40),
}  # fmt: skip
TONES = tuple(Tone)
SUMS = {heard: tuple(accumulate(parts)) for heard, parts in SAYS.items()}
USUAL, ANGRIER, KINDER = (20, 25, 50, 5), (17, 18, 60, 5), (25, 30, 40, 5)
OF_ONE_MIND = (2, 6, 90, 2)


def a_week(chance: random.Random, posts: int, mix: Sequence[int]) -> list[Post]:
    heard = chance.choices(TONES, mix, k=posts)
    return [(one, chance.choices(TONES, cum_weights=SUMS[one])[0]) for one in heard]


def truth(week: list[Post]) -> dict[Tone, float]:
    clear = [heard for heard, _ in week if heard != UNCLEAR]
    return {one: 100 * clear.count(one) / len(clear) for one in CLEAR_TONES}


def estimate_by_any_age(chance: random.Random, read: int, spread: float, later: list[Post]) -> ToneShares:
    """Return the shares of a week, none of which was read, by fifties of weeks whose mixes differ."""
    pairs = [
        pair
        for _ in range(read // 50)
        for pair in a_week(chance, 50, [part * exp(chance.gauss(0, spread)) for part in USUAL])
    ]
    found = shares(Counter(said for _, said in later), pairs, labelled=0, elsewhere=1, is_near=False)
    assert found is not None
    return found


def covered_by_any_age(read: int, mix: Sequence[int]) -> float:
    """Return how often the range holds the truth, of the tone for which it does so least."""
    chance, hits = random.Random(7), Counter[Tone]()
    for _ in range(TIMES):
        week = a_week(chance, 400, mix)
        found, right = estimate_by_any_age(chance, read, 0.2, week), truth(week)
        hits.update(one for one, share in found.shares.items() if share.low <= right[one] <= share.high)
    return min(hits[one] for one in CLEAR_TONES) / TIMES


def estimate(chance: random.Random, week: list[Post], read: int, later: list[Post] | None) -> ToneShares:
    """Return the shares of a week that was read, or of a later one that was not."""
    sample = set(chance.sample(range(len(week)), read))
    shown = [week[n][n not in sample] for n in range(len(week))] if later is None else [f for _, f in later]
    pairs, labelled = [week[n] for n in sample], read if later is None else 0
    found = shares(Counter(shown), pairs, labelled=labelled, elsewhere=float(later is not None))
    assert found is not None
    return found


def covered(posts: int, read: int, mix: Sequence[int], later: Sequence[int] | None = None) -> float:
    """Return how often the range holds the truth, of the tone for which it does so least."""
    chance, hits = random.Random(5), Counter[Tone]()
    for _ in range(TIMES):
        week = a_week(chance, posts, mix)
        other = later and a_week(chance, 400, later)
        found, right = estimate(chance, week, read, other or None), truth(other or week)
        hits.update(
            one for one, share in found.shares.items() if share.low - 1e-9 <= right[one] <= share.high + 1e-9
        )
    return min(hits[one] for one in CLEAR_TONES) / TIMES


@pytest.mark.slow
@pytest.mark.parametrize(("posts", "read", "mix"), [
    (60, 50, USUAL), (400, 50, USUAL), (400, 30, USUAL), (3000, 50, OF_ONE_MIND),
])  # fmt: skip
def test_of_a_week_that_was_read_the_range_holds_the_truth(posts, read, mix):
    assert covered(posts, read, mix) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize(("later", "least"), [(USUAL, 0.95), (ANGRIER, 0.87), (KINDER, 0.87)])
def test_of_another_week_it_does_while_the_shares_are_within_ten_points(later, least):
    assert covered(400, 50, USUAL, later) >= least


@pytest.mark.slow
@pytest.mark.parametrize("read", [200, 500])
@pytest.mark.parametrize("mix", [USUAL, ANGRIER, KINDER, (28, 27, 40, 5), (10, 25, 60, 5)])
def test_by_samples_of_any_age_the_range_holds_the_truth_of_a_week_that_nobody_read(read, mix):
    assert covered_by_any_age(read, mix) >= 0.91


@pytest.mark.slow
def test_control_with_the_room_of_recent_samples_it_does_not(monkeypatch):
    monkeypatch.setattr("monitor.report.tone_estimate._DRIFT_OF_ANY_AGE", _DRIFT)
    assert covered_by_any_age(500, (10, 25, 60, 5)) < 0.91


@pytest.mark.parametrize(("read", "is_said"), [(199, False), (200, True)])
def test_samples_of_any_age_count_from_two_hundred_on(read, is_said):
    found = shares({POSITIVE: 60}, [(NEGATIVE, NEUTRAL)] * read, labelled=0, elsewhere=1, is_near=False)
    assert (found is not None) == is_said


@pytest.mark.slow
def test_control_without_room_for_another_lean_it_does_not(monkeypatch):
    monkeypatch.setattr("monitor.report.tone_estimate._DRIFT", 0)
    assert _DRIFT
    assert covered(800, 200, USUAL, ANGRIER) < 0.6


@pytest.mark.heavy
def test_the_lean_is_taken_out_where_the_programs_own_counts_are_far_off():
    chance, ours, counted = random.Random(3), [], []
    for _ in range(60):
        week = a_week(chance, 400, USUAL)
        right, clear = truth(week)[NEGATIVE], [said for _, said in week if said != UNCLEAR]
        ours.append(estimate(chance, week, 50, None).shares[NEGATIVE].value - right)
        counted.append(100 * clear.count(NEGATIVE) / len(clear) - right)
    assert abs(fmean(ours)) < 3
    assert fmean(counted) < -20  # the control


def test_by_hand_the_lean_is_added_to_what_was_not_read():
    pairs = [(NEGATIVE, NEUTRAL)] * 20 + [(NEUTRAL, NEUTRAL)] * 10 + [(POSITIVE, POSITIVE)] * 20
    counts = {POSITIVE: 60, NEUTRAL: 90, NEGATIVE: 0, UNCLEAR: 0}
    found = shares(counts, pairs, labelled=50, elsewhere=0)  # of 100 others, 40 more are negative
    assert [round(found.shares[one].value, 1) for one in CLEAR_TONES] == [40.0, 33.3, 26.7]
    assert (found.read, sum(share.value for share in found.shares.values())) == (50, pytest.approx(100))


@pytest.mark.parametrize(("clear", "is_said"), [(9, False), (10, True)])
def test_hardly_any_clear_posts_have_no_shares(clear, is_said):
    found = shares({POSITIVE: clear, UNCLEAR: 4}, [(POSITIVE, POSITIVE)] * 50, labelled=0, elsewhere=1)
    assert (found is not None) == is_said


def test_a_week_of_which_all_was_read_has_no_doubt():
    found = shares({POSITIVE: 4, NEGATIVE: 3, UNCLEAR: 1}, [(POSITIVE, NEUTRAL)] * 8, labelled=8, elsewhere=0)
    share = found.shares[POSITIVE]
    assert (share.value, share.low, share.high) == pytest.approx((400 / 7, 400 / 7, 400 / 7))


@pytest.mark.parametrize(("counts", "read", "labelled"), [
    ({POSITIVE: 100}, 29, 29), ({}, 0, 0), ({}, 50, 0), ({UNCLEAR: 100}, 0, 0), ({POSITIVE: 1}, 1, 1),
], ids=["too few", "nothing", "no posts", "not read", "one post"])  # fmt: skip
def test_too_little_says_nothing(counts, read, labelled):
    assert shares(counts, [(UNCLEAR, UNCLEAR)] * read, labelled=labelled, elsewhere=0) is None


def test_no_share_is_below_nought_or_above_a_hundred():
    pairs = [(NEGATIVE, POSITIVE)] * 50
    found = shares({POSITIVE: 10, NEGATIVE: 90}, pairs, labelled=0, elsewhere=1)
    assert {one: round(share.value) for one, share in found.shares.items()} == {
        POSITIVE: 0, NEUTRAL: 0, NEGATIVE: 100,
    }  # fmt: skip
    assert all(0 <= share.low <= share.value <= share.high <= 100 for share in found.shares.values())


def test_what_the_program_says_today_counts_and_not_what_another_analyzer_said():
    sample = [a_drawn(NEGATIVE, POSITIVE)._replace(rescored=NEUTRAL)] * 40
    gone = a_drawn(NEGATIVE)._replace(rescored=None)
    assert read_pairs([an_audit(9, *sample, gone)]) == [(NEGATIVE, NEUTRAL)] * 40
    assert read_pairs([an_audit(9, *sample[:29], *[a_drawn(None)] * 20)]) == []  # too few were read


def test_of_under_ten_posts_in_either_week_nothing_is_called_clearly_up_or_down():
    weeks = [[a_drawn(NEGATIVE)] * number for number in (9, 10)]
    few, enough = (
        [an_audit(9, *week, posts=len(week)), an_audit(2, *[a_drawn(POSITIVE)] * 50)] for week in weeks
    )
    assert (checked(few).change, checked(few).before) == (None, None)
    assert checked(list(reversed(few))).change is None
    assert checked(enough).change.is_clear
    assert "learly" not in (tone_checked(a_report(7, checked=checked(few))) or "")
    assert "Clearly down" in (tone_checked(a_report(7, checked=checked(enough))) or "")


READ = ToneShares(
    read=50, elsewhere=0.0,
    shares={POSITIVE: ToneShare(value=20, low=11.6, high=28.4), NEUTRAL: ToneShare(value=35, low=35, high=35),
            NEGATIVE: ToneShare(value=45, low=38.2, high=52.1)},
)  # fmt: skip


def test_shares_are_told_as_ranges_and_where_they_were_read():
    assert tone_ranges(a_report(7)) is None
    said = "38 to 52% of posts sound negative, 35% neutral and 12 to 28% positive."
    assert tone_ranges(a_report(7, tone_shares=READ)) == f"Judging by 50 posts read by people, {said}"
    other = tone_ranges(a_report(7, tone_shares=replace(READ, elsewhere=1.0)))
    assert other == f"Judging by 50 posts read by people in other weeks, {said}"
    assert len(other.split()) <= 25


def test_the_tile_has_a_range_and_no_tag_once_somebody_has_read():
    tile = tone.MEASURE.tile_of(a_report(7, tone_shares=READ))
    assert (tile.tag, tile.words, tile.unit, tile.link.page) == ("", "12 to 28%", "positive", "/tone")
    assert dict(tile.parts) == {}  # no number of posts beside a range of others
    first = tile.notes[0]
    assert f"{first.strong} {first.text}" == "38 to 52% negative; 12 of 102 posts unclear"
    assert first.link.arguments == {"tone": UNCLEAR}
    assert all("20" not in note.text.split("%")[0] for note in tile.shared)  # the middle of the range
    assert a_report(7, tone_shares=READ).net_tone == -25


@pytest.mark.parametrize(("low", "high", "bar"), [
    (11.6, 28.4, (("", 11.6), ("positive", pytest.approx(16.8)), ("", 71.6))),
    (35, 35, (("", 35), ("positive", 2), ("", 65))),
], ids=["a range", "all was read"])  # fmt: skip
def test_the_bar_of_the_tile_has_the_range_and_no_point_in_it(low, high, bar):
    shares = {**READ.shares, POSITIVE: ToneShare(value=20, low=low, high=high)}
    tile = tone.MEASURE.tile_of(a_report(7, tone_shares=replace(READ, shares=shares)))
    assert tile.bar == bar


def test_the_tile_of_what_nobody_checked_counts_the_posts_it_opens():
    report = a_report(7)  # 40 positive, 35 neutral, 15 negative, 12 unclear
    tile = tone.MEASURE.tile_of(report)
    assert (tile.tag, tile.words, tile.unit) == ("not checked", "40", "of 102 positive")
    assert tile.link.arguments == {"tone": POSITIVE}
    assert dict(tile.parts) == {"neutral": 35, "negative": 15, "unclear": 12}
    assert sum(part for _, part in tile.bar) == pytest.approx(100)
    assert report.net_tone == round(100 * 25 / 90)
    unclear = a_report(7, tones=dict.fromkeys(Tone, 0) | {UNCLEAR: 9})
    assert (unclear.net_tone, tone.MEASURE.tile_of(unclear).words) == (None, "0")
    assert dict(tone.MEASURE.tile_of(unclear).parts) == {"neutral": 0, "negative": 0, "unclear": 9}
