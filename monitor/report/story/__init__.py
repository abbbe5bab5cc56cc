"""The news of a report: what it tells first, and at most two things more. Pure.

No rule names a cause: at most what a number is made of, or what happened on the same day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from statistics import fmean

from monitor.report import Report, Step
from monitor.report.coverage import ENOUGH as SEEN
from monitor.report.follow_up import Action, todo
from monitor.report.story.breaks import basis, breaks, is_nearly_whole
from monitor.report.story.finding import (
    SO_FAR,
    WORDS,
    Finding,
    Kind,
    address,
    by_people,
    fitted,
    is_small,
)
from monitor.report.story.outcomes import outcomes
from monitor.report.story.standouts import standouts
from monitor.report.story.volume import volume
from monitor.report.window import WEEK, length
from monitor.report.wording import FEW, change, is_telling, quantity, usually

MOST = 3  # findings, and things to do: more are none
_BLIND = 0.5  # of the time not collected, from which on the numbers mean little
_TIMES = 1.5  # a usual week's posts: within a range as wide as that, no number is called usual
_POSTS = frozenset({Kind.POSTS, Kind.ACCOUNT, Kind.NEWS})
_WITH_POSTS = frozenset({Kind.PEOPLE, Kind.REACTIONS, Kind.VIEWS})
_OWN_WORDS = frozenset({Kind.POSTS, Kind.PEOPLE, Kind.REACTIONS, Kind.VIEWS, Kind.USUAL})  # begin a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The answer in words, and what it asks for."""

    story: tuple[Finding, ...]
    todo: tuple[Action, ...]

    @property
    def answer(self) -> str:
        """Return the first sentence, without its full stop."""
        return self.story[0].sentence

    @property
    def subject(self) -> str:
        """Return the same without a word that a stranger wrote."""
        return self.story[0].subject or self.answer

    @property
    def others(self) -> tuple[str, ...]:
        """Return the other sentences."""
        return tuple(f"{finding.sentence}." for finding in self.story[1:])


def headline(report: Report) -> Headline:
    return Headline(story=story(report), todo=tuple(islice(todo(report), MOST)))


def story(report: Report) -> tuple[Finding, ...]:
    """Return what a report tells, the most surprising first: at least one finding, and at most MOST."""
    if silent := _no_answer(report):
        return (_plain(report, silent), *breaks(report))
    surprises = sorted(
        (*volume(report), *outcomes(report), *standouts(report)), key=attrgetter("score"), reverse=True
    )
    first, *others = _with_its_week(report, [*_apart(surprises)] or _nothing(report))
    return _first(report, first), *islice((*breaks(report), *others), MOST - 1)


def _apart(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the best finding of each kind, without what only comes with more posts, or fewer."""
    moves = {_way(one) for one in findings if one.usual and one.kind in (*_POSTS, Kind.SILENCE)}
    kinds = set[Kind]()
    for finding in findings:
        if finding.kind not in kinds and not (finding.kind in _WITH_POSTS and _way(finding) in moves):
            yield finding
        kinds.add(finding.kind)


def _with_its_week(report: Report, findings: list[Finding]) -> list[Finding]:
    """Return findings in which a busy day that comes first is said together with the busy week it made."""
    first, *others = findings
    week = next((one for one in others if one.kind is Kind.POSTS and one.short and _way(one)), None)
    if not (week and first.kind is Kind.DAY and first.short and _way(first) and report.is_over):
        return findings
    sentence = f"{week.short}{''.join(basis(report, week.value))}; {first.short}"
    if len(sentence.split()) > WORDS:
        return findings
    return [replace(first, sentence=sentence), *(one for one in others if one is not week)]


def _way(finding: Finding) -> bool:
    """Return whether a number is above its usual range, and not below."""
    return bool(finding.usual and finding.value and finding.value > finding.usual.high)


def _no_answer(report: Report) -> str:
    """Return why there is nothing to judge; empty if there is."""
    posts = report.posts.value
    if report.window.first > report.made_at.date():
        return "These dates are still to come"
    if posts is None:
        over = "No data was collected for these dates"
        return over if report.is_over else "No data has been collected for these dates yet"
    if _unknown(report) > _BLIND:
        is_seen = any((one.share or 0) > _BLIND for one in report.covered)
        is_renamed = {Step.TAG_ADDED, Step.TAG_REMOVED} <= {step.step for step in report.steps}
        why = "Most of this period was not collected"
        if is_seen and is_renamed:
            why = "For most of this period, other words were searched for"
        return f"{why}: at least {quantity(posts, 'post', 'posts')}"
    if posts or not report.is_over:
        return "" if posts else "No posts yet"
    if report.unread:
        items = quantity(report.unread, "item", "items")
        return f"No posts found, but {items} that arrived could not be read: see Sources"
    usual = report.posts.usual
    return f"No posts found ({usually(usual)})" if usual else "No posts found"


def _unknown(report: Report) -> float:
    """Return the share (0 to 1) of the time so far that was not collected."""
    return fmean([day.unknown for day in report.days if day.day <= report.made_at.date()] or [0.0])


def _plain(report: Report, sentence: str) -> Finding:
    posts, page = report.posts, address(report.window)
    return Finding(kind=Kind.PLAIN, value=posts.value, usual=posts.usual, sentence=sentence, address=page)


def _nothing(report: Report) -> list[Finding]:
    """Return that all is as usual, or the number alone where that cannot be said."""
    posts, people = report.posts, report.figures["people"]
    usual = posts.usual
    if usual is None or posts.finished is None:
        number = quantity(posts.value or 0, "post", "posts")
        whole = f"{number}{by_people(people.value)}" if report.is_over else f"{number} so far"
        if posts.value and 1 - _unknown(report) < SEEN:
            whole = f"At least {whole}"
        return [_plain(report, sentence) for sentence in (whole, change(report)) if sentence]
    is_week, known = length(report.window) == WEEK, posts.finished
    if report.is_over and is_nearly_whole(report) and usual.low <= (posts.value or 0) <= usual.high:
        known = posts.value or 0
    number = quantity(known, "post", "posts")
    if usual.low <= known <= usual.high:
        number += by_people(people.value if known != posts.finished else people.finished)
        sentence = f"A usual week: {number}" if is_week and report.is_over else f"As usual: {number}"
        if known >= FEW and not usual.median / _TIMES <= known <= usual.median * _TIMES:
            sentence = f"{number} ({usually(usual)})" if is_telling(usual) else number
    else:
        side = "above" if known > usual.high else "below"
        start = "" if is_small(known, usual.high) else f"A little {side} a usual week: "
        sentence = f"{start}{number} ({usually(usual)})"
    return [replace(_plain(report, sentence), kind=Kind.USUAL, value=known)]


def _first(report: Report, finding: Finding) -> Finding:
    """Return the first finding with what its numbers leave out, and whether they are final."""
    if finding.kind is Kind.PLAIN:
        return finding
    counts_posts = finding.kind in _OWN_WORDS | _POSTS
    room = WORDS if report.is_over else WORDS - SO_FAR
    sentence = finding.sentence
    if counts_posts:
        sentence = fitted(sentence, *basis(report, finding.value), room=room)
    if not report.is_over and finding.kind is not Kind.DAY:
        when = "So far" if report.posts.finished == report.posts.value else "So far (to yesterday)"
        if finding.kind in _OWN_WORDS:
            sentence = sentence[:1].lower() + sentence[1:]
        sentence = f"{when}, {sentence}"
    return replace(finding, sentence=sentence)
