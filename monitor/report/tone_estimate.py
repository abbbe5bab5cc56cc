"""What a week's posts sound like, from a random sample that a person has read. Pure.

The program's own scores lean to one side, and adding them up keeps the lean: their bootstrap covers the truth
0 to 66 % of the time where 95 % is asked for. A person's word on 50 posts drawn by chance covers it, and the
scores make its range narrower (prediction-powered inference, https://doi.org/10.1126/science.adi6000).

What is asked for is how this week's posts sound, all of which are known, and the sample is drawn from them by
chance. So the range holds however many posts one writer sent or repeated; to take such posts together as one
voice made it too narrow instead (74 % in tests/report/test_tone_estimate.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from statistics import NormalDist, fmean

from monitor.archive.values import Audit
from monitor.core.model import CLEAR_TONES, Tone
from monitor.report import Checked, Net, ToneShare, ToneShares, Window
from monitor.report.baseline import student

SAMPLE = 50  # posts a week: about five minutes' reading
ENOUGH = 30  # of them, read, before anything is said
_FEW = 10  # clear posts, under which a share of them says nothing: 0 to 81 % of seven
_TO_COMPARE = 10  # posts read in each of two weeks, before one is said to differ from the other
MANY = 200  # posts read in all samples, from which on these count for a time in which too few were
# Of a part, by which a week that was not read may lean otherwise: where it has ten points more or less than
# in the weeks that were, the range holds nine times in ten; so it does with more room by samples of any age,
# which are so many that chance leaves less (tests/report/test_tone_shares.py).
_DRIFT, _DRIFT_OF_ANY_AGE = 0.05, 0.07
_Pair = tuple[Tone, Tone]  # what a person says of a post, and what the program says of it today
_Rating = tuple[int, int]  # the same of the sample, and what the program said then: -1, 0 or 1
_OUTSIDE = 0.05  # of cases in which the truth is outside a range


def net_tone(whole: Audit, ratings: Sequence[_Rating]) -> Net | None:
    """Return the net tone of all posts of a sample's week by those that were read; None for less than two.

    Where some of the sample are gone, the scores say nothing of the posts that it stands for.
    """
    number = len(ratings)
    if number < 2:
        return None
    trust = _trust(whole, ratings) if len(whole.readable) == len(whole.sample) else 0.0
    apart = [person - trust * program for person, program in ratings]
    # Two imagined posts, one at each end: fifty alike do not prove that all are.
    ends = [end - trust * whole.mean for end in (-1, 1)]
    spread = _variance([*apart, *ends]) * (1 - number / whole.posts) / number
    return _ranged(
        100 * (trust * whole.mean + fmean(apart)), 100 * student(number - 1, _OUTSIDE) * sqrt(spread), 100
    )


def change(earlier: Net, later: Net) -> Net:
    """Return how far a net tone has moved from one week to another."""
    return _ranged(later.value - earlier.value, sqrt(earlier.doubt**2 + later.doubt**2), 200)


def checked(audits: Iterable[Audit]) -> Checked | None:
    """Return what the latest of these samples says, and what changed; None if none was read.

    `audits` come with the latest first.
    """
    results = ((audit, of_audit(audit)) for audit in audits)
    latest = [(audit, net) for audit, net in results if net][:2]
    if not latest:
        return None
    (last, net), *others = latest
    if min(len(audit.labelled) for audit, _ in latest) < _TO_COMPARE:
        others = []
    return Checked(
        week=_week(last), net=net, posts=last.posts, read=len(last.labelled),
        before=_week(others[0][0]) if others else None,
        change=change(others[0][1], net) if others else None,
    )  # fmt: skip


def of_audit(audit: Audit) -> Net | None:
    """Return the net tone that a sample shows; None until enough of it was read."""
    ratings = [(post.label.net, post.scored.net) for post in audit.labelled if post.label]
    if audit.is_outdated or (audit.unread and len(ratings) < ENOUGH):
        return None
    return net_tone(audit, ratings)


def read_pairs(audits: Iterable[Audit]) -> list[_Pair]:
    """Return what a person and what the program say of the posts of samples that were read far enough."""
    return list(_pairs(audit for audit in audits if of_audit(audit)))


def _pairs(audits: Iterable[Audit]) -> Iterator[_Pair]:
    for post in chain.from_iterable(audit.labelled for audit in audits):
        if post.label and post.rescored:
            yield post.label, post.rescored


def shares(
    tones: Mapping[Tone, int], pairs: Sequence[_Pair], *,
    labelled: int, elsewhere: float, is_near: bool = True,
) -> ToneShares | None:  # fmt: skip
    """Return each tone's share of some posts by their counts, less the lean of the program in `pairs`.

    `labelled` of the posts have a person's word already; `elsewhere` is the part of the posts (0 to 1) from
    other weeks than those of the pairs, in which the program may lean otherwise. For the rest, the range is
    that of a difference estimator. None until enough was read, and where hardly any post is clear; where
    the pairs are of samples of any age, and not `is_near`, enough is more.
    """
    unread, read = max(0, sum(tones.values()) - labelled), len(pairs)
    enough, drift = (ENOUGH, _DRIFT) if is_near else (MANY, _DRIFT_OF_ANY_AGE)
    if read < (enough if unread else 2):
        return None
    posts = {
        tone: max(0.0, tones.get(tone, 0) + unread * fmean([(y == tone) - (f == tone) for y, f in pairs]))
        for tone in CLEAR_TONES
    }
    whole = sum(posts.values())
    if not whole or (unread and whole < _FEW):
        return None
    result = {}
    for tone, part in ((tone, number / whole) for tone, number in posts.items()):
        spread = _spread(tone, part, pairs) * unread * (unread / read + 1) / whole**2
        doubt = 100 * student(read - 1, _OUTSIDE) * sqrt(spread + (drift * elsewhere) ** 2)
        low, high = max(0.0, 100 * part - doubt), min(100.0, 100 * part + doubt)
        result[tone] = ToneShare(value=100 * part, low=low, high=high)
    return ToneShares(read=read, elsewhere=elsewhere, shares=result)


def _spread(tone: Tone, part: float, pairs: Sequence[_Pair]) -> float:
    """Return the variance of the program's errors in a tone's part of the posts that are clear at all."""

    def worth(other: Tone) -> float:
        return 0.0 if other == Tone.UNCLEAR else (other == tone) - part

    # Two imagined posts, one at each end: fifty alike do not prove that all are.
    return _variance([*(worth(y) - worth(f) for y, f in pairs), 1 - part, -part])


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How often the program, where it named a tone, named a person's; shares of 1, with a range of 95 %."""

    right: int
    of: int
    low: float
    high: float
    pairs: Mapping[tuple[Tone, Tone], int]  # what a person said, what the program said -> posts


def accuracy(audits: Iterable[Audit]) -> Accuracy | None:
    """Return how right the program was in samples that were read; None if nothing was.

    What people corrected elsewhere is not counted: they correct what is wrong.
    """
    pairs = Counter(_pairs(audits))
    number = sum(many for (_, program), many in pairs.items() if program != Tone.UNCLEAR)
    if not number:
        return None
    right = sum(pairs[tone, tone] for tone in CLEAR_TONES)
    low, high = wilson(right, number)
    return Accuracy(right=right, of=number, low=low, high=high, pairs=pairs)


def wilson(some: int, of: int) -> tuple[float, float]:
    """Return the range of 95 % of a share (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953)."""
    z, share = NormalDist().inv_cdf(1 - _OUTSIDE / 2), some / of
    middle, whole = share + z**2 / (2 * of), 1 + z**2 / of
    reach = z * sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def _week(audit: Audit) -> Window:
    return Window(first=audit.monday, last=audit.sunday)


def _ranged(value: float, doubt: float, most: float) -> Net:
    return Net(value=value, low=max(-most, value - doubt), high=min(most, value + doubt), doubt=doubt)


def _trust(whole: Audit, ratings: Sequence[_Rating]) -> float:
    """Return how far the program's scores are leaned on, 0 to 1: as far as they go with what people say."""
    if not whole.variance:
        return 0.0
    people, programs = map(fmean, zip(*ratings, strict=True))
    together = fmean([(person - people) * (program - programs) for person, program in ratings])
    return min(1.0, max(0.0, together / whole.variance))


def _variance(numbers: Sequence[float]) -> float:
    # that of `statistics` counts in fractions, and takes a twentieth of a page's time
    middle = fmean(numbers)
    return sum((number - middle) ** 2 for number in numbers) / (len(numbers) - 1)
