"""The mail as plain text that reads well by itself, aloud too: no lines of signs, nothing drawn."""

import textwrap
from collections.abc import Iterator

from monitor.digest.content import DigestContent, QuotedPost
from monitor.report.measure import Statement

_WIDTH = 72


def text(letter: DigestContent, *, why_me: str, leave: str) -> str:
    """Return the letter as text. `why_me` says why its reader gets it, `leave` how to get no more."""
    return "\n\n".join(part for part in _parts(letter, why_me, leave) if part) + "\n"


def _parts(letter: DigestContent, why_me: str, leave: str) -> Iterator[str]:
    yield f"{letter.title}, {letter.week}"
    if letter.demo:
        yield "Made-up data: nobody wrote these posts."
    yield _filled(letter.broken)
    yield _filled(letter.late)
    yield _filled(letter.answer)
    outcomes = _section("Outcomes", [_filled(line) for line in letter.outcomes])
    if letter.is_quiet:
        yield outcomes
        yield _filled(f"{letter.unseen} {letter.address}".strip())
    else:
        yield from _sections(letter, outcomes)
    yield f"{_filled(why_me)}\n{leave}".strip()


def _sections(letter: DigestContent, outcomes: str) -> Iterator[str]:
    yield _filled(" ".join(letter.others))
    steps = enumerate(letter.todo, 1)
    yield _section("What to do", [f"{n}. {text}\n   {address}" for n, (text, address) in steps])
    yield _section("Waiting for a reply", [f"{text}\n   {address}" for text, address in letter.owed])
    methods = f"How these are counted: {letter.methods}"
    yield _section("The numbers", [*(_number(one) for one in letter.numbers), methods])
    yield outcomes
    if letter.chart:
        yield _section("Posts per day", [_filled(f"{letter.chart.title}. {', '.join(letter.chart.days)}.")])
    if letter.themes_note:
        yield _section("What people say", [*map(_post, letter.themes), _filled(letter.themes_note)])
    yield _section("Posts to know about", [_post(one) for one in letter.posts])
    yield _section("Places mentioned", list(letter.places))
    yield _section("Coming up", [_filled(one) for one in letter.coming])
    yield _section("What we could not see", [_filled(letter.unseen)])
    yield f"The whole week: {letter.address}"


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([title.upper(), *lines]) if lines else ""


def _number(number: Statement) -> str:
    return _filled(f"{number.title}: {number.words}{f' ({number.note})' if number.note else ''}")


def _post(post: QuotedPost) -> str:
    words = f"“{post.text}”" if post.text else "Its text is shown on the dashboard only."
    return f"{_filled(f'{post.label} ({post.where}): {words}')}\n   {post.address}"


def _filled(sentence: str) -> str:
    return textwrap.fill(sentence, _WIDTH, break_long_words=False, break_on_hyphens=False)
