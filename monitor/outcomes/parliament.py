"""Parliament's echo: speeches, written questions and early day motions with the campaign's phrases.

Three services without a key, under the Open Parliament Licence: hansard-api.parliament.uk/swagger,
questions-statements-api.parliament.uk/index.html and oralquestionsandmotions-api.parliament.uk/swagger.
They search loosely, so what comes is searched again here. The list of questions cuts a text at 255
characters; such a question is asked for alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from monitor.archive.outcomes.echoes import Echo
from monitor.core.errors import Unreadable
from monitor.core.model import WRONG, Outcome, Page, encodable
from monitor.core.text import matches, one_line, plain
from monitor.outcomes import Visit
from monitor.sources.shared.http import json_of
from monitor.sources.shared.response_parsing import listing, results

_AHEAD = timedelta(days=1)  # of a clock's own day
_FIRST = date(1990, 1, 1)  # no record that is searched is older
_AGO = timedelta(days=365)  # a question may be answered months after it was asked
_TAKE, _MOST = 50, 200  # items of an answer, and of a phrase
_CUT, _MOST_WHOLE = 250, 20  # characters of a text that may be cut, and questions asked for alone
_STRANGE = "Its answer is not in the form that Parliament publishes."
_MORE = "More was found than is read at one time; the rest was not searched."
_ID = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """How one of the services is asked, and what an answer and its items call things."""

    kind: str
    path: str
    parameters: Mapping[str, str]
    prefix: str = ""  # of their names
    items: str
    day: str
    title: str
    member: str
    texts: tuple[str, str]
    ids: tuple[str, ...]  # the first is the item's own; all may be in its address
    url: str


SEARCHES = {
    "speeches": _Search(
        kind="speech", path="/search/contributions/Spoken.json", items="Results", day="SittingDate",
        title="DebateSection", member="MemberName", texts=("ContributionText", "ContributionTextFull"),
        ids=("ContributionExtId", "House", "DebateSectionExtId"),
        url="https://hansard.parliament.uk/{1}/{day}/debates/{2}/{slug}#contribution-{0}",
        prefix="queryParameters.",
        parameters={"searchTerm": '"{phrase}"', "startDate": "{since}", "orderBy": "SittingDateDesc"},
    ),
    "questions": _Search(
        kind="question", path="/api/writtenquestions/questions", items="results", day="dateTabled",
        title="heading", member="askingMember", texts=("questionText", "answerText"), ids=("id", "uin"),
        url="https://questions-statements.parliament.uk/written-questions/detail/{day}/{1}",
        parameters={"searchTerm": "{phrase}", "tabledWhenFrom": "{since}", "expandMember": "true"},
    ),
    "motions": _Search(
        kind="motion", path="/EarlyDayMotions/list", items="Response", day="DateTabled", title="Title",
        member="PrimarySponsor", texts=("Title", "MotionText"), ids=("Id",),
        url="https://edm.parliament.uk/early-day-motion/{0}",
        prefix="parameters.",
        parameters={"searchTerm": "{phrase}", "tabledStartDate": "{since}", "orderBy": "DateTabledDesc"},
    ),
}  # fmt: skip


def parse(search: _Search, today: date, raw: Mapping[str, Any]) -> tuple[Echo, str]:
    """Return what was said, and all its words; raises what WRONG has."""
    value = raw.get("value", raw)  # a question is wrapped
    day, ids = _day(value[search.day], today), [str(value[name]) for name in search.ids]
    title = _line(value[search.title])[:300]
    if not title or not all(map(_ID.fullmatch, ids)):
        raise ValueError("no title or no id")
    member, answered_on = value.get(search.member), value.get("dateAnswered")
    if isinstance(member, dict):
        member = member.get("name") or member.get("Name")
    url = search.url.format(*ids, day=day, slug=re.sub(r"[^A-Za-z0-9]", "", title)[:100] or "Debate")
    echo = Echo(
        search.kind, ids[0], day, title, _line(member or "")[:120] or None, url,
        _day(answered_on, today) if answered_on else None,
    )  # fmt: skip
    return echo, plain(" ".join(str(value.get(name) or "") for name in search.texts))


def _day(text: str, today: date) -> date:
    """Return the day of a record of these years; raises ValueError for another."""
    day = date.fromisoformat(text[:10])
    if not _FIRST <= day <= today + _AHEAD:
        raise ValueError(f"{text!r:.50} is no day of a record")
    return day


def _line(markup: str) -> str:
    return one_line(encodable(plain(markup)))


def read(visit: Visit) -> Page:
    """Ask one of the services for the first track's phrases; store what has them; raises SourceError."""
    search, query = SEARCHES[visit.service.name.partition(":")[2]], visit.campaign.tracks[0].query
    parts = [[*_items(visit, search, phrase)] for phrase in query.phrases]
    echoes, rejected = results(
        [item for part in parts for item in part], partial(parse, search, visit.now.date())
    )
    if rejected and not echoes:
        raise Unreadable(_STRANGE)
    cut = [
        echo for echo, words in echoes
        if search.kind == "question" and len(words) >= _CUT and not matches(query, words)
    ]  # fmt: skip
    echoes += [(echo, _whole(visit, search, echo)) for echo in cut[:_MOST_WHOLE]]
    visit.archive.echoes.save(echo for echo, words in echoes if matches(query, words))
    page = Page(stream=visit.service.name, rejected=rejected)
    is_whole = len(cut) <= _MOST_WHOLE and max(map(len, parts)) < _MOST
    return page if is_whole else replace(page, outcome=Outcome.CAPPED, detail=_MORE)


def _items(visit: Visit, search: _Search, phrase: str) -> Iterator[Any]:
    """Yield what a service has for a phrase, as far as it is read at one time."""
    values = {"phrase": phrase, "since": (visit.now - _AGO).date()}
    for skip in range(0, _MOST, _TAKE):
        forms = {**search.parameters, "skip": str(skip), "take": str(_TAKE)}.items()
        parameters = {f"{search.prefix}{name}": form.format(**values) for name, form in forms}
        answer = visit.session.get(visit.service.address + search.path, params=parameters)
        part = listing(json_of(answer, visit.now), search.items, _STRANGE)
        yield from part
        if len(part) < _TAKE:
            return


def _whole(visit: Visit, search: _Search, echo: Echo) -> str:
    """Return the words of a question that the list may have cut; raises SourceError."""
    answer = visit.session.get(f"{visit.service.address}{search.path}/{echo.native_id}")
    try:
        return parse(search, visit.now.date(), json_of(answer, visit.now))[1]
    except WRONG as error:
        raise Unreadable(_STRANGE) from error
