"""What each platform is doing, in words: for the Sources page, `status` and `doctor`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import COMMAND
from monitor.archive import ArchiveReader
from monitor.archive.posts.rejected import AGE
from monitor.archive.values import Poll
from monitor.campaign import Campaign, SourceSettings
from monitor.campaign.petition_address import count_address
from monitor.campaign.privacy import STAYS_OFF
from monitor.collect import LastPoll, canary, last_poll, refresh, why_off
from monitor.collect.spend_limit import following_in_words, in_words
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome
from monitor.outcomes import TRACK, services_of
from monitor.report import SourceState
from monitor.report.wording import quantity, title_of
from monitor.sources.shared.spend import PaidSettings
from monitor.why_missing import Inquiry

# A turn of the worker takes twenty seconds, one of a source some minutes and what its poll takes.
_WORKER_LOST = timedelta(minutes=2)
_POLL = timedelta(minutes=2)
_NOT_ASKED = (
    "It has missed its scheduled checks. If the other sources have too, the collector has stopped: restart"
    " it on the computer the monitor runs on."
)

_UNCOUNTED = "No count can be read from an address of this kind. Type its total on the Outcomes page."

_WORST = (
    Outcome.REFUSED,
    Outcome.RATE_LIMITED,
    Outcome.UNREACHABLE,
    Outcome.UNREADABLE,
    Outcome.BROKEN,
    Outcome.GAP,
    Outcome.CAPPED,
    Outcome.CLOSED,
)


def states(archive: ArchiveReader, campaign: Campaign, now: datetime) -> tuple[SourceState, ...]:
    """Return the state of each source of the campaign file.

    In a demo or a lake, and once Parliament is dissolved, nobody collects, so no source is late.
    """
    polls = archive.coverage.last_polls(now, campaign.track_names)
    success = archive.coverage.last_success(now)
    on = {name: polls.get(name, []) for name in campaign.sources_on}
    is_idle = archive.demo or bool(archive.lake) or campaign.is_dissolved(now)
    is_lost = _is_worker_lost(archive, on, now)
    unread = archive.post_status.unread(now - AGE, now)
    result = []
    for name, settings in campaign.sources.items():
        # Once the papers are filled in, what was said without them is no news of the source.
        rows = [poll for poll in polls.get(name, []) if not poll.detail.startswith(STAYS_OFF)]
        state = _state(name, settings, title_of(name), rows, success.get(name))
        if rows and settings.on and not is_idle:
            before = last_poll(name, rows)
            if is_lost or _is_late(settings, before, now):
                state = _overdue(state, campaign.zone)
            state = replace(state, waits=bool(before.retry_at and now < before.retry_at))
        doubts = (
            _unread(unread.get(name, 0)), canary.in_words(archive, name), refresh.in_words(archive, name, now)
        )  # fmt: skip
        doubt = " ".join(filter(None, doubts)) if settings.on and not is_idle else ""
        recall = archive.coverage.last_recall(name, now)
        state = replace(state, money=_money(archive, name, settings, now), doubt=doubt, recall=recall)
        result.append(_without_papers(state, campaign))
    return tuple(result)


def outcome_states(archive: ArchiveReader, campaign: Campaign, now: datetime) -> tuple[SourceState, ...]:
    """Return the state of what is asked for signatures, and for what was said in Parliament."""
    polls, success = archive.coverage.last_polls(now, [TRACK]), archive.coverage.last_success(now)
    counters = {counter.name: counter.title for counter in archive.counters.all()}
    states = []
    for service in services_of(campaign):
        rows, name = polls.get(service.name, []), service.name
        if archive.demo and not rows:  # nothing is asked there
            continue
        settings = SourceSettings(on=True, every_minutes=service.every // timedelta(minutes=1))
        state = _state(name, settings, counters.get(name, service.title), rows, success.get(name))
        is_idle = archive.demo or campaign.is_dissolved(now) or not rows
        is_late = not is_idle and _is_late(settings, last_poll(name, rows), now)
        states.append(_overdue(state, campaign.zone) if is_late else state)
    off = _state("", SourceSettings(on=False, every_minutes=60), "", [], None)
    others = [page for page in campaign.petition if not count_address(page)]
    return *states, *(replace(off, name=page, title=page, detail=_UNCOUNTED) for page in others)


def _unread(number: int) -> str:
    items = f"{quantity(number, 'item', 'items')} from the last {AGE.days} days could not be read."
    return f"{items} After an update, '{COMMAND} replay' retries them." if number else ""


def inquiry(archive: ArchiveReader, campaign: Campaign, now: datetime) -> Inquiry:
    """Return what answers where a post is, by what is known at `now`."""
    by_name = {state.name: state for state in states(archive, campaign, now)}
    return Inquiry(archive=archive, campaign=campaign, now=now, states=by_name)


def _is_worker_lost(archive: ArchiveReader, polls: Mapping[str, list[Poll]], now: datetime) -> bool:
    """Return whether a worker was there and is not any more, and nobody polls by hand in its place."""
    beat = archive.coverage.heartbeat("worker", now)
    if beat is None:
        return False
    last = max((poll.ended_at for rows in polls.values() for poll in rows), default=beat)
    return now - max(beat, last) >= _WORKER_LOST and last - beat < _WORKER_LOST


def _is_late(settings: SourceSettings, before: LastPoll, now: datetime) -> bool:
    """Return whether a source has missed two turns, of those that it did not itself ask us to leave out."""
    return (
        now - max(before.last, before.retry_at or before.last)
        >= 2 * timedelta(minutes=settings.every_minutes) + _POLL
    )


def _overdue(state: SourceState, zone: ZoneInfo) -> SourceState:
    return replace(
        state,
        overdue_since=state.last_poll.astimezone(zone) if state.last_poll else None,
        detail=f"{_NOT_ASKED} {state.detail}".rstrip(),
    )


def _state(
    name: str, settings: SourceSettings, title: str, polls: list[Poll], success: datetime | None
) -> SourceState:
    worst = next((o for o in _WORST if any(p.outcome == o for p in polls)), None)
    details = dict.fromkeys(_sentence(p.detail) for p in polls if p.detail and p.outcome != Outcome.COMPLETE)
    return SourceState(
        name=name,
        title=title,
        on=settings.on,
        last_success=success,
        last_poll=max((p.ended_at for p in polls), default=None),
        outcome=str(worst or Outcome.COMPLETE) if polls else None,
        detail=_once(details) if settings.on else "Switched off in the campaign file.",
        needs_person=settings.on and worst == Outcome.REFUSED,
    )


def _without_papers(state: SourceState, campaign: Campaign) -> SourceState:
    """Return the state of a source; while the office's papers are not filled in, it is off, and says why."""
    reason = why_off(campaign, state.name) if state.on else ""
    return replace(state, on=False, needs_person=True, detail=reason, doubt="") if reason else state


def _money(archive: ArchiveReader, name: str, settings: SourceSettings, now: datetime) -> str:
    limit = archive.spend.limit_of(name, now)
    if limit is None:
        return ""
    says = in_words(archive.spend.spent(name, now), limit, now)
    try:
        paid = PaidSettings.part_of(settings.own, f"sources.{name}")
    except ConfigError:  # its poll says so
        return says
    return f"{says} {following_in_words(paid, archive.refresh_queue.of_last_week(name, now))}"


def _once(details: Iterable[str]) -> str:
    """Return the details, of those that differ in the address they end with (in brackets) the first only."""
    kinds = dict[str, list[str]]()
    for detail in details:
        kinds.setdefault(re.sub(r" \(The [^()]*\)\.$", "", detail), []).append(detail)
    firsts = [(same[0], len(same) - 1) for same in kinds.values()]
    return " ".join(f"{first} The same goes for {more} more." if more else first for first, more in firsts)


def _sentence(text: str) -> str:
    """Return a text that ends as a sentence does, so that the next one can follow."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
