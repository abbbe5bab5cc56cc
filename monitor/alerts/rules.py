"""What is worth an alert, by fixed rules. Pure.

Posts of a platform whose terms forbid it raise none; see `forbidding` in `monitor.platform_info`.
No text and no name of anyone is in an alert: it says what happened, and links to the posts on the dashboard.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerts.burst import burst
from monitor.archive.rows import Activity, PostGain
from monitor.campaign import Campaign
from monitor.report import Report, SourceState
from monitor.report.wording import day_name, quantity, titles

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
class AlertLink:
    """Where to go, and what is there; the address is on the dashboard, and begins with a slash."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What happened, why as far as is known, and where to look.

    Of one `rule`, none follows another within `pause`; of one `subject` there is one.
    """

    rule: str
    subject: str
    title: str
    cause: str
    links: tuple[AlertLink, ...]
    pause: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the rules look at; `report` is of yesterday and today, without what is not watched."""

    campaign: Campaign
    report: Report
    posts: Mapping[datetime, int]  # of each hour in four weeks
    covered: Container[datetime]  # hours that were collected
    posted: Sequence[Activity]  # in the hours that a burst is looked for in
    gained: Sequence[PostGain]  # in the last three hours
    asking: Sequence[PostGain]  # questions that nobody has seen to
    biggest: Sequence[int]  # engagement of the biggest posts of four weeks, the biggest first
    asleep: datetime | None  # when the worker last looked, before this time
    began: datetime | None  # since when it has been looking, this time
    now: datetime


def alerts(seen: Observation) -> Iterator[Alert]:
    """Yield all that is worth an alert now, whether or not people have been told."""
    yield from _away(seen)
    for source in seen.report.sources:
        yield from _silent(source, seen)
    yield from _burst(seen)
    yield from _rising(seen)
    yield from _questions(seen)


def _away(seen: Observation) -> Iterator[Alert]:
    if seen.asleep and seen.now - seen.asleep >= ASLEEP:
        yield Alert(
            rule="asleep",
            subject=f"{seen.asleep:%Y-%m-%dT%H:%M}",
            title=f"Nobody was watching from {_moment(seen, seen.asleep)} to {_moment(seen, seen.now)}",
            cause="The monitor was not running. Each source is now asked for what was posted meanwhile; what"
            " cannot be had any more is shown as not seen.",
            links=(AlertLink(text="What could be seen", address="/sources"),),
            pause=ASLEEP,
        )


def _silent(source: SourceState, seen: Observation) -> Iterator[Alert]:
    settings = seen.campaign.sources.get(source.name)
    if not source.on or settings is None:
        return
    if not seen.began or not source.last_poll or source.last_poll < seen.began:
        return  # it has not been asked yet since the worker is up
    least, looks = _SILENT
    patience = max(least, looks * timedelta(minutes=settings.every_minutes))
    last = source.last_success
    is_silent = last is not None and seen.now - last > patience
    if source.needs_person or is_silent:
        since = f" since {_moment(seen, last)}" if last else ""
        yield Alert(
            rule=f"silent {source.name}",
            subject=f"{last:%Y-%m-%dT%H:%M}" if last else "never",
            title=f"{source.title} has given no complete answer{since}",
            cause=source.detail or "We do not know why. It is asked again at each turn.",
            links=(AlertLink(text="How each source is doing", address="/sources"),),
            pause=timedelta(hours=24),
        )


def _burst(seen: Observation) -> Iterator[Alert]:
    people = sum(one.people for one in seen.posted)
    zone = seen.campaign.zone
    found = burst(
        seen.posts,
        seen.covered,
        people,
        now=seen.now,
        zone=zone,
        sensitivity=seen.campaign.alerts.sensitivity,
    )
    if found is None:
        return
    since, until = found.since.astimezone(zone), found.until.astimezone(zone)
    days = f"since={since.date()}&until={until.date()}"
    yield Alert(
        rule="burst",
        subject=f"{found.since:%Y-%m-%dT%H}",
        title=f"{people} people posted from {since:%H:%M} to {until:%H:%M}; usually {_about(found.usual)}",
        cause=" ".join(_causes(seen, since)),
        links=(AlertLink(text="The posts of today", address=f"/posts?{days}"), *_biggest(seen, since)),
        pause=timedelta(hours=12),
    )


def _causes(seen: Observation, since: datetime) -> Iterator[str]:
    """Yield what is known of why; never more than what happened on the same day or platform."""
    names = titles(seen.report)
    people, first = sum(one.people for one in seen.posted), seen.posted[0]
    known = False
    if len(seen.posted) > 1 or first.people == people:
        yield f"{first.people} of them on {names.get(first.platform, first.platform)}."
    for event in seen.report.events:
        if event.day == since.date():
            known = True
            yield f"It is the day of “{' '.join(event.title.split())[:80]}”."
    if not known:
        yield "We do not know why."


def _biggest(seen: Observation, since: datetime) -> Iterator[AlertLink]:
    found = next((post for post in seen.report.top if post.created_at >= since), None)
    if found:
        yield AlertLink(
            text=f"The post with most reactions, {found.metrics.engagement}", address=f"/posts/{found.id}"
        )


def _rising(seen: Observation) -> Iterator[Alert]:
    floor = RISING[seen.campaign.alerts.sensitivity]
    beaten = sorted(seen.biggest, reverse=True)[_AMONG - 1 :][:1] or [0]
    for one in seen.gained[:_MOST]:
        if one.engagement >= max(floor, beaten[0]):
            reactions = quantity(one.engagement, "reaction", "reactions")
            yield Alert(
                rule="rising",
                subject=f"post {one.id}",
                title=f"A post got {reactions} in three hours",
                cause=f"In four weeks, no more than {_AMONG} posts got as many in all.",
                links=(AlertLink(text="The post", address=f"/posts/{one.id}"),),
                pause=timedelta(hours=1),
            )


def _questions(seen: Observation) -> Iterator[Alert]:
    for one in seen.asking[:_MOST]:
        reactions = quantity(one.engagement, "reaction", "reactions")
        yield Alert(
            rule="question",
            subject=f"post {one.id}",
            title=f"A post asks something, and has {reactions}",
            cause="Nobody is known to have answered.",
            links=(AlertLink(text="The question", address=f"/posts/{one.id}"),),
            pause=timedelta(hours=6),
        )


def _about(mean: float) -> str:
    return "fewer than 1" if mean < 0.5 else f"about {round(mean)}"


def _moment(seen: Observation, at: datetime) -> str:
    local = at.astimezone(seen.campaign.zone)
    return f"{local:%H:%M} on {day_name(local.date())}"
