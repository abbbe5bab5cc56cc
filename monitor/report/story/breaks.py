"""What broke a series without anybody having written more or less: said first, and never growth. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from monitor.manual_entry import BY_HAND
from monitor.platform_info import titles
from monitor.report import Report, SeriesStep, SourceState, Step
from monitor.report.figures import definitions
from monitor.report.story.finding import Finding, Kind, address, title
from monitor.report.wording import day_name, quantity

_MOST = 2  # sentences
_SILENT = timedelta(hours=24)
_CLAUSES = {
    Step.SOURCE_ON: "{subject} has been watched only since {day}",
    Step.SOURCE_OFF: "{subject} has not been watched since {day}",
    # What was asked for has a past: today it may be another.
    Step.TAG_ADDED: "{subject} was searched for only from {day} on",
    Step.TAG_REMOVED: "{subject} was not searched for from {day} on",
    Step.FILE: "the file “{subject}” was imported on {day}",
    Step.LOOK_BACK: "older posts from {subject} were collected on {day}",
    Step.DEFINITION: "{subject} has been counted in a new way since {day}",
}
_AGAIN = "{subject} was searched for again only from {day} on"
_WORDS = (Step.TAG_ADDED, Step.TAG_REMOVED)
_REASONS = {Step.FILE: "from files", Step.LOOK_BACK: "found by looking back"}  # to leave posts out


def breaks(report: Report) -> Iterator[Finding]:
    """Yield one finding of all that was not alike in the times compared, if anything was not."""
    clauses = [*_revision(report), *_steps(report), *_left_out(report), *_silence(report)]
    if clauses:
        sentence = ". ".join(clause[:1].upper() + clause[1:] for clause in clauses[:_MOST])
        yield Finding(
            kind=Kind.STEP, figure="posts", value=None, usual=None, score=0.0,
            sentence=sentence, address=address(report.window),
        )  # fmt: skip


def _revision(report: Report) -> Iterator[str]:
    if revision := report.revision:
        mailed = quantity(revision.mailed, "post", "posts")
        yield f"last week's mail said {mailed}, and {revision.known:,} are known now"


def _steps(report: Report) -> Iterator[str]:
    counts = {part.source for part in report.comparison.left_out} if report.comparison else set()
    words = [step for step in report.steps if step.step in _WORDS]
    last = {step.subject: step for step in words}
    for step in report.steps:
        if step in words and last[step.subject] is not step:
            continue
        is_back = step.step is Step.TAG_ADDED and [one.subject for one in words].count(step.subject) > 1
        clause = _AGAIN if is_back else _CLAUSES[step.step]
        # Else it is said already how many are not counted.
        number = f", with {quantity(step.posts, 'post', 'posts')}" if step.posts and not is_back else ""
        clause = clause.format(subject=_subject(step), day=day_name(step.day))
        yield clause if step.subject in counts else f"{clause}{number}"


def _subject(step: SeriesStep) -> str:
    if step.step is Step.DEFINITION and step.subject in definitions():
        return definitions()[step.subject].title
    return title(titles().get(step.subject, step.subject))


def _left_out(report: Report) -> Iterator[str]:
    """Yield what a comparison leaves out for another reason than a step."""
    names, explained = titles(), {step.subject for step in report.steps}
    explained |= {_REASONS.get(step.step, "") for step in report.steps}
    platforms = report.comparison.platforms if report.comparison else ()
    for part in report.comparison.left_out if report.comparison else ():
        posts, name = quantity(part.posts, "post", "posts"), names.get(part.source, part.source)
        if explained & {part.source, part.reason.split(",")[0]}:
            continue
        if part.source == BY_HAND:
            yield f"left out: {posts} {part.reason}"
        elif part.source in platforms:
            yield f"left out: {posts} from {name} ({part.reason})"
        else:
            yield f"{name} is left out ({part.reason}{f', {posts}' if part.posts else ''})"


def _silence(report: Report) -> Iterator[str]:
    """Yield which sources stopped answering in these days."""
    silent = [source.title for source in report.sources if _is_silent(report, source)]
    if silent:
        yield f"{_names(silent)} stopped answering"


def _is_silent(report: Report, source: SourceState) -> bool:
    at = source.last_success
    if not source.on or at is None or report.made_at - at < _SILENT:
        return False
    return report.window.first <= at.astimezone(report.made_at.tzinfo).date() <= report.window.last


def basis(report: Report) -> tuple[str, ...]:
    """Return what compared numbers do not count, as clauses: ', not counting 120 from Bluesky'."""
    if report.comparison is None:
        return ()
    names, platforms = titles(), report.comparison.platforms
    left_out = [part for part in report.comparison.left_out if part.posts]
    posts, keys = sum(part.posts for part in left_out), [part.source for part in left_out]
    if keys == [BY_HAND]:
        origin = "entered by hand"
    elif all(key in names and key not in platforms for key in keys):
        origin = f"from {_names([names[key] for key in keys])}"
    elif len(keys) == 1 and keys[0] not in platforms:
        origin = f"with {title(keys[0])}"
    else:
        origin = "that came another way"
    hours = " in the hours seen each time" if report.comparison.hours < 1 else ""
    return hours, f", not counting {posts:,} {origin}" if posts else ""


def _names(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
