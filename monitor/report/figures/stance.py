"""Whether posts are for or against what the campaign asks, as people labelled them: by week, never of few."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import hypot

from monitor.archive.values import StanceCount
from monitor.core.anonymity import safe_groups
from monitor.report import Net, Report, StanceWeek, ToneShare, Window
from monitor.report.measure import Definition, Face, Measure
from monitor.report.tone_estimate import wilson
from monitor.report.wording import share_range, window_words

STANCES = SUPPORT, OPPOSE, UNCLEAR = "support", "oppose", "unclear"
HEAD = "Week", "Support", "Oppose", "Unclear", "Labelled"
_WEEK = timedelta(days=7)
_NOT_TOLD = "not given"
LIMITS = (
    "A week without a bar is not given: too few posts were labelled, or too few people wrote them. The table"
    " says which weeks’ labels were not drawn by chance: those say nothing of other posts."
)


def stance_week(counts: Sequence[StanceCount], week: Window, posts: int) -> StanceWeek:
    """Return a week with its labels of `counts`, if there are several stances, each of enough people."""
    counts = [count for count in counts if count.monday == week.first]
    is_safe = 1 < len(counts) == len(safe_groups({count.stance: count.people for count in counts}))
    labels = dict.fromkeys(STANCES, 0) | {count.stance: count.posts for count in counts}
    by_chance = all(count.by_chance == count.posts for count in counts)
    return StanceWeek(week=week, posts=posts, labels=labels if is_safe else {}, is_random=by_chance)


def share(week: StanceWeek, stance: str = SUPPORT) -> ToneShare:
    """Return a stance's share of what was labelled in a week, in percent, with its range."""
    posts, whole = week.labels[stance], sum(week.labels.values())
    low, high = wilson(posts, whole)
    return ToneShare(value=100 * posts / whole, low=100 * low, high=100 * high)


def change(earlier: StanceWeek, later: StanceWeek) -> Net:
    """Return how far support has moved, in points: by method 10 of Newcombe 1998, Statistics in Medicine.

    https://rdrr.io/rforge/Epi/man/ci.pd.html has it, too.
    """
    a, b = share(earlier), share(later)
    low, high = hypot(b.value - b.low, a.high - a.value), hypot(b.high - b.value, a.value - a.low)
    value = b.value - a.value
    return Net(value=value, low=value - low, high=value + high, doubt=(low + high) / 2)


def finding(report: Report) -> str:
    """Return support in the last week that has its labels, and a clear change of it; empty if none has."""
    weeks = [week for week in report.stances if week.labels]
    return clear_change(report) or (_support(weeks[-1]) if weeks else "")


def clear_change(report: Report) -> str:
    """Return a clear change of support from one week with its labels to the next; empty if there is none.

    Only of posts that were drawn by chance: other labels change with what people choose to label. People read
    a week's sample after its mail, so the change may be of the week before.
    """
    weeks = [week for week in report.stances if week.labels][-2:]
    if len(weeks) < 2 or not all(week.is_random for week in weeks):
        return ""
    (before, now), net = weeks, change(*weeks)
    if not net.is_clear or now.week.last < report.window.last - _WEEK:
        return ""
    way, earlier = "up" if net.value > 0 else "down", share_range(share(before))
    return f"{_support(now)}: clearly {way} from {earlier}, {window_words(before.week)}"


def _support(week: StanceWeek) -> str:
    return f"{share_range(share(week))} of labelled posts support the campaign, {window_words(week.week)}"


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield a week's name, each stance's share with its range, and of how many posts."""
    for week in report.stances:
        shares = [share(week, stance) for stance in STANCES if week.labels]
        cells = [f"{part.value:.0f}% ({share_range(part)})" for part in shares] or [_NOT_TOLD] * len(STANCES)
        how = "" if week.is_random else ", not by chance"
        number = f"{sum(week.labels.values())} of {week.posts:,} posts{how}" if shares else _NOT_TOLD
        yield window_words(week.week), *cells, number


MEASURE = Measure(
    key="stance",
    order=75,
    definition=Definition(
        title="Stance",
        version=1,
        what="Whether posts support or oppose what the campaign asks, as people labelled them.",
        formula="Of the posts of a whole week that people labelled, the share of each stance, with a range"
        " (Wilson's) that includes the true share 19 times in 20 if the labelled posts were drawn by chance,"
        " as the sample for tone is. The program never guesses a stance. Posts of the campaign's own"
        " accounts have none, so they never count as support; tone counts them.",
        limits="Posts that people chose to label are not like the rest: no change between weeks is given for"
        " them, nor one whose range includes 0. A week is left out where fewer than five people are behind a"
        " stance, or all are of one mind.",
    ),
    absent=dict.fromkeys(Face, "Each week has shares and ranges of its own: a chart has them."),
)
