"""The weekly mail is decided on once for each week: sent, sent late, or skipped and why."""

import logging
from datetime import datetime

from monitor.mail.store import DigestRun, Mail
from monitor.mail.weekly import DigestJob
from monitor.mail.weekly.send_times import Week, undecided
from monitor.report.wording import day_name

log = logging.getLogger(__name__)

_NOBODY = "Nobody was on the list."
_ASLEEP = "The monitor was not running while it was due."
_NEW = "The monitor was set up after it was due."


def decide(weekly: DigestJob) -> list[DigestRun]:
    """Decide on each week that is due and was not decided on; return what was decided."""
    now, digest = weekly.clock(), weekly.campaign.digest
    weekly.store.list_readers("digest", digest.recipients, now)
    before = weekly.store.weeks(weekly.key, now, 1)
    last = before[0].week if before else None
    due = undecided(last, digest, weekly.campaign.zone, now)
    return [run for week in due if (run := _decide(weekly, week, now, is_first=last is None))]


def _decide(weekly: DigestJob, week: Week, now: datetime, *, is_first: bool) -> DigestRun | None:
    """Return what is decided of a week now; None if that is not for now, or was another's to do."""
    readers = weekly.readers()
    decision, why, mails = week.decision(now), "", list[Mail]()
    report = None
    if decision == "skipped":
        why = _NEW if is_first else _ASLEEP if readers else _NOBODY
    elif not readers:
        return None  # somebody may still ask for it in time
    else:
        from monitor.mail.weekly.writing import mails_of  # all that draws and writes, once a week

        report = weekly.report(week.window, now)
        if is_first and report.posts.value is None:
            decision, why = "skipped", _NEW
        else:
            due = day_name(week.due.astimezone(weekly.campaign.zone).date())
            why = "" if decision == "sent" else f"This was due on {due}."
            mails = list(mails_of(weekly, report, week, readers, late=why))
    run = DigestRun(week=week.name, decision=decision, why=why, decided_at=now)
    if not weekly.store.decide(weekly.key, run, mails, until=week.until):
        return None
    if mails and report:
        weekly.remember(report)
    log.info("digest of %s: %s, %d readers. %s", week.name, decision, len(mails), why)
    return run
