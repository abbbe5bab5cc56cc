"""A report without what only those who work here should see. Pure."""

from dataclasses import replace

from monitor.report import Report
from monitor.report.anonymise import nameless


def redact(report: Report, *, handles: bool = False, texts: bool = False) -> Report:
    """Return the report for a reader without an account.

    Without `handles` nobody who posted is named in it. Without `texts` no post is in it.
    """
    redacted = report if handles else nameless(report)
    if not texts:
        redacted = replace(redacted, latest=(), top=())
    # Nor is the advice in it for those who look after the sources.
    sources = tuple(replace(source, detail="", needs_person=False) for source in report.sources)
    return replace(redacted, sources=sources)
