"""Parliament's echo: speeches, written questions and early day motions with the campaign's phrases.

Three services without a key, under the Open Parliament Licence: hansard-api.parliament.uk/swagger,
questions-statements-api.parliament.uk/index.html and oralquestionsandmotions-api.parliament.uk/swagger.
They search loosely, so what comes is searched again here. The list of questions cuts a text at 255
characters; such a question is asked for alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from monitor.archive.outcomes.echoes import Echo
from monitor.core.errors import Unreadable
from monitor.core.model import WRONG, Outcome, Page, encodable
from monitor.core.text import matches, one_line, plain
from monitor.outcomes import Visit
from monitor.sources.shared.http import json_of
from monitor.sources.shared.response_parsing import listing, results, table

_AGO = timedelta(days=365)  # a question may be answered months after it was asked
_TAKE, _MOST = 50, 200  # of a list in one answer, and of one phrase
_CUT, _MOST_WHOLE = 250, 20  # characters of a text that may be cut, and questions asked for by themselves
_STRANGE = "Its answer is not in the form that Parliament publishes."
_MORE = "More was found than is read at one time; the rest was not searched."
_ID = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """How one of the services is asked, and where in its answer the items are."""

    path: str
    parameters: Mapping[str, str]
    items: str
    parse: Callable[[Any], tuple[Echo, str]]


def _day(value: str | None) -> date:
    return date.fromisoformat((value or "")[:10])


def _id(value: object) -> str:
    if not _ID.fullmatch(str(value)):
        raise ValueError(f"{value!r:.50} is not an id")
    return str(value)


def _words(value: str | None) -> str:
    return one_line(encodable(plain(value or "")))


def parse_speech(raw: Mapping[str, Any]) -> tuple[Echo, str]:
    """Return a contribution to a debate, and its words; raises what WRONG has."""
    day, title, key = _day(raw["SittingDate"]), _words(raw["DebateSection"]), _id(raw["ContributionExtId"])
    place = f"{_id(raw['House'])}/{day}/debates/{_id(raw['DebateSectionExtId'])}"
    slug = re.sub(r"[^A-Za-z0-9]", "", title) or "Debate"
    url = f"https://hansard.parliament.uk/{place}/{slug}#contribution-{key}"
    echo = _echo("speech", key, day, title, raw.get("MemberName") or raw.get("AttributedTo"), url)
    return echo, plain(f"{raw.get('ContributionText')} {raw.get('ContributionTextFull')}")


def parse_question(raw: Mapping[str, Any]) -> tuple[Echo, str]:
    """Return a written question, and its words with those of its answer; raises what WRONG has."""
    value = raw["value"]
    day, answered = _day(value["dateTabled"]), value.get("dateAnswered")
    url = f"https://questions-statements.parliament.uk/written-questions/detail/{day}/{_id(value['uin'])}"
    member, key = table(value.get("askingMember")).get("name"), _id(value["id"])
    title = _words(value.get("heading")) or "Written question"
    echo = _echo("question", key, day, title, member, url, _day(answered) if answered else None)
    return echo, plain(f"{value['questionText']} {value.get('answerText')}")


def parse_motion(raw: Mapping[str, Any]) -> tuple[Echo, str]:
    """Return an early day motion, and its words; raises what WRONG has."""
    key, title = _id(raw["Id"]), _words(raw["Title"])
    url = f"https://edm.parliament.uk/early-day-motion/{key}"
    member = table(raw.get("PrimarySponsor")).get("Name")
    echo = _echo("motion", key, _day(raw["DateTabled"]), title, member, url)
    return echo, f"{title} {plain(str(raw.get('MotionText')))}"


def _echo(
    kind: str, key: str, day: date, title: str, member: str | None, url: str, answered: date | None = None
) -> Echo:
    return Echo(kind, key, day, title[:300], _words(member)[:120] or None, url, answered)


_SEARCHES = {
    "speeches": _Search(
        path="/search/contributions/Spoken.json", items="Results", parse=parse_speech,
        parameters={
            "queryParameters.searchTerm": '"{phrase}"', "queryParameters.startDate": "{since}",
            "queryParameters.skip": "{skip}", "queryParameters.take": "{take}",
            "queryParameters.orderBy": "SittingDateDesc",
        },
    ),
    "questions": _Search(
        path="/api/writtenquestions/questions", items="results", parse=parse_question,
        parameters={
            "searchTerm": "{phrase}", "tabledWhenFrom": "{since}", "skip": "{skip}", "take": "{take}",
            "expandMember": "true",
        },
    ),
    "motions": _Search(
        path="/EarlyDayMotions/list", items="Response", parse=parse_motion,
        parameters={
            "parameters.searchTerm": "{phrase}", "parameters.tabledStartDate": "{since}",
            "parameters.skip": "{skip}", "parameters.take": "{take}", "parameters.orderBy": "DateTabledDesc",
        },
    ),
}  # fmt: skip


def read(visit: Visit) -> Page:
    """Ask one of the services for the first track's phrases; store what has them; raises SourceError."""
    search, query = _SEARCHES[visit.service.name.partition(":")[2]], visit.campaign.tracks[0].query
    parts = [[*_items(visit, search, phrase)] for phrase in query.phrases]
    echoes, rejected = results([item for part in parts for item in part], search.parse)
    if rejected and not echoes:
        raise Unreadable(_STRANGE)
    cut = [echo for echo, words in echoes if len(words) >= _CUT and not matches(query, words)]
    cut = cut if search.parse is parse_question else []
    echoes += [(echo, _whole(visit, search, echo)) for echo in cut[:_MOST_WHOLE]]
    visit.archive.echoes.save(echo for echo, words in echoes if matches(query, words))
    page = Page(stream=visit.service.name, rejected=rejected)
    is_whole = len(cut) <= _MOST_WHOLE and max(map(len, parts)) < _MOST
    return page if is_whole else replace(page, outcome=Outcome.CAPPED, detail=_MORE)


def _items(visit: Visit, search: _Search, phrase: str) -> Iterator[Any]:
    """Yield what a service has for a phrase, as far as it is read at one time."""
    values = {"phrase": phrase, "since": (visit.now - _AGO).date(), "take": _TAKE}
    for skip in range(0, _MOST, _TAKE):
        parameters = {name: form.format(skip=skip, **values) for name, form in search.parameters.items()}
        answer = visit.session.get(visit.service.address + search.path, params=parameters)
        part = listing(json_of(answer, visit.now), search.items, _STRANGE)
        yield from part
        if len(part) < _TAKE:
            return


def _whole(visit: Visit, search: _Search, echo: Echo) -> str:
    """Return the words of a question that the list may have cut; raises SourceError."""
    answer = visit.session.get(f"{visit.service.address}{search.path}/{echo.native_id}")
    try:
        return search.parse(json_of(answer, visit.now))[1]
    except WRONG as error:
        raise Unreadable(_STRANGE) from error
