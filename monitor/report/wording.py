"""Numbers, times and outcomes in plain English. None is said as unknown, never as 0."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from monitor import COMMAND, platform_info
from monitor.campaign import Campaign
from monitor.core.errors import Closed
from monitor.core.model import CLEAR_TONES, Metrics, Tone
from monitor.manual_entry import BY_HAND
from monitor.manual_entry import TITLE as BY_HAND_TITLE
from monitor.report import Covered, Day, Figure, Report, SourceState, ToneShare, Usual, Window
from monitor.report.tone_estimate import wilson
from monitor.report.window import is_years, length, week_of

NOT_KNOWN = "not known"
ERASED = "by people who have been erased"  # why posts are not compared
_WEEK, _MONTH = 7, 28  # days
FEW = 10  # below which a percentage says more than is known
_WIDE = 10  # times its low end, up to which a range may go
_SPREAD = 3  # the variance of posts over their mean, where no weeks are known to measure it by
_YEARLESS = timedelta(days=334)  # ago, after which a day of the same year may be taken for the next
LONGEST = 420  # characters of a post; the rest is one click away
_OUTCOMES = {  # what happened and what follows are in the source's own words beside it
    "complete": "Working: everything it shows was collected",
    "capped": "Working, but it shows only some of the posts",
    "gap": "Working again after a gap: some time was missed",
    "closed": "It does not show this to the public, so we cannot tell",
    "rate-limited": "Paused at its own request; we will retry automatically",
    "refused": "It refused us: a key is missing, wrong or not allowed",
    "unreachable": "No answer",
    "unreadable": "It answered in a form we cannot read",
    "broken": "A fault at our end",
}
_WORKING = frozenset({"complete", "capped", "gap"})


_MOSTLY = 0.5  # the share of a day without which little is known of it
DISSOLUTION_NOTICES = (28, 7)  # days before it


def quantity(number: int, singular: str, plural: str) -> str:
    """Return '1 post' or '1,234 posts'."""
    return f"{number:,} {singular if number == 1 else plural}"


def listed(words: Sequence[str], most: int = 20) -> str:
    """Return 'one, two and three'; of more than `most`, the first and how many more there are."""
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1:,} more"]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def rounded(number: int) -> str:
    """Return a large number as one says it: '1.5 million'; smaller ones whole."""
    millions = f"{number / 1_000_000:.1f}".removesuffix(".0")
    return f"{millions} million" if number >= 1_000_000 else f"{number:,}"


def busiest(report: Report) -> str:
    """Return 'The busiest day was Friday 20 November, with 46 posts', or that no single day was it.

    A day that was hardly collected may have been busier: then it is said of the others.
    """
    posts = [sum(day.posts.values()) for day in report.days]
    most, is_part = max(posts), any(day.unknown >= _MOSTLY for day in report.days)
    if posts.count(most) > 1:
        return (
            f"{quantity(sum(posts), 'post', 'posts')}; no single day {'collected ' * is_part}was the busiest"
        )
    day, number = day_name(report.days[posts.index(most)].day, report.window), quantity(most, "post", "posts")
    begins = "Of the days collected, the busiest was" if is_part else "The busiest day was"
    return f"{begins} {day}, with {number}" if len(posts) > 1 else f"{day} had {number}"


def range_of(usual: Usual) -> str:
    """Return '54 to 92', or 'none'."""
    if not usual.high:
        return "none"
    low, high = f"{usual.low:,.0f}", f"{usual.high:,.0f}"
    return low if low == high else f"{low} to {high}"


def is_telling(usual: Usual) -> bool:
    """Return whether a usual range tells a reader anything: one that is as wide as '1 to 603' does not."""
    return usual.high <= _WIDE * max(usual.low, FEW)


def usually(usual: Usual) -> str:
    """Return 'usually 54 to 92', or 'usually none'."""
    return f"usually {range_of(usual)}"


def blank(day: Day, otherwise: str) -> str:
    """Return why a day has no number: it is still to come, or as told by `otherwise`."""
    if day.passed < 1 and not day.unknown:
        return "none yet" if day.passed else "still to come"
    return otherwise


def so_far(day: Day) -> str:
    """Return ', so far' for a day that is not over, or a week."""
    return ", so far" if day.is_open else ""


def time_before(report: Report) -> str:
    """Return what a report is compared with: 'the day before', 'the 4 weeks before', or a part of them."""
    days = length(report.window).days
    time = f"{days // _WEEK:,} weeks" if days % _WEEK == 0 else f"{days:,} days"
    whole = f"the { {1: 'day', _WEEK: 'week'}.get(days, time) } before"
    if report.is_over:
        return whole
    now = report.comparison and report.comparison.now
    return f"the same {'day' if now and now.first == now.last else 'days'} of {whole}"


def against(now: int | None, before: int | None) -> str | None:
    """Return an earlier number, and by how much one rose or fell: 'up 51% from 644', '40'; None if not known.

    'Up' and 'down' are said where chance hardly makes such a difference, and never of few.
    """
    if now is None or before is None:
        return None
    if min(now, before) < FEW or abs(now - before) <= 2 * math.sqrt(_SPREAD * (now + before)):
        return f"{before:,}"
    percent = round(100 * abs(now - before) / before)
    return f"{'up' if now > before else 'down'} {percent:,}% from {before:,}"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago in words: 'just now', '6 minutes ago', '3 days ago'."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return quantity(minutes, "minute", "minutes") + " ago"
    if minutes < 36 * 60:
        return quantity(minutes // 60, "hour", "hours") + " ago"
    return quantity(round(minutes / 1440), "day", "days") + " ago"


@lru_cache(maxsize=4096)
def day_name(day: date, window: Window | None = None) -> str:
    """Return 'Thursday 19 November', and the year in a `window` of years."""
    year = f" {day.year}" if window and is_years(window.first, window.last) else ""
    return f"{day:%A %-d %B}{year}"


def due(day: date, today: date) -> str:
    """Return when something is due, or how late it is: 'due Thursday 3 December', '2 days late'."""
    if day < today:
        return f"{quantity((today - day).days, 'day', 'days')} late"
    return f"due {'today' if day == today else day_name(day)}"


def retention(until: date | None) -> str:
    """Return 'Texts of posts up to 3 December 2025 are not kept.'"""
    return (
        f"Texts of posts up to {until:%-d %B %Y} are not kept."
        if until
        else "No texts have been removed yet."
    )


def window_words(window: Window) -> str:
    """Return '26 October to 22 November 2026', with no more repeated than needed."""
    first, last = window.first, window.last
    end = f"{last:%-d %B %Y}"
    if first == last:
        return end
    start = str(first.day)
    if (first.year, first.month) != (last.year, last.month):
        start += f" {first:%B}"
    return f"{start}{f' {first.year}' if first.year != last.year else ''} to {end}"


def moment(at: datetime, now: datetime | None = None) -> str:
    """Return 'Thu 19 Nov, 18:42', in the instant's own zone; with the year where `now` leaves it in doubt."""
    is_far = now and (at.year != now.year or now - at > _YEARLESS)
    return f"{at:%a %-d %b}{f' {at.year}' if is_far else ''}, {at:%H:%M}"


def link(url: str) -> str | None:
    """Return the address if a browser may follow it (http or https), else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def host(url: str) -> str:
    """Return where a web address leads, without what is the same in all: 'example.org/petition'."""
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")


def short(text: str) -> str:
    """Return a text of at most LONGEST characters, cut at a word."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(maxsplit=1)[0] + " …"


def metric_words(metrics: Metrics) -> str:
    """Return the numbers that the platform gave: '412 likes, 0 replies'; empty if none."""
    parts = [
        (metrics.likes, "like", "likes"),
        (metrics.reposts, "repost", "reposts"),
        (metrics.quotes, "quote", "quotes"),
        (metrics.replies, "reply", "replies"),
        (metrics.views, "view", "views"),
    ]
    return ", ".join(quantity(number, one, many) for number, one, many in parts if number is not None)


def compared(report: Report, value: int | None, finished: int | None, before: int | None) -> str | None:
    """Return a number and the days before: 'Compared with 644 the week before'; None if it cannot be.

    Where the `value` shown is not what is compared, what is stands first: 'Up to yesterday: 271 posts, ...'.
    """
    words = against(finished, before)
    if words is None or finished is None:
        return None
    time = time_before(report)
    if words[0].isdigit():
        words = f"compared with {words if before else 'none'}"
    preposition = "on" if time == "the day before" or not report.is_over else "in"
    if finished == before:
        words = f"as {preposition} {time}"
    else:
        words += f" {time}" if time in ("the day before", "the week before") else f" {preposition} {time}"
    if finished != value or _leaves_out(report):
        words = f"{_basis(report, 'both times')}: {quantity(finished, 'post', 'posts')}, {words}"
    return f"{words[:1].upper()}{words[1:]}"


def not_compared(report: Report) -> str:
    """Return why there is nothing to compare a report with, without a full stop."""
    if report.window.first > report.made_at.date():
        return "These dates are still to come"
    if report.posts.value is None:
        return "No data was collected for these dates, so there is no comparison"
    if report.window.first == report.made_at.date():
        return "No full day has passed yet, so there is no comparison"
    days = length(report.window).days
    if report.new_people is None:  # nor can there be any of a long time, such as the whole campaign
        return "There are no earlier posts to compare with yet" if days <= _MONTH else ""
    if report.obstacles and report.obstacles[0].reason == ERASED:
        return f"Too few posts are left to compare without those {ERASED}"
    times = "weeks" if days == _WEEK else "periods"
    too_little = f"Too little was collected in the same way to compare the two {times}"
    if part := next((part for part in report.obstacles if part.reason.startswith("not covered")), None):
        too_little += f": {title_of(part.source)} was {part.reason}"
    return f"{too_little}. Check Sources: only {times} collected in full are compared"


def change(report: Report) -> str:
    """Return what the posts usually are, else those of the period before, else why neither is known."""
    posts = report.posts
    if posts.usual is None:
        return compared(report, posts.value, posts.finished, posts.before) or not_compared(report)
    usual = usually(posts.usual)
    if posts.finished in (None, posts.value) and not _leaves_out(report):
        return usual.capitalize()
    basis = _basis(report, "in every week")
    basis = basis[:1].upper() + basis[1:]
    return f"{basis}: {quantity(posts.finished or 0, 'post', 'posts')}, {usual}"


def _leaves_out(report: Report) -> bool:
    """Return whether a comparison leaves something out, if only of the days before."""
    return report.comparison is not None and bool(report.comparison.left_out)


def _basis(report: Report, times: str) -> str:
    """Return which posts are compared, where it is not all: 'up to yesterday', 'counting only what ...'."""
    basis, parts = report.comparison, [] if report.is_over else ["up to yesterday"]
    if report.is_over or (basis and (basis.left_out or basis.hours < 1)):
        parts.append(f"counting only what was collected the same way {times}")
    return ", ".join(parts)


def story(report: Report) -> str:
    """Return 'one story is on 30 news sites'; empty unless one is on some."""
    return f"one story is on {report.news.sites:,} news sites" if report.news else ""


def known_of(figure: Figure, singular: str, plural: str) -> str:
    """Return what a number rests on: '182 of 212 accounts', 'all 212 accounts'."""
    part = f"{figure.known:,} of " if figure.known != figure.of else "all " * (figure.of > 1)
    return f"{part}{quantity(figure.of, singular, plural)}"


def untimed(platform: Covered) -> str:
    """Return why it is not said how much of the time a platform was seen."""
    is_entered = platform.source == BY_HAND
    return "entered by people" if is_entered else "it does not say what period its answers cover"


def time_share(platform: Covered) -> str:
    """Return how much of the time a platform was seen, and if a file tells of it; why that is not said."""
    if platform.share is None:
        return untimed(platform)
    day = platform.file_from
    file = f", from a file imported on {day:%-d %B %Y}" if day else ""
    return f"{100 * platform.share:.0f}% of the time{file}"


def title_of(platform: str) -> str:
    """Return how people call a platform, also one that only files, or only people, tell of."""
    return BY_HAND_TITLE if platform == BY_HAND else platform_info.titles().get(platform, platform)


def percents(parts: Mapping[Tone, float]) -> dict[Tone, int]:
    """Return parts as whole percents that add up to 100; empty if there is nothing."""
    total = sum(parts.values())
    exact = {tone: 100 * part / total for tone, part in parts.items() if total}
    whole = {tone: int(share) for tone, share in exact.items()}
    short_by = 100 - sum(whole.values())
    for tone in sorted(exact, key=lambda tone: whole[tone] - exact[tone])[:short_by]:
        whole[tone] += 1
    return whole


RESCORING = "All posts are being scored in a new way: until that is finished, tones are not compared"


def rescoring(scored: int, rest: int) -> str:
    """Return how far another analyzer is with posts that had a tone, of which these are a sample."""
    share = min(99, 100 * scored // max(1, scored + rest))  # until it ends, some may still be left
    return f"{RESCORING}. So far, {share}% of posts are done."


def tone_ranges(report: Report) -> str | None:
    """Return each tone's share of posts with its range, as what was read says; None if too little was."""
    if not (read := report.tone_shares):
        return None
    where = " in other weeks" if read.elsewhere > 0.95 else ""
    good, even, bad = (share_range(read.shares[tone]) for tone in CLEAR_TONES)
    return (
        f"Judging by {quantity(read.read, 'post', 'posts')} read by people{where}, {bad} of posts sound"
        f" negative, {even} neutral and {good} positive."
    )


def share_range(share: ToneShare) -> str:
    """Return '38 to 52%'."""
    low, high = round(share.low), round(share.high)
    return f"{low}%" if low == high else f"{low} to {high}%"


def points(value: float) -> str:
    """Return a net tone or its change in whole points, with its sign."""
    whole = round(value)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"


def tone_checked(report: Report) -> str | None:
    """Return what the posts that were read say of tone; None if none were lately."""
    sentences = filter(None, (tone_ranges(report), _net_tone(report)))
    return " ".join(sentences) or None


_NET = "percent positive minus percent negative"


def _net_tone(report: Report) -> str | None:
    check = report.checked
    if check is None:
        return None
    net, begin = points(check.net.value), f"Net tone ({_NET}) for {window_words(check.week)}"
    if check.read == check.posts:
        sentence = f"{begin}, from reading all {check.read} posts in English: {net}."
    else:
        by = f"from reading {check.read} of {check.posts:,} posts in English"
        between = f"between {points(check.net.low)} and {points(check.net.high)}"
        sentence = f"{begin}, {by}: {net}, {between}."
    if check.change is None or check.before is None:
        return sentence
    way = "up" if check.change.value > 0 else "down"
    moved = f"Clearly {way} from" if check.change.is_clear else "No clear change from"
    return f"{sentence} {moved} {window_words(check.before)}."


def working(source: SourceState) -> bool:
    """Return whether the source is on, is asked at its turns, and its last poll brought what there was."""
    return source.on and source.outcome in _WORKING and source.overdue_since is None


def state(source: SourceState) -> str:
    """Return a source's last outcome as a sentence; or that it was not asked at its last turns."""
    if not source.on:
        return "Off"
    if source.overdue_since:
        return f"Not checked since {moment(source.overdue_since)}"
    if source.outcome is None:
        return "On, not checked yet"
    return _OUTCOMES.get(source.outcome, "Its last answer could not be read")


def recall(source: SourceState) -> str:
    """Return how many posts that another way found were here, and why the others were not; "" if unknown."""
    if (sample := source.recall) is None:
        return ""
    week = window_words(week_of(sample.monday))
    posts = f"{quantity(sample.posts, 'post', 'posts')} from {week} that {sample.way} found"
    if sample.posts < FEW:
        return f"We had {sample.here} of {posts}, too few to give a percentage."
    low, high = (round(100 * share) for share in wilson(sample.here, sample.posts))
    share = f"{round(100 * sample.here / sample.posts)}%, {low} to {high}%"
    causes = ", ".join(f"{number:,} {cause}" for cause, number in sample.causes.items())
    return f"We had {sample.here} of {posts} ({share}){': ' if causes else ''}{causes}."


def dissolution(day: date | None, today: date) -> str:
    """Return what people have to know of the dissolution of Parliament, from four weeks before it; or ''."""
    if day is None or (day - today).days > DISSOLUTION_NOTICES[0]:
        return ""
    if day <= today:
        return (
            f"Nothing is collected or mailed, and no share link works, since Parliament was dissolved on"
            f" {day_name(day)}. “{COMMAND} handover” writes the counts into files and erases the texts. If a"
            " campaign that is not an MP's goes on, remove the day in Settings, under"
            " “Dissolution of Parliament”."
        )
    days = quantity((day - today).days, "day", "days")
    return (
        f"Parliament is to be dissolved on {day_name(day)}, in {days}. From the first minute of that day"
        " nothing is collected or mailed, and no share link works."
    )


def check_sitting(campaign: Campaign, at: datetime) -> None:
    """Raise Closed once Parliament is dissolved: all that asks a service, or mails, begins with this."""
    if campaign.is_dissolved(at):
        raise Closed(dissolution(campaign.dissolution.day, at.astimezone(campaign.zone).date()))


def stalled(since: datetime | None) -> str:
    """Return that nothing is collected any more, as a sentence; empty if that is not so."""
    return f"Nothing has been collected since {moment(since)}." if since else ""


def mark(source: SourceState) -> str:
    """Return one of 'off', 'waiting', 'working', 'look': the badge beside a source."""
    if not source.on:
        return "off"
    if source.needs_person:
        return "look"
    if source.outcome is None:
        return "waiting"
    return "working" if working(source) else "look"


def themes_note(report: Report, most: int) -> str:
    """Return how a week's new themes are chosen, of which `most` are shown; empty where it was not read."""
    new, week = report.suggestions.themes, report.suggestions.week
    if not week:
        return ""
    more, whole = len(new) - most, quantity(week.read + week.unread, "post", "posts")
    nothing = f"No new theme: nothing {'besides the themes you keep ' * bool(report.themes)}was said"
    what = "Said" if new else nothing
    return (
        f"{what} by more people than in the 8 weeks before."
        f" {f'{more} more left out; ' if more > 0 else ''}{week.read:,} of {whole} read."
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "due": due, "quantity": quantity, "day_name": day_name, "host": host,
    "metric_words": metric_words, "link": link, "listed": listed, "mark": mark, "platform_title": title_of,
    "points": points,
    "recall": recall, "short": short, "stalled": stalled, "state": state, "themes_note": themes_note,
    "time_share": time_share, "untimed": untimed,
}  # fmt: skip
