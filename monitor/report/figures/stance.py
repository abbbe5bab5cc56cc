"""Whether posts are for or against what the campaign asks, as people labelled them: by week, never of few."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from math import hypot
from random import Random

from monitor.archive.values import StanceCount
from monitor.core.small_groups import safe_groups
from monitor.report import Net, Report, StanceWeek, ToneShare, Window
from monitor.report.measure import Definition, Face, Measure
from monitor.report.tone_estimate import wilson
from monitor.report.wording import share_range, window_words

STANCES = SUPPORT, OPPOSE, UNCLEAR = "support", "oppose", "unclear"
HEAD = "Week", "Support", "Oppose", "Unclear", "Labelled"
_WEEK = timedelta(days=7)
_NOT_TOLD = "not given"
LIMITS = (
    "A week without a bar had too few labelled posts, or too few people who wrote them. Labels are counted in"
    " fives, rounded up or down at random, so that no difference shows what one person thinks."
)
# Posts: random rounding, as in https://www.census2011.gc.ca/census-recensement/2011/ref/DQ-QD/conf-eng.cfm
_STEP = 5


def stance_week(
    counts: Sequence[StanceCount], week: Window, posts: int, own: Collection[str] = ()
) -> StanceWeek:
    """Return a week with its labels of `counts` in fives, if several stances are each of enough people.

    Chance is the same as long as all is: `own` accounts that change make it another, whoever they are.
    """
    counts = [count for count in counts if count.monday == week.first]
    is_safe = 1 < len(counts) == len(safe_groups({count.stance: count.people for count in counts}))
    chance = Random(repr((week, posts, own, counts)))
    fives = {count.stance: _STEP * int(count.posts / _STEP + chance.random()) for count in counts}
    by_chance = all(count.by_chance == count.posts for count in counts)
    labels = dict.fromkeys(STANCES, 0) | fives if is_safe else {}
    return StanceWeek(week=week, posts=posts, labels=labels, is_random=by_chance)


def share(week: StanceWeek, stance: str = SUPPORT) -> ToneShare:
    """Return a stance's share of what was labelled in a week, in percent, with the range for all posts.

    It is wider than Wilson's, as the labels may be a step more or less.
    """
    posts, whole = week.labels[stance], sum(week.labels.values())
    part, doubt = posts / whole, _STEP / whole
    low, high = wilson(posts, whole)
    low, high = part - hypot(part - low, doubt), part + hypot(high - part, doubt)
    return ToneShare(value=100 * part, low=max(0.0, 100 * low), high=min(100.0, 100 * high))


def change(a: ToneShare, b: ToneShare) -> Net:
    """Return how far a share has moved, in points: by method 10 of Newcombe 1998, Statistics in Medicine.

    https://rdrr.io/rforge/Epi/man/ci.pd.html has it, too.
    """
    low, high = hypot(b.value - b.low, a.high - a.value), hypot(b.high - b.value, a.value - a.low)
    value = b.value - a.value
    return Net(value=value, low=value - low, high=value + high, doubt=(low + high) / 2)


def finding(report: Report) -> str:
    """Return support in the last week that has its labels, and a clear change of it; empty if none has."""
    weeks = _last_two(report)
    return clear_change(report) or (_support(weeks[-1]) if weeks else "")


def clear_change(report: Report) -> str:
    """Return a clear change of support from one week with its labels to the next; empty if there is none.

    Only of posts that were drawn by chance: other labels change with what people choose to label. People read
    a week's sample after its mail, so the change may be of the week before.
    """
    weeks = _last_two(report)
    if not _is_clear(weeks) or weeks[1].week.last < report.window.last - _WEEK:
        return ""
    before, now = map(share, weeks)
    way, (earlier, week) = "up" if now.value > before.value else "down", (window_words(x.week) for x in weeks)
    support = f"{share_range(now)} of all posts support the campaign, {week}"
    return f"{support}: clearly {way} from {share_range(before)}, {earlier}"


def advice(report: Report) -> str:
    """Return what may be quoted, whether the last two weeks with labels differ, and what is not given."""
    weeks = _last_two(report)
    if not weeks:
        return LIMITS
    random = "Quote the range of all posts, with its week."
    words = [random if weeks[-1].is_random else "Do not quote this for all posts."]
    if len(weeks) > 1 and not all(week.is_random for week in weeks):
        words.append("The last two weeks cannot be compared: not all labels are from random samples.")
    elif len(weeks) > 1 and not _is_clear(weeks):
        words.append(f"No clear change from {window_words(weeks[0].week)}.")
    return " ".join([*words, LIMITS])


def _last_two(report: Report) -> list[StanceWeek]:
    return [week for week in report.stances if week.labels][-2:]


def _is_clear(weeks: Sequence[StanceWeek]) -> bool:
    is_random = len(weeks) > 1 and all(week.is_random for week in weeks)
    return is_random and change(*map(share, weeks)).is_clear


def _support(week: StanceWeek) -> str:
    part = share(week)
    labelled = "a random sample of posts" if week.is_random else "the labelled posts"
    about = f"About {part.value:.0f}% of {labelled} support the campaign, {window_words(week.week)}"
    if week.is_random:
        return f"{about}: {share_range(part)} of all posts"
    return f"{about}; people chose which to label, so this says nothing about the others"


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield a week's name, each stance's share with its range, and of how many posts."""
    for week in report.stances:
        shares = [share(week, stance) for stance in STANCES if week.labels]
        cells = [f"{part.value:.0f}% ({share_range(part)})" for part in shares] or [_NOT_TOLD] * len(STANCES)
        how = "" if week.is_random else ", not a random sample"
        number = f"about {sum(week.labels.values())} of {week.posts:,} posts{how}" if shares else _NOT_TOLD
        yield window_words(week.week), *cells, number


MEASURE = Measure(
    key="stance",
    order=75,
    definition=Definition(
        title="Stance",
        version=2,
        what="Whether posts support or oppose what the campaign asks, as people labelled them.",
        formula="Of the posts of a whole week that people labelled, the share of each stance, with a range"
        " (Wilson's, and a step of five more or less) that includes the share of all posts 19 times in 20 if"
        " the labelled ones are a random sample, as for tone. Labels are counted in fives, rounded up"
        " or down at random. The program never guesses a stance. Posts of the campaign's own accounts have"
        " none, so they never count as support; tone counts them.",
        limits="Posts that people chose to label are not like the rest: no change between weeks is given for"
        " them, nor one whose range includes 0. A week is left out where fewer than five people are behind a"
        " stance, or all are of one mind.",
    ),
    absent=dict.fromkeys(Face, "Each week has shares and ranges of its own: a chart has them."),
)
