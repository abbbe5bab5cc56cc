"""What the weekly mail says, from the report of a week that is over. Pure; how it looks is for others.

Nobody who posted is named, and of platforms whose posts may not be passed on there is only a link to ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from monitor.charts.activity import activity
from monitor.charts.event_markers import marks_of
from monitor.charts.text_layout import flat
from monitor.core.content_warning import upsetting
from monitor.core.text import one_line, pieces
from monitor.export.provenance import coverage, unseen
from monitor.platform_info import forbidding
from monitor.report import Day, Report, ShownPost, wording
from monitor.report.anonymise import nameless
from monitor.report.figures import statements
from monitor.report.figures.stance import clear_change
from monitor.report.follow_up import Action, owed, posts_to_know, todo
from monitor.report.measure import Face, Statement
from monitor.report.outcomes.sentences import outcome_lines
from monitor.report.story import MOST, headline
from monitor.report.story.finding import Finding, Kind

QUIET = 5  # posts, under which a week gets three lines
_SILENT = timedelta(hours=24)  # without an answer, from which on a source is told of first
_QUOTED = 140  # characters of a post
_COMING, _THEMES, _OWED, _OUTCOMES = 3, 3, 5, 4  # events, new themes, replies that wait, counters


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedPost:
    """A post to know about; `text` is empty where it may not be passed on, or may upset."""

    label: str
    text: str
    where: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChart:
    """The posts of each day: what the picture of them shows, in words."""

    title: str  # what it comes to
    days: tuple[str, ...]
    events: tuple[str, ...]  # by the numbers that they have in the picture, if they have such

    @property
    def alt(self) -> str:
        """Return what is read out in the picture's place."""
        return f"Posts per day. {'; '.join(self.days)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContent:
    """What the mail of one week says. Everything but `answer` may be empty."""

    subject: str  # words of ours and numbers only: it becomes a header
    title: str
    week: str
    demo: bool
    broken: str
    late: str = ""
    answer: str
    others: tuple[str, ...]
    todo: tuple[tuple[str, str], ...]  # each with the address of the page on which to do it
    owed: tuple[tuple[str, str], ...] = ()  # replies that wait on the desk, alike
    numbers: tuple[Statement, ...]
    outcomes: tuple[str, ...] = ()
    chart: DigestChart | None
    themes: tuple[QuotedPost, ...]  # what is new in people's words, each by its most typical post
    themes_note: str  # how they were chosen, and how many are left out
    posts: tuple[QuotedPost, ...]
    places: tuple[str, ...]
    coming: tuple[str, ...]
    unseen: str
    address: str  # of the same week on the dashboard
    methods: str  # of the page that says how each number is counted

    @property
    def is_quiet(self) -> bool:
        """Return whether there is so little to say that three lines are enough."""
        return not self.numbers


def letter(report: Report, *, base: str) -> DigestContent:
    """Return what is said of a week. `base` is how the dashboard's addresses begin: 'https://example.org'."""
    report = nameless(report)
    summary, others = headline(report), replace(report, owed=())
    days = f"since={report.window.first}&until={report.window.last}"
    is_quiet = (report.posts.value or 0) < QUIET
    return DigestContent(
        subject=f"{flat(report.title, 60)}: {summary.subject}",
        title=flat(report.title, 60),
        week=wording.window_words(report.window),
        demo=report.demo,
        broken=_broken(report),
        answer=f"{summary.answer}.",
        others=(*summary.others, *(() if is_quiet else _beside(report, summary.story))),
        todo=() if is_quiet else tuple(_step(one, report, base, days) for one in islice(todo(others), MOST)),
        owed=() if is_quiet else tuple(_owed(report, base, days)),
        numbers=() if is_quiet else tuple(statements(report, Face.MAIL)),
        outcomes=tuple(flat(line, 160) for line in outcome_lines(report, _OUTCOMES)),
        chart=None if is_quiet else _chart(report),
        themes=tuple(_themes(report, base)),
        themes_note=wording.themes_note(report, _THEMES),
        posts=() if is_quiet else tuple(_quoted(*one, report, base) for one in posts_to_know(report)),
        places=() if is_quiet else tuple(_places(report)),
        coming=tuple(
            f"{wording.day_name(event.day)}: {flat(event.title, 80)}" for event in report.coming[:_COMING]
        ),
        unseen=_unseen(report),
        address=f"{base}/?{days}",
        methods=f"{base}/methods",
    )


def _beside(report: Report, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what is said beside the findings: the story on most news sites, and tone as people read it."""
    if (words := wording.story(report)) and not any(finding.kind is Kind.NEWS for finding in findings):
        yield f"{words[:1].upper()}{words[1:]}."
    if checked := wording.tone_checked(report):
        yield checked
    if support := clear_change(report):
        yield f"{support}."


def _broken(report: Report) -> str:
    """Return which sources have stopped answering, or that none is asked, and since when; empty if none."""
    if report.stalled_since:
        return wording.stalled(report.stalled_since)
    silent: dict[str, list[str]] = {}
    for source in report.sources:
        last, limit = source.last_success, report.made_at - _SILENT
        if source.on and (last is None or last < limit):
            when = f"since {wording.day_name(last.astimezone(limit.tzinfo).date())}" if last else "yet"
            silent.setdefault(when, []).append(source.title)
    if not silent:
        return ""
    sentence = "; ".join(
        f"{wording.listed(names)} {'have' if len(names) > 1 else 'has'} not answered {when}"
        for when, names in silent.items()
    )
    return f"{sentence}. Posts there are missing from the numbers below."


def _step(action: Action, report: Report, base: str, days: str) -> tuple[str, str]:
    """Return what is to be done, with the words of the post that it is about, and where."""
    by = "&by=new" if action.page == "people" else ""
    page = f"posts/{action.post}" if action.page == "post" else f"{action.page}?{days}{by}"
    page = f"posts?ids={action.ids}&{days}" if action.posts else page
    quote = action.quoted and _quoted("", action.quoted, report, base).text
    return f"{flat(action.text, 110)}{f': “{quote}”' if quote else ''}", f"{base}/{page}"


def _owed(report: Report, base: str, days: str) -> Iterator[tuple[str, str]]:
    for action in islice(owed(report), _OWED):
        text, address = _step(action, report, base, days)
        yield f"{text}. {action.note}", address
    if report.to_reply > _OWED:
        yield f"All {report.to_reply:,} on the reply desk", f"{base}/replies"


def _chart(report: Report) -> DigestChart:
    markers, has_marks = marks_of(report, report.days), bool(activity(report).marks)
    texts = (f"{mark.label}: {mark.text}" if has_marks else mark.text for mark in markers)
    return DigestChart(
        title=wording.busiest(report),
        days=tuple(_day(day) for day in report.days),
        events=tuple(flat(text, 100) for text in texts),
    )


def _day(day: Day) -> str:
    posts = f"{sum(day.posts.values()):,}" if day.posts else wording.blank(day, "not seen")
    return f"{day.day:%a} {day.day.day}: {posts}{wording.so_far(day)}"


def _themes(report: Report, base: str) -> Iterator[QuotedPost]:
    for theme in report.suggestions.themes[:_THEMES]:
        people = wording.quantity(theme.people, "person", "people")
        yield _quoted(f"“{flat(theme.name, 60)}”, {people}", theme.quoted, report, base)


def _quoted(label: str, post: ShownPost, report: Report, base: str) -> QuotedPost:
    text = "" if post.platform in forbidding("files") or upsetting(post.text) else _words(post.text or "")
    where = f"{wording.title_of(post.platform)}, {wording.day_name(post.created_at.date())}"
    return QuotedPost(label=label, text=text, where=where, address=f"{base}/posts/{post.id}")


def _words(text: str) -> str:
    """Return the words of a post without its links: nothing of a stranger's can be followed from here."""
    return flat(one_line(" … ".join(pieces(text))), _QUOTED)


def _places(report: Report) -> Iterator[str]:
    """Yield how often each borough was named."""
    for place in report.places:
        if place.key == place.borough and place.posts is not None and (place.posts or place.before):
            change = wording.against(place.finished, place.before)
            number = wording.quantity(place.posts, "post", "posts")
            yield f"{place.title}: {number}{f', {change} the week before' if change else ''}"


def _unseen(report: Report) -> str:
    parts = []
    if report.posts.value is not None:  # or that is what the mail begins with
        partly = [f"{name}: {share}." for name, share in coverage(report) if "100%" not in share]
        parts = [unseen(report) or "Every day was covered." * (not partly), *partly]
    off = [source.title for source in report.sources if not source.on]
    return flat(" ".join([*parts, f"Switched off: {', '.join(off)}." if off else ""]), 400)
