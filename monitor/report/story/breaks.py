"""What broke a series without anybody having written more or less: said first, and never growth. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from monitor.manual_entry import BY_HAND
from monitor.platform_info import titles
from monitor.report import Report, SeriesStep, Step
from monitor.report.figures import definitions
from monitor.report.story.finding import Finding, Kind, address, title
from monitor.report.wording import ERASED, day_name, listed, quantity, title_of

_MOST = 3  # sentences
_NAMED = 6  # of several
_SILENT = timedelta(hours=24)
_MANY = 0.05  # of the posts: fewer unreadable items, or posts that are left out, are no news
_ALL_HOURS = 0.95  # of a comparison: with no post left out of it, the few others need no word
_CLAUSES = {
    Step.SOURCE_ON: "{subject} {has} only been covered since {day}",
    Step.SOURCE_OFF: "{subject} {has} not been covered since {day}",
    # What was asked for has a past: today it may be another.
    Step.TAG_ADDED: "{subject} {was} only searched for from {day}",
    Step.TAG_REMOVED: "{subject} {was} no longer searched for from {day}",
    Step.FILE: "{posts} from {subject} came in {time}",  # not "was imported": there may be more in it
    Step.LOOK_BACK: "older posts from {subject} were collected {time}",
    Step.DEFINITION: "{subject} {has} been counted differently since {day}",
}
_AGAIN = "{subject} {was} only searched for again from {day}"
_WORDS = (Step.TAG_ADDED, Step.TAG_REMOVED)
_REASONS = {Step.FILE: "from files", Step.LOOK_BACK: "found by looking back"}  # to leave posts out


def breaks(report: Report) -> Iterator[Finding]:
    """Yield one finding of all that was not alike in the times compared, if anything was not."""
    clauses = [*_revision(report), *_steps(report), *_left_out(report), *_silence(report), *_unread(report)]
    if clauses:
        if len(clauses) > _MOST + 1:
            clauses[_MOST:] = [f"{len(clauses) - _MOST} more changes affect the comparison"]
        sentence = ". ".join(clause[:1].upper() + clause[1:] for clause in clauses)
        yield Finding(kind=Kind.STEP, sentence=sentence, address=address(report.window))


def _revision(report: Report) -> Iterator[str]:
    if revision := report.revision:
        mailed = quantity(revision.mailed, "post", "posts")
        yield f"last week's mail gave {mailed}; {revision.known:,} are known now"


def _steps(report: Report) -> Iterator[str]:
    """Yield a clause for the steps of one kind and day; for all files, and for all looks back."""
    last = {step.subject: step for step in report.steps if step.step in _WORDS}
    removed = {step.subject for step in report.steps if step.step is Step.TAG_REMOVED}
    groups: dict[tuple[str, date | None], list[SeriesStep]] = {}
    for step in report.steps:
        if last.get(step.subject, step) is not step and step.step in _WORDS:
            continue
        is_back = step.step is Step.TAG_ADDED and step.subject in removed
        clause = _AGAIN if is_back else _CLAUSES[step.step]
        day = None if step.step in _REASONS else step.day
        groups.setdefault((clause, day), []).append(step)
    for (clause, _), steps in groups.items():
        yield _clause(report, clause, steps)


def _clause(report: Report, clause: str, steps: Sequence[SeriesStep]) -> str:
    first, last, names = steps[0], steps[-1], list(dict.fromkeys(map(_subject, steps)))
    subject = listed(names, _NAMED)
    if first.step is Step.FILE:
        subject = f"the file “{names[0]}”" if len(steps) == 1 else f"{len(steps)} files"
    since, until = (day_name(step.day, report.window) for step in (first, last))
    # Of the others it is said already how many are not counted.
    counts = {part.source for part in report.comparison.left_out} if report.comparison else set()
    number = sum(step.posts or 0 for step in steps if step.subject not in counts)
    posts = quantity(number, "post", "posts") if number else "posts"
    words = clause.format(
        subject=subject, day=since, posts=posts,
        time=f"on {since}" if first.day == last.day else f"between {since} and {until}",
        **({"has": "has", "was": "was"} if len(names) == 1 else {"has": "have", "was": "were"}),
    )  # fmt: skip
    return f"{words}, with {posts}" if number and clause not in (_AGAIN, _CLAUSES[Step.FILE]) else words


def _subject(step: SeriesStep) -> str:
    if step.step is Step.DEFINITION:
        key = "tone" if step.subject in ("analyzer", "rescored") else step.subject
        return definitions()[key].title if key in definitions() else key
    return title(title_of(step.subject))


def _left_out(report: Report) -> Iterator[str]:
    """Yield what a comparison leaves out for another reason than a step."""
    explained = {step.subject for step in report.steps}
    explained |= {_REASONS.get(step.step, "") for step in report.steps}
    platforms = report.comparison.platforms if report.comparison else ()
    for part in report.comparison.left_out if report.comparison else ():
        posts = quantity(part.posts, "post", "posts") if part.posts else "posts"
        name = title_of(part.source)
        if explained & {part.source, part.reason.split(",")[0]}:
            continue
        if part.source in (*platforms, BY_HAND) and part.posts and is_nearly_whole(report):
            continue
        if part.source == BY_HAND:
            yield f"left out: {posts} {part.reason}"
        elif part.source in platforms:
            yield f"left out: {posts} from {name} ({part.reason})"
        else:
            yield f"{name} is left out ({part.reason}{f', {posts}' if part.posts else ''})"


def _silence(report: Report) -> Iterator[str]:
    """Yield which sources stopped answering in these days."""
    limit, window = report.made_at - _SILENT, report.window
    last = {one.title: one.last_success for one in report.sources if one.on and one.last_success}
    days = {name: at.astimezone(limit.tzinfo).date() for name, at in last.items() if at <= limit}
    if silent := [name for name, day in days.items() if window.first <= day <= window.last]:
        yield f"{listed(silent, _NAMED)} stopped answering"


def is_nearly_whole(report: Report) -> bool:
    """Return whether so few posts are left out of a comparison that they need no word."""
    left_out = report.comparison.left_out if report.comparison else ()
    return sum(part.posts for part in left_out) < _MANY * (report.posts.value or 0)


def basis(report: Report, total: int | None = None) -> tuple[str, ...]:
    """Return what compared numbers do not count, as clauses: ', not counting 120 from Bluesky'.

    A sentence with the total of all posts needs none for a few of them.
    """
    if report.comparison is None:
        return ()
    platforms = report.comparison.platforms
    left_out = [part for part in report.comparison.left_out if part.posts]
    posts, keys = sum(part.posts for part in left_out), [part.source for part in left_out]
    if keys == [BY_HAND]:
        origin = "entered by hand"
    elif {part.reason for part in left_out} == {ERASED}:
        origin = ERASED
    elif all(key in titles() and key not in platforms for key in keys):
        origin = f"from {listed([*map(title_of, keys)], _NAMED)}"
    elif len(keys) == 1 and keys[0] not in platforms:
        origin = f"with {title(keys[0])}"
    else:
        origin = "that came another way"
    is_same = report.comparison.hours >= _ALL_HOURS and report.posts.finished == report.posts.value
    hours = "" if is_same or report.comparison.hours == 1 else " in the hours covered each time"
    is_whole = total == report.posts.value and is_nearly_whole(report)
    return hours, f", not counting {posts:,} {origin}" if posts and not is_whole else ""


def _unread(report: Report) -> Iterator[str]:
    """Yield how many items could not be read, if they are many beside the posts."""
    if report.unread and report.unread >= _MANY * (report.posts.value or 0) > 0:
        yield f"{quantity(report.unread, 'item', 'items')} that arrived could not be read: see Sources"
