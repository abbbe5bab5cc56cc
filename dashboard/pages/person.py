"""The rights of people whose posts are held: find one, answer what is held, erase. For admins.

All is asked by forms: no name is in an address, or in the log of a server.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from dashboard.access.guard import note
from dashboard.filters import number
from dashboard.services import services
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.person import BARE, NAMING
from monitor.backup.eraser import Eraser
from monitor.core.errors import MonitorError
from monitor.export.person_file import PersonFile

SHOWN = 20  # texts
_AT_ONCE = 200  # posts by others that may be ticked
_LONGEST = 500  # characters of what is looked for

page = Blueprint("person", __name__, url_prefix="/people/find")


@page.get("")
def show() -> str:
    return render_template("person.html", here=services().eraser is not None)


@page.post("")
def work() -> ResponseReturnValue:
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400, "That cannot be done here. Go back, and use the buttons on the page.")
    try:
        return act()
    except MonitorError as error:
        return render_template("person.html", here=True, wrong=str(error)), 409


def _find() -> str:
    question = request.form.get("question", "")[:_LONGEST]
    with services().read() as archive:
        candidates = archive.persons.candidates(question) if question.strip() else []
    note("person: searched")
    return render_template("person.html", here=True, question=question, candidates=candidates)


def _look() -> str:
    person = _person()
    note(f"{person.label}: listed what is held")
    return render_template("person.html", here=True, **_holdings(person))


def _turn() -> str:
    return render_template("person.html", here=True, **_holdings(_person(), _AT_ONCE))


def _answer() -> Response:
    person = _person()
    campaign, holdings = services().campaign, _eraser().record(person)
    file = PersonFile(who=person.who, campaign=campaign, holdings=holdings, made_at=services().now())
    note(f"{person.label}: downloaded what is held")
    headers = {"Content-Disposition": f'attachment; filename="person-{person.id}.html"'}
    return Response(file.html(), mimetype="text/html", headers=headers)


def _erase() -> ResponseReturnValue:
    person = _person()
    if "sure" not in request.form:
        wrong = "Tick the box to confirm that the person asked for it, and that this is their account."
        return render_template("person.html", here=True, wrong=wrong, **_holdings(person)), 422
    posts = [post for post in map(number, request.form.getlist("named")) if post]
    note(f"{person.label}: asked to erase")
    form = request.form
    receipt = _eraser().erase(person.key, posts, copies="copies" in form, words="words" in form)
    return render_template("person.html", here=True, receipt=receipt)


_ACTS: dict[str, Callable[[], ResponseReturnValue]] = {
    "find": _find,
    "look": _look,
    "turn": _turn,
    "answer": _answer,
    "erase": _erase,
}


def _person() -> DataSubject:
    with services().read() as archive:
        key = request.form.get("author", "")
        person = archive.persons.person(number(key) or key)
    if person is None:
        raise MonitorError("Nobody is known by this number. They may have been erased already.")
    return person


def _holdings(person: DataSubject, further: int = 0) -> dict[str, Any]:
    """Return what is held of a person, without what they are taken to think: that is in their own file.

    Of the posts with their name, so many further than those on the page before, whose ticks stay.
    """
    record, ticked = _eraser().record(person), {*map(number, request.form.getlist("named"))}
    namesakes, start = record[NAMING[1]], (number(request.form.get("start", "")) or 0) + further
    page = namesakes[start : start + _AT_ONCE]
    before = {post for post in ticked if post} - {row["id"] for row in page}
    return {
        "person": person, "record": record, "bare": record[BARE], "most": SHOWN, "named": page,
        "ticked": ticked, "start": start, "before": sorted(before),
        "more": len(namesakes) - start - len(page),
    }  # fmt: skip


def _eraser() -> Eraser:
    eraser = services().eraser
    if eraser is None:
        raise MonitorError("The posts of this demo are made up: there is nobody to be erased.")
    return eraser
