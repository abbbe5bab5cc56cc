"""A report without what only those who work here should see. Pure."""

from dataclasses import replace

from monitor.report import Report, SourceState
from monitor.report.anonymise import nameless


def hide(report: Report, *, handles: bool = False, texts: bool = False) -> Report:
    """Return the report for a reader without an account.

    Without `handles` nobody who posted is named in it. Without `texts` no post is in it.
    """
    redacted = report if handles else nameless(report)
    sources = tuple(_source(source) for source in report.sources)
    return (
        replace(redacted, sources=sources) if texts else replace(redacted, latest=(), top=(), sources=sources)
    )


def _source(source: SourceState) -> SourceState:
    """Return a source without the advice for those who look after it."""
    return replace(source, detail="", needs_person=False)
