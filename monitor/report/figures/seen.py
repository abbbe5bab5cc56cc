"""The range of the audience's ceiling that is likely to have seen the posts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil, exp, log1p, sqrt
from statistics import fmean
from typing import NamedTuple

from monitor.archive.values import Audience, LargestAccount, ViewedPost
from monitor.report import Figure, Report, Seen
from monitor.report.figures.ceiling import is_ceiling
from monitor.report.measure import PEOPLE, Definition, Measure, Tile, TileLink, TileNote
from monitor.report.wording import NOT_KNOWN, known_of, quantity, rounded, title_of

ENOUGH = 30  # posts with views and followers, to measure by
ASSUMED = (0.01, 0.20)  # of the ceiling, until there are so many
_HUGE, _FEW = 100_000, 3  # followers of an account to be set apart, and accounts that there are at least
# Deviations to either side, and by how many posts the upper side trusts its measure less: few posts seldom
# have one that many saw. With these, 90 to 97 of 100 made-up cases are in the range (bench/reach.py).
_DEVIATIONS, _UNSEEN = 1.93, 20

_Key = tuple[str, int | None]  # a platform, and a band or all of it


class _Ratios(NamedTuple):
    """Views for each follower, 1 at most, of so many posts; one in twenty of them has fewer than `least`."""

    posts: int
    mean: float
    least: float
    variance: float


def most_of(audience: Iterable[Audience]) -> int | None:
    """Return the followers that an account has to have more of to be set apart; None: there are too few."""
    known = [part for part in audience if part.followers is not None]
    enough = sum(part.authors for part in known) >= _FEW
    return max(_HUGE - 1, _followers(known) // 2) if enough else None


def likely_seen(
    audience: Iterable[Audience], viewed: Sequence[ViewedPost], largest: LargestAccount | None = None
) -> Seen | None:
    """Return how many are likely to have seen the posts; None if nobody's followers are known.

    `largest` is an account to be set apart: its followers are not in the range.
    """
    parts = _without(largest, [part for part in audience if part.followers is not None])
    if not parts:
        return None
    ratios = _ratios(viewed)
    groups: dict[_Key, list[Audience]] = {}
    for part in parts:
        alike = part.platform, part.band
        groups.setdefault(alike if alike in ratios else (part.platform, None), []).append(part)
    assumed = {name for name, band in groups if (name, band) not in ratios}
    followers = _followers(part for name in assumed for part in groups[name, None])
    low, high = _range(ratios, {key: group for key, group in groups.items() if key in ratios})
    low, high = (
        round(end + share * followers, 6)  # the order of adding must not make one person more
        for end, share in zip((low, high), ASSUMED, strict=True)
    )
    measured = sum(one.platform not in assumed for one in viewed)
    return Seen(
        low=int(low), high=ceil(high), measured_on=measured, assumed_for=tuple(sorted(assumed)),
        huge=largest.followers if largest else None, huge_handle=largest.handle if largest else None,
    )  # fmt: skip


def _without(largest: LargestAccount | None, parts: list[Audience]) -> list[Audience]:
    """Return the parts without an account, which is in the last band of its platform."""
    if not largest:
        return parts
    its = max((part for part in parts if part.platform == largest.platform), key=lambda part: part.band)
    rest = replace(its, authors=its.authors - 1, followers=(its.followers or 0) - largest.followers)
    return [*(part for part in parts if part is not its), *([rest] if rest.authors else [])]


def _followers(parts: Iterable[Audience]) -> int:
    return sum(part.followers or 0 for part in parts)


def _ratios(viewed: Sequence[ViewedPost]) -> dict[_Key, _Ratios]:
    """Return views for each follower by platform and band, and by platform alone (None); not of too few."""
    ratios: dict[_Key, list[float]] = {}
    for post in viewed:
        ratio = min(1.0, post.views / post.followers)
        for key in ((post.platform, post.band), (post.platform, None)):
            ratios.setdefault(key, []).append(ratio)
    return {key: _moments(numbers) for key, numbers in ratios.items() if len(numbers) >= ENOUGH}


def _moments(ratios: Sequence[float]) -> _Ratios:
    mean = fmean(ratios)
    variance = sum((ratio - mean) ** 2 for ratio in ratios) / (len(ratios) - 1)
    return _Ratios(len(ratios), mean, sorted(ratios)[len(ratios) // 20], variance)


def _range(ratios: Mapping[_Key, _Ratios], groups: Mapping[_Key, Sequence[Audience]]) -> tuple[float, float]:
    """Return between what two numbers a sum lies of accounts, each seen by a ratio of its followers.

    Its mean and variance are those of accounts with ratios drawn from the measured ones. A sum of few leans
    towards less: its lower end is that of a gamma distribution (by E. B. Wilson and M. M. Hilferty,
    "The distribution of chi-square", 1931), its upper end that of a lognormal one (L. F. Fenton, "The sum of
    log-normal probability distributions in scatter transmission systems", 1960).
    """
    mean = least = most = below = above = 0.0
    for (platform, band), parts in groups.items():
        by, followers = ratios[platform, band], _followers(parts)
        # Where all of a platform's posts measure, those that measure its other parts are among them.
        shared = [one for key in groups if not band and key[0] == platform and key[1] for one in groups[key]]
        squares = sum((part.followers or 0) ** 2 / part.authors for part in parts)
        error = followers * (followers + 2 * _followers(shared))
        mean, least, most = mean + by.mean * followers, least + by.least * followers, most + followers
        below += by.variance * (squares + error / by.posts)
        above += by.variance * (squares + error / (by.posts - _UNSEEN))
    if not mean:
        return 0.0, 0.0
    part, spread = below / mean**2, log1p(above / mean**2)
    low = mean * max(0.0, 1 - part / 9 - _DEVIATIONS * sqrt(part) / 3) ** 3
    return max(least, low), min(most, mean * exp(_DEVIATIONS * sqrt(spread) - spread / 2))


def between(low: int, high: int) -> str:
    """Return '1,200 to 25,000': two digits, rounded outwards, for a range of this kind is no finer."""
    fine, coarse = (10 ** max(0, len(str(number)) - 2) for number in (low, high))
    low, high = low // fine * fine, -(-high // coarse) * coarse
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def basis(estimate: Seen) -> str:
    """Return where the range of `between` comes from."""
    posts = f"based on the views of {quantity(estimate.measured_on, 'post', 'posts')}"
    measured = [posts] if estimate.measured_on else []
    where = ", ".join(map(title_of, estimate.assumed_for))
    assumed = [f"assumed to be 1% to 20% of followers{f' for {where}' * bool(measured)}"] if where else []
    return "; ".join([*measured, *assumed])


def _basis(report: Report) -> str:
    followers = f"followers known for {known_of(report.figures['ceiling'], *PEOPLE)}"
    return f"{basis(report.seen)}; {followers}" if report.seen else followers


_NO_FOLLOWERS = "No platform gave follower numbers for these accounts"
_LAKE_NOTE = "Measured on single posts, so not where many offices are counted together"


def _figure(report: Report) -> Figure:
    ceiling = report.figures["ceiling"]
    return Figure(definition="seen", value=None, known=ceiling.known, of=ceiling.of)


def _words(report: Report) -> str:
    if report.seen is None:
        return NOT_KNOWN
    without = " without the largest account" if report.seen.huge else ""
    return between(report.seen.low, report.seen.high) + without


def _tile(report: Report) -> Tile:
    if report.seen is None:
        return Tile(notes=(TileNote(text=_LAKE_NOTE if report.figures["ceiling"].known else _NO_FOLLOWERS),))
    link = TileLink(page="/methods#seen", arguments=None)
    words = basis(report.seen)
    rests = TileNote(text=f"{words[:1].upper()}{words[1:]}.", link=link)
    apart = (TileNote(text=_apart(report.seen, report.seen.huge)),) if report.seen.huge else ()
    notes = (TileNote(text=_most(report, report.seen)), *apart, rests)
    return Tile(notes=notes, shared=(*apart, rests), words=between(report.seen.low, report.seen.high))


def _most(report: Report, seen: Seen) -> str:
    """Return how many followers the range is a part of, as a ceiling only if it is one."""
    ceiling = report.figures["ceiling"]
    followers = f"{(ceiling.value or 0) - (seen.huge or 0):,} followers"
    people = known_of(ceiling, "person", "people")
    if is_ceiling(ceiling):
        return f"At most {followers}; known for {people}"
    return f"Out of {followers}, known for {people}"


def _apart(seen: Seen, followers: int) -> str:
    """Return that an account is not in the range: 'Without @name, which alone has 1.5 million followers'."""
    return f"Without {seen.huge_handle or 'one account'}, which alone has {rounded(followers)} followers"


MEASURE = Measure(
    key="seen",
    order=60,
    rank=25,
    definition=Definition(
        title="Likely seen",
        version=3,
        what="How many followers of those who posted are likely to have seen a post, as a range.",
        formula="Based on views per follower (at most one) of this campaign's own posts on the same"
        " platform by accounts of similar size. The range is for the sum over all accounts, each seen by"
        " such a share of its followers: it narrows with more accounts and with more measured posts. Where"
        " fewer than 30 such posts are known, 1% to 20% of the followers. A huge account, with more than"
        " half of all followers, is left out of the range and named beside it.",
        limits="An estimate, designed to include the true figure nine times in ten. It includes views by"
        " people who do not follow the account, counts people once for each account they follow, and leaves"
        " out accounts whose followers are not known.",
    ),
    remarks=(
        "Accounts are of similar size when their followers are in the same band: under 1,000; under 10,000;"
        " under 100,000; under a million; more.",
        "The posts measured are the latest 300 on a platform with both views and followers.",
        "If 30 of them are by accounts of similar size, those are used; otherwise, if there are 30 in all,"
        " all of them; otherwise 1% to 20%.",
        "An account is left out if it has 100,000 followers or more, more than all the others"
        " together, and at least three accounts have known followers.",
        "Pages, mails and files give the range to two digits, rounded outwards; `monitor report --json`"
        " gives it in full.",
    ),
    unit=PEOPLE,
    figure_of=_figure,
    words_of=_words,
    tile_of=_tile,
    basis_of=_basis,
)
