"""What is worth an alert, by fixed rules. Pure.

Posts of a platform whose terms forbid it raise none; see `forbidding` in `monitor.platform_info`.
No text and no name of anyone is in an alert: it says what happened, and links to the posts on the dashboard.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.alerts.burst import Burst, Counts, burst
from monitor.archive.values import DeskCard, PostGain, PostRow, posts_on
from monitor.campaign import Campaign
from monitor.core.clock import stamp
from monitor.core.text import one_line
from monitor.report import SourceState
from monitor.report.wording import DISSOLUTION_NOTICES, day_name, dissolution, quantity, stalled, title_of

HOURS = timedelta(hours=3)  # in which a post rises
FRESH = timedelta(days=2)  # older posts do not rise
_AMONG = 10  # posts of four weeks that a rising one is held against
RISING = {"low": 50, "usual": 20, "high": 10}  # likes, reposts, quotes and replies in these hours, at least
READ = {"low": 15, "usual": 5, "high": 1}  # of a question, from which on it should not wait
ASKED_WITHIN = timedelta(hours=24)
_MOST = 3  # posts in an alert
_SILENT = timedelta(hours=3), 3  # at least so long, and so many looks in a row
ASLEEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What happened, why as far as is known, and where to look.

    Of one `rule`, none follows another within `pause`; of one `subject` there is one.
    """

    rule: str
    subject: str
    title: str
    cause: str
    links: Mapping[str, str]  # what is where: addresses on the dashboard, from their slash on
    pause: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the rules look at, without what is not watched."""

    campaign: Campaign
    sources: tuple[SourceState, ...]
    top: Sequence[PostRow]  # posts of yesterday and today, the most reactions first
    events: Sequence[tuple[date, str]]  # of yesterday and today
    people: Counts  # who joined in, in each hour of four weeks
    newcomers: Counts  # those of them who had never posted before
    gained: Sequence[PostGain]  # in the last three hours
    asking: Sequence[PostGain]  # questions that nobody has seen to
    biggest: Sequence[int]  # engagement of the biggest posts of four weeks, the biggest first
    asleep: datetime | None  # when the worker last looked, before this time
    owed: Sequence[DeskCard]  # what waits on the reply desk
    began: datetime | None  # since when it has been looking, this time
    now: datetime


STOPPED = "The collector has stopped or is hanging. Restart it on the computer the monitor runs on."
NO_ROOM = "The disk of the computer the monitor runs on is full, or read-only. Free some space there."


def stalled_alert(since: datetime, cause: str) -> Alert:
    """Return what people are told when nothing is collected any more; `since` is in the campaign's time."""
    return Alert(
        rule="stalled",
        subject=stamp(since),
        title=stalled(since).rstrip("."),
        cause=f"{cause} Until then the numbers will not change.",
        links={"State of each source": "/sources"},
    )


def alerts(facts: Observation) -> Iterator[Alert]:
    """Yield all that is worth an alert now, whether or not people have been told."""
    yield from _dissolution(facts)
    yield from _away(facts)
    for source in facts.sources:
        yield from _silent(source, facts)
    yield from _burst(facts)
    yield from _rising(facts)
    yield from _questions(facts)
    yield from _overdue(facts)


def _dissolution(facts: Observation) -> Iterator[Alert]:
    day, today = facts.campaign.dissolution.day, facts.now.astimezone(facts.campaign.zone).date()
    notices = [days for days in DISSOLUTION_NOTICES if day and 0 < (day - today).days <= days]
    if notices:
        what, _, cause = dissolution(day, today).partition(". ")
        links = {"Settings": "/settings"}
        yield Alert(rule="dissolution", subject=f"{day} {min(notices)}", title=what, cause=cause, links=links)


def _away(facts: Observation) -> Iterator[Alert]:
    if facts.asleep and facts.now - facts.asleep >= ASLEEP:
        yield Alert(
            rule="asleep",
            subject=f"{facts.asleep:%Y-%m-%dT%H:%M}",
            title=f"The monitor was down from {_moment(facts, facts.asleep)} to {_moment(facts, facts.now)}",
            cause="Each source is now being checked for what was posted in the meantime. Anything it"
            " no longer shows counts as not covered.",
            links={"Data coverage": "/sources"},
        )


def _silent(source: SourceState, facts: Observation) -> Iterator[Alert]:
    settings = facts.campaign.sources.get(source.name)
    if not source.on or settings is None:
        return
    if not facts.began or not source.last_poll or source.last_poll < facts.began:
        return  # it has not been asked yet since the worker is up
    least, looks = _SILENT
    patience = max(least, looks * timedelta(minutes=settings.every_minutes))
    last = source.last_success
    is_silent = last is not None and facts.now - last > patience
    if source.needs_person or is_silent:
        since = f" since {_moment(facts, last)}" if last else ""
        yield Alert(
            rule=f"silent {source.name}",
            subject=f"{last:%Y-%m-%dT%H:%M}" if last else "never",
            title=f"{source.title} has not answered fully{since}",
            cause=source.detail or "The cause is not known. It will be retried on schedule.",
            links={"State of each source": "/sources"},
            pause=timedelta(hours=24),
        )


def _burst(facts: Observation) -> Iterator[Alert]:
    zone, sensitivity = facts.campaign.zone, facts.campaign.alerts.sensitivity
    peak = burst(facts.people, facts.newcomers, now=facts.now, zone=zone, sensitivity=sensitivity)
    if peak is None:
        return
    since, until = peak.since.astimezone(zone), peak.until.astimezone(zone)
    usual = f"about {round(peak.usual)}" if peak.usual >= 0.5 else "fewer than 1"
    links = {"Today's posts": f"/posts?since={since.date()}&until={until.date()}"}
    if biggest := next((post for post in facts.top if post.created_at >= since), None):
        links[f"The post with the most reactions: {biggest.metrics.engagement}"] = f"/posts/{biggest.id}"
    yield Alert(
        rule="burst",
        subject=f"{peak.since:%Y-%m-%dT%H}",
        title=f"{peak.total} people {'posted for the first time' if peak.newcomers else 'joined in'}"
        f" from {since:%H:%M} to {until:%H:%M}; usually {usual}",
        cause=" ".join(_causes(facts, peak)),
        links=links,
        pause=timedelta(hours=24),
    )


def _causes(facts: Observation, peak: Burst) -> Iterator[str]:
    """Yield what is known of why; never more than what happened on the same day or platform."""
    source, people = next(iter(peak.people.items()))
    yield f"{people} of them on {title_of(source)}."
    day = peak.since.astimezone(facts.campaign.zone).date()
    events = [title for on, title in facts.events if on == day]
    for title in events:
        yield f"Today's event: “{one_line(title)[:80]}”."
    if not events:
        yield "No clear cause."


def _rising(facts: Observation) -> Iterator[Alert]:
    floor = RISING[facts.campaign.alerts.sensitivity]
    beaten = sorted(facts.biggest, reverse=True)[_AMONG - 1 :][:1] or [0]
    for post in facts.gained[:_MOST]:
        if post.engagement >= max(floor, beaten[0]):
            reactions = quantity(post.engagement, "reaction", "reactions")
            yield Alert(
                rule="rising",
                subject=f"post {post.id}",
                title=f"A post got {reactions} in three hours",
                cause=f"At most {_AMONG} posts in the last four weeks got as many in total.",
                links={"The post": f"/posts/{post.id}"},
            )


def _questions(facts: Observation) -> Iterator[Alert]:
    for question in facts.asking[:_MOST]:
        reactions = quantity(question.engagement, "reaction", "reactions")
        yield Alert(
            rule="question",
            subject=f"post {question.id}",
            title=f"A post with {reactions} asks a question",
            cause="As far as we can see, nobody has answered it.",
            links={"The question": f"/posts/{question.id}"},
            pause=timedelta(hours=6),
        )


def _overdue(facts: Observation) -> Iterator[Alert]:
    """Yield one alert for each day on which replies fell due and were not made."""
    today = facts.now.astimezone(facts.campaign.zone).date()
    if days := [card.due for card in facts.owed if card.due and card.is_late(today)]:
        posts = posts_on(card for card in facts.owed if card.is_late(today))
        yield Alert(
            rule="overdue",
            subject=f"due {max(days)}",
            title=f"{quantity(posts, 'reply is', 'replies are')} overdue",
            cause=f"The longest has been due since {day_name(min(days))}.",
            links={"Reply desk": "/replies"},
            pause=timedelta(hours=24),
        )


def _moment(facts: Observation, at: datetime) -> str:
    local = at.astimezone(facts.campaign.zone)
    return f"{local:%H:%M} on {day_name(local.date())}"
