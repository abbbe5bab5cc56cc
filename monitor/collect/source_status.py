"""What each platform is doing, in words: for the Sources page, `status` and `doctor`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from monitor.archive import ArchiveReader
from monitor.archive.values import Poll
from monitor.campaign import Campaign, SourceSettings
from monitor.collect import canary
from monitor.collect.spend_limit import in_words
from monitor.core.model import Outcome
from monitor.report import SourceState

Titles = Mapping[str, str]

_WORST = (
    Outcome.REFUSED,
    Outcome.RATE_LIMITED,
    Outcome.UNREACHABLE,
    Outcome.UNREADABLE,
    Outcome.GAP,
    Outcome.CAPPED,
    Outcome.CLOSED,
)


def states(
    archive: ArchiveReader | None, campaign: Campaign, titles: Titles, now: datetime
) -> tuple[SourceState, ...]:
    """Return the state of each source of the campaign file; without an archive, none has been polled."""
    polls = archive.coverage.last_polls(now, campaign.track_names) if archive else {}
    success = archive.coverage.last_success() if archive else {}
    return tuple(
        replace(
            _state(name, settings, titles.get(name, name), polls.get(name, []), success.get(name)),
            money=_money(archive, name, now) if archive else "",
            doubt=canary.in_words(archive, name) if archive and settings.on else "",
        )
        for name, settings in campaign.sources.items()
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
        detail=" ".join(details) if settings.on else "Switched off in the campaign file.",
        needs_person=settings.on and worst == Outcome.REFUSED,
    )


def _money(archive: ArchiveReader, name: str, now: datetime) -> str:
    limit = archive.spend.limit_of(name, now)
    return "" if limit is None else in_words(archive.spend.spent(name, now), limit, now)


def _sentence(text: str) -> str:
    """Return a text that ends as a sentence does, so that the next one can follow."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
