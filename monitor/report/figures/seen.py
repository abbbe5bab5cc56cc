"""The range of the audience's ceiling that is likely to have seen the posts."""

from collections.abc import Mapping, Sequence
from math import ceil
from statistics import quantiles

from monitor.archive.values import Audience, ViewedPost
from monitor.report import Figure, Report, Seen
from monitor.report.measure import BRIDGES, PEOPLE, Definition, Face, Measure, Tile, TileLink, TileNote
from monitor.report.wording import NOT_KNOWN, known_of, quantity, titles

ENOUGH = 30  # posts with views and followers, to measure by
ASSUMED = (0.01, 0.20)  # of the ceiling, until there are so many


def likely_seen(audience: Sequence[Audience], viewed: Sequence[ViewedPost]) -> Seen | None:
    """Return how many are likely to have seen the posts; None if nobody's followers are known."""
    parts = [part for part in audience if part.followers is not None]
    if not parts:
        return None
    low = high = 0.0
    assumed, ranges = set(), _ranges(viewed)
    for part in parts:
        limits = ranges.get((part.platform, part.band)) or ranges.get((part.platform, None))
        if limits is None:
            assumed.add(part.platform)
        (least, most), followers = limits or ASSUMED, part.followers or 0
        low, high = low + min(1.0, least) * followers, high + min(1.0, most) * followers
    measured = sum(one.platform not in assumed for one in viewed)
    low, high = round(low, 6), round(high, 6)  # the order of adding must not make one person more
    return Seen(low=int(low), high=ceil(high), measured_on=measured, assumed_for=tuple(sorted(assumed)))


def _ranges(viewed: Sequence[ViewedPost]) -> dict[tuple[str, int | None], tuple[float, float]]:
    """Return views for each follower by platform and band, and by platform alone (None); not of too few."""
    ratios: dict[tuple[str, int | None], list[float]] = {}
    for post in viewed:
        ratio = post.views / post.followers
        for key in ((post.platform, post.band), (post.platform, None)):
            ratios.setdefault(key, []).append(ratio)
    return {key: _middle(numbers) for key, numbers in ratios.items() if len(numbers) >= ENOUGH}


def _middle(ratios: Sequence[float]) -> tuple[float, float]:
    tenths = quantiles(ratios, n=10, method="inclusive")
    return tenths[0], tenths[8]


def between(estimate: Seen) -> str:
    """Return '1,200 to 25,000': two digits, rounded outwards, for a range of this kind is no finer."""
    fine, coarse = (10 ** max(0, len(str(number)) - 2) for number in (estimate.low, estimate.high))
    low, high = estimate.low // fine * fine, -(-estimate.high // coarse) * coarse
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def basis(estimate: Seen, titles: Mapping[str, str]) -> str:
    """Return where the range of `between` comes from, as one sentence."""
    measured = (
        [f"measured on {quantity(estimate.measured_on, 'post', 'posts')} of ours"]
        if estimate.measured_on
        else []
    )
    where = ", ".join(titles.get(name, name) for name in estimate.assumed_for)
    assumed = [f"taken as 1% to 20% of followers for {where}"] if where else []
    sentence = "; ".join([*measured, *assumed])
    return sentence[:1].upper() + sentence[1:] + "."


def _figure(report: Report) -> Figure:
    ceiling = report.figures["ceiling"]
    return Figure(definition="seen", value=None, known=ceiling.known, of=ceiling.of)


def _words(report: Report) -> str:
    return between(report.seen) if report.seen else NOT_KNOWN


def _tile(report: Report) -> Tile:
    if report.seen is None:
        return Tile(notes=(TileNote(text="No platform said how many follow these accounts"),))
    ceiling = report.figures["ceiling"]
    most = f"At most {ceiling.value:,} followers; known for {known_of(ceiling, 'account', 'accounts')}"
    rests = TileNote(
        text=basis(report.seen, titles(report)), link=TileLink(page="/methods#seen", arguments=None)
    )
    return Tile(notes=(TileNote(text=most), rests), shared=(rests,))


MEASURE = Measure(
    key="seen",
    order=60,
    rank=25,
    definition=Definition(
        title="Likely seen",
        version=2,
        what="A range of how many of the ceiling are likely to have seen a post.",
        formula="Views for each follower, from this campaign's own posts on the same platform by accounts"
        " of like size: the 10th to the 90th percentile, applied to the ceiling as its version 2 counts it,"
        " and never above it. Where fewer than 30 such posts are known: 1% to 20% of the ceiling.",
        limits="An estimate. Views by people who do not follow the account are in it, and accounts whose"
        " followers are not known are not.",
    ),
    remarks=(
        "Accounts are of like size when their followers lie in the same band: under 1,000; under 10,000;"
        " under 100,000; under a million; more.",
        "The posts measured are the latest 300 of a platform that have both views and followers.",
        "If 30 of them are by accounts of like size, these are used; else, if there are 30 at all, all of"
        " them; else 1% to 20%.",
        "Pages, mails and files say the range with two digits, rounded outwards; `monitor report --json` has"
        " it whole.",
    ),
    sql=f"""WITH last_posts AS (
  SELECT p.platform, p.followers,
    row_number() OVER (PARTITION BY p.author_id ORDER BY p.created_at DESC, p.id DESC) AS place
  FROM posts p JOIN post_tracks t ON t.post_id = p.id
  WHERE t.track = :track AND p.day BETWEEN :first AND :last AND p.author_id NOT IN {BRIDGES}
), people AS (             -- bands: 1 for numbers of up to three digits, 2 of four, to 5 of seven and more
  SELECT platform, max(1, min(5, length(followers) - 2)) AS band, sum(followers) AS followers
  FROM last_posts WHERE place = 1 AND followers IS NOT NULL GROUP BY 1, 2
), measured AS (
  SELECT p.platform, max(1, min(5, length(p.followers) - 2)) AS band, 1.0 * p.views / p.followers AS ratio,
    row_number() OVER (PARTITION BY p.platform ORDER BY p.created_at DESC) AS place
  FROM posts p JOIN post_tracks t ON t.post_id = p.id
  WHERE t.track = :track AND p.day <= :last AND p.views IS NOT NULL AND p.followers > 0
), ratios AS (             -- once in their band, and once in band 0, which holds all of a platform
  SELECT platform, band, ratio FROM measured WHERE place <= 300
  UNION ALL SELECT platform, 0, ratio FROM measured WHERE place <= 300
), sorted AS (
  SELECT platform, band, ratio,
    row_number() OVER (PARTITION BY platform, band ORDER BY ratio) - 1 AS place,
    count(*) OVER (PARTITION BY platform, band) - 1 AS last
  FROM ratios
), ranges AS (             -- a percentile lies between the two posts next to it
  SELECT platform, band,
    sum(ratio * max(0, 1 - abs(place - 0.1 * last))) AS low,
    sum(ratio * max(0, 1 - abs(place - 0.9 * last))) AS high
  FROM sorted WHERE last >= 29 GROUP BY 1, 2
), seen AS (
  SELECT round(sum(people.followers * min(1, coalesce(alike.low, every.low, 0.01))), 6) AS low,
    round(sum(people.followers * min(1, coalesce(alike.high, every.high, 0.2))), 6) AS high
  FROM people
  LEFT JOIN ranges alike ON alike.platform = people.platform AND alike.band = people.band
  LEFT JOIN ranges every ON every.platform = people.platform AND every.band = 0
)
SELECT CAST(low AS INTEGER), CAST(high AS INTEGER) + (high > CAST(high AS INTEGER)) FROM seen;""",
    unit=PEOPLE,
    figure_of=_figure,
    words_of=_words,
    tile_of=_tile,
    absent={Face.CHANGED: "It is a range, and is not compared with earlier ones."},
)
