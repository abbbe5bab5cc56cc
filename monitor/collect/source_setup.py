"""Setting a platform up: what to ask it first, and what its answer means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.campaign import Campaign
from monitor.collect import opened
from monitor.core.errors import ConfigError, MonitorError, RateLimited, Refused, Unavailable
from monitor.core.model import Outcome, Query
from monitor.platform_info import about
from monitor.sources.contract import LooksBack
from monitor.sources.shared.http import LATER
from monitor.sources.shared.time_limit import within

CHECK_SECONDS = 20.0
_SAYS = {
    Outcome.CLOSED: (True, "The key is accepted, but the platform does not give it full access yet."),
    Outcome.RATE_LIMITED: (None, "It asked us to slow down, so this could not be checked yet."),
    Outcome.REFUSED: (False, "It does not work."),
    Outcome.UNREACHABLE: (None, "This could not be checked."),
    Outcome.UNREADABLE: (None, "It gave an answer we cannot read, so this was not checked."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a platform answers to a key: True, False, or None when nobody can say now."""

    works: bool | None
    says: str


def check(campaign: Campaign, name: str, env: Mapping[str, str], now: datetime) -> Verdict:
    """Ask a platform once, live, as the campaign sets it, and return what it said. Stores nothing."""
    env = {key: env[key] for key in about(name).key_names if env.get(key)}  # no secret of others
    try:
        platform, query = opened(campaign, name, env, now), question(name, campaign.tracks[0].query)
        with within(CHECK_SECONDS):
            if env and about(name).optional_keys and isinstance(platform, LooksBack):  # keys for this alone
                pages = platform.back(query, now - timedelta(hours=1), now, None)
            else:
                pages = platform.search(query, {})
            page = next(pages, None)
    except MonitorError as error:
        outcome = Outcome.UNREACHABLE if campaign.is_dissolved(now) else _outcome(error)
        return _verdict(outcome, str(error), env)
    if page is None:
        return Verdict(works=True, says="It works.")
    title = f"It is called “{page.title}”." if page.title else ""
    return _verdict(page.outcome, f"{page.detail} {title}".strip(), env)


def question(name: str, first: Query) -> Query:
    """Return the cheapest question: the campaign's first word, or one that nobody wrote where posts cost."""
    if probe := about(name).probe:
        return Query(track="setup", tags=(probe,))
    return Query(track="setup", tags=first.tags[:1], phrases=() if first.tags else first.phrases[:1])


def _verdict(outcome: Outcome, detail: str, env: Mapping[str, str]) -> Verdict:
    works, says = _SAYS.get(outcome, (True, "It works."))
    if outcome is Outcome.CLOSED and not env:  # there is no key to be accepted
        works, says = False, "It does not work."
    for secret in env.values():  # what a platform answers may repeat what it was asked
        detail = detail.replace(secret, "***") if len(secret) > 3 else detail
    return Verdict(works=works, says=f"{says} {detail}".strip().replace(LATER, ""))


def _outcome(error: MonitorError) -> Outcome:
    if isinstance(error, (RateLimited, Refused, Unavailable)):
        return Outcome(error.outcome)
    return Outcome.REFUSED if isinstance(error, ConfigError) else Outcome.UNREADABLE
