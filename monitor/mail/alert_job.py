"""Looks every few minutes for what is worth an alert, and puts it into the outbox."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from monitor.alerts import rules
from monitor.alerts.burst import DAYS, OPEN, hours
from monitor.archive import Archive
from monitor.archive.marks import DeskView
from monitor.archive.values import Joiners, PostGain, Scope
from monitor.campaign import Campaign
from monitor.core.clock import Clock
from monitor.mail.envelope import Content, Heading, Sender
from monitor.mail.outbox_delivery import CHAT
from monitor.mail.store import Mail, MailStore, RaisedAlert
from monitor.mail.webhook import Webhook
from monitor.platform_info import forbidding
from monitor.report import SourceState
from monitor.report.coverage import by_day
from monitor.themes.questions import is_question

log = logging.getLogger(__name__)

_LASTS = timedelta(hours=6)  # an alert that could not be delivered by then is no news
_HOUR = timedelta(hours=1)
_SEEN = 3240  # seconds of an hour, from which on its people are known
_BIGGEST = 12
_BEAT = "alerts"
_NIGHT = timedelta(hours=10)  # in which one alert of a kind is enough: all come in the morning

ByHour = dict[tuple[str, datetime], Joiners]
States = Callable[[Archive, datetime], tuple[SourceState, ...]]


@dataclass
class JoinedHours:
    """Who joined in in each hour, counted again from the earliest post on that came since the last look.

    Once a day all is counted: posts may also go.
    """

    _of: tuple[date, list[int]] | None = None  # the day and the series that were counted
    _newest: int = 0  # id of a post
    _rows: ByHour = field(default_factory=dict)

    def look(self, archive: Archive, scope: Scope, beginnings: Sequence[datetime]) -> ByHour:
        """Return who joined in, by source and hour, in the hours that begin then."""
        of, since = (scope.last, [*scope.series]), beginnings[0]
        is_known = of == self._of
        self._newest, earliest = archive.alerts.arrivals(self._newest if is_known else None)
        if is_known:
            since = max(hour for hour in beginnings if hour <= max(since, earliest or beginnings[-1]))
        rows = archive.alerts.joiners(scope, since, beginnings[-1] + _HOUR)
        old = {key: row for key, row in self._rows.items() if beginnings[0] <= key[1] < since}
        self._of, self._rows = of, old | {(row.platform, row.hour): row for row in rows}
        return self._rows


@dataclass(kw_only=True)
class AlertJob:
    """All that alerts need. `states` says how each source is doing."""

    campaign: Campaign
    store: MailStore
    archive: Callable[[], AbstractContextManager[Archive]]
    states: States
    sender: Sender
    clock: Clock
    chat: Webhook | None = None
    _began: datetime | None = field(default=None)
    _was_stalled: bool = field(default=False)  # at the last look
    joined: JoinedHours = field(default_factory=JoinedHours)

    def look(self) -> list[RaisedAlert]:
        """Raise what is worth an alert; return what was raised."""
        now, settings = self.clock(), self.campaign.alerts
        self._began = self._began or now
        raised = []
        if settings.on:
            self.store.list_readers("alerts", settings.recipients, now)
            facts = self._observation(now)
            alerts = rules.alerts(facts) if facts else ()
            raised = [entry for alert in alerts if (entry := self._tell(alert, now))]
        with self.archive() as archive:  # last: what was not told of is told of at the next look
            archive.coverage.beat(_BEAT, now)
        return raised

    def tell_if_stalled(self, since: datetime | None, cause: str = rules.STOPPED) -> bool:
        """Tell people, once, that nothing is collected since then; return whether they were or had been told.

        For another process than the one that collects, whatever the clock: one that was set back may be what
        stopped it. It is said at the second look at which it is so: an update may take some minutes.
        """
        now, settings = self.clock(), self.campaign.alerts
        again, self._was_stalled = self._was_stalled, since is not None
        if since is None or not again or not settings.on:
            return False
        self.store.list_readers("alerts", settings.recipients, now)
        self._tell(rules.stalled_alert(since, cause), now)
        return True

    def _observation(self, now: datetime) -> rules.Observation | None:
        """Return what the rules look at; None if nothing that is watched is collected."""
        campaign = self.campaign
        today = now.astimezone(campaign.zone).date()
        on = {name for name, one in campaign.sources.items() if one.on}
        platforms = frozenset(on - forbidding("alerts").keys())
        if not platforms:
            return None
        track = campaign.tracks[0].name
        with self.archive() as archive:
            asleep = archive.coverage.heartbeat(_BEAT, now)
            if asleep and now - asleep >= rules.ASLEEP:
                self._began = now
            yesterday = today - timedelta(days=1)
            recent = archive.stats.scope(track, yesterday, today, platforms)
            scope = archive.stats.scope(track, today - timedelta(days=DAYS + 1), today, platforms)
            beginnings = hours(now, archive.zone)
            joined = self.joined.look(archive, scope, beginnings)
            hourly = _seen(archive, scope, track, beginnings, joined)
            top = archive.posts.by_ids(archive.stats.top_post_ids(scope, _BIGGEST))
            return rules.Observation(
                campaign=campaign,
                sources=self.states(archive, now),
                top=archive.posts.by_ids(archive.stats.top_post_ids(recent)),
                events=archive.events.between(yesterday, today),
                people={source: [one and one.people for one in some] for source, some in hourly.items()},
                newcomers={
                    source: [one and one.newcomers for one in some] for source, some in hourly.items()
                },
                gained=archive.alerts.gains(
                    scope,
                    oldest=now - rules.FRESH,
                    since=now - rules.HOURS,
                    least=rules.RISING[campaign.alerts.sensitivity],
                ),
                asking=_questions(archive, scope, now, rules.READ[campaign.alerts.sensitivity]),
                biggest=[row.metrics.engagement or 0 for row in top],
                owed=archive.marks.cards(DeskView.OPEN, today),
                asleep=asleep,
                began=self._began,
                now=now,
            )

    def _tell(self, alert: rules.Alert, now: datetime) -> RaisedAlert | None:
        entry = RaisedAlert(rule=alert.rule, subject=alert.subject, title=alert.title, at=now)
        at = awake(now, self.campaign)
        raised = self.store.raise_alert(
            self.campaign.tracks[0].name, entry, self._mails(alert, now), next_at=at, until=at + _LASTS,
            pause=alert.pause if at == now else max(alert.pause, _NIGHT),
        )  # fmt: skip
        if raised:
            log.info("alert: %s", alert.title)
        return entry if raised else None

    def _mails(self, alert: rules.Alert, now: datetime) -> Iterator[Mail]:
        from monitor.mail.message import mail_of  # the library of mails: where there is one

        key, host = self.campaign.tracks[0].name, self.sender.host
        title, base = self.campaign.tracks[0].title, self.campaign.digest.address.rstrip("/")
        period = f"{alert.rule} {alert.subject} {now:%Y-%m-%dT%H:%M}"
        stem = f"alert.{key}.{now:%Y%m%dT%H%M%S}.{alert.rule.replace(' ', '-')}"
        for reader in self.store.subscriptions("alerts"):
            if reader.works:
                leave = f"{base}/mail/{reader.key}"
                heading = Heading(
                    to=reader.address, message_id=f"<{stem}.{reader.id}@{host}>", date=now, leave=leave,
                    list_id=f"alerts.{key}.{host}",
                )  # fmt: skip
                content = Content(subject=f"{title}: {alert.title}", text=_text(alert, base, leave))
                yield mail_of(content, heading, sender=self.sender, kind="alert", period=period)
        if self.chat:
            yield Mail(kind=CHAT, period=period, address=self.chat.host, message_id=f"<{stem}.chat@{host}>",
                       body=self.chat.body(alert, title=title, base=base))  # fmt: skip


def awake(now: datetime, campaign: Campaign) -> datetime:
    """Return when people may be told: now, or in the quiet hours the morning after."""
    settings, local = campaign.alerts, now.astimezone(campaign.zone)
    start, end = settings.quiet_from, settings.quiet_until
    if not (start <= local.hour < end if start <= end else local.hour >= start or local.hour < end):
        return now
    day = local.date() + timedelta(days=1 if local.hour >= end else 0)
    return datetime.combine(day, time(end), campaign.zone).astimezone(UTC)


def _seen(
    archive: Archive, scope: Scope, track: str, beginnings: Sequence[datetime], joined: ByHour
) -> dict[str, list[Joiners | None]]:
    """Return who joined in on each source, by the hour; None: it was not seen.

    In the latest hours all that is known counts. Before a source was first asked, nothing was seen.
    """
    began = {source: archive.coverage.first_poll(source, track) for source in scope.series.values()}
    spans = [
        (source, max(since, start), until)
        for source, since, until in archive.coverage.covered(track, beginnings[0], beginnings[-1] + _HOUR)
        if (start := began.get(source))
    ]
    covered = by_day(spans, [(hour.timestamp(), (hour + _HOUR).timestamp()) for hour in beginnings])
    covered[-OPEN:] = [dict.fromkeys(began, math.inf)] * OPEN
    return {
        source: [
            joined.get((source, hour), Joiners(hour, source, 0, 0))
            if seconds.get(source, 0) >= _SEEN
            else None
            for hour, seconds in zip(beginnings, covered, strict=True)
        ]
        for source in began
    }


def _questions(archive: Archive, scope: Scope, now: datetime, least: int) -> list[PostGain]:
    questions = archive.alerts.questions(scope, since=now - rules.ASKED_WITHIN, least=least)
    texts = {row.id: row.text or "" for row in archive.posts.by_ids([one.id for one in questions])}
    return [one for one in questions if is_question(texts[one.id])]


def _text(alert: rules.Alert, base: str, leave: str) -> str:
    links = "\n".join(f"{text}: {base}{address}" for text, address in alert.links.items())
    why = "You get this because you subscribed to alerts or the campaign team added you."
    return f"{alert.title}.\n\n{alert.cause}\n\n{links}\n\n{why}\nUnsubscribe: {leave}\n"
