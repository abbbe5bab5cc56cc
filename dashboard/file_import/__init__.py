"""Bring a file: what it is taken for, what became of its items, and whether it is everything."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import later_note, note, who
from dashboard.services import Imports, services
from monitor.campaign import Track, track_of
from monitor.core.clock import of_epoch
from monitor.core.errors import MonitorError
from monitor.core.files.contents import with_answers
from monitor.drop_box import MOST_BYTES, DroppedFile
from monitor.report import Window
from monitor.report.coverage import file_claim
from monitor.report.wording import quantity, window_words

_ROOM = 100_000  # bytes of the form around a file
_REFRESH = {"Refresh": "2"}  # seconds, until the page that shows progress looks again
_TOO_LARGE = (
    f"This file is larger than {MOST_BYTES // 10**6} MB. Import it by the command that is named below."
)

page = Blueprint("file_import", __name__, url_prefix="/bring-a-file")


@page.get("")
def show() -> str:
    return _form()


@page.post("")
def receive() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES + _ROOM
    try:
        if request.form.get("act") == "withdraw":
            return _withdraw()
        with closing(request.files["file"]) as upload:
            file = _imports().box.put(upload.stream, upload.filename or "", _owner(), _saved_at())
    except RequestEntityTooLarge:
        return _form(wrong=_TOO_LARGE), 413
    except MonitorError as error:
        return _form(wrong=str(error)), 409
    if file.size > MOST_BYTES:
        _imports().box.remove(file)
        return _form(wrong=_TOO_LARGE), 413
    return _back(file)


@page.get("/<token>")
def detail(token: str) -> ResponseReturnValue:
    return _page(_file(token))


@page.post("/<token>")
def work(token: str) -> ResponseReturnValue:
    file, act = _file(token), _WORK.get(request.form.get("act", ""))
    if act is None:
        abort(400, "That cannot be done here. Go back, and use the buttons on the page.")
    try:
        return _back(file) if _imports().box.is_running(file) else act(file)
    except MonitorError as error:
        return _page(file, 400, wrong=str(error))


def _cancel(file: DroppedFile) -> ResponseReturnValue:
    _imports().box.remove(file)
    return redirect(url_for("file_import.show", did="removed"), 303)


def _answer(file: DroppedFile) -> ResponseReturnValue:
    question, answer = _imports().inspect(file).question, request.form.get("answer", "")
    if question and answer not in dict(question.options):
        raise MonitorError("Choose one of the answers.")
    return _save_answers(file, {question.key: answer} if question else {})


def _choose(file: DroppedFile) -> ResponseReturnValue:
    """Take a column for what a person says it is; "" is for nothing."""
    look, thing = _imports().inspect(file), request.form.get("thing")
    keys, meanings = {words: key for key, words in look.choices}, dict(look.columns)
    names = {" ".join(name.split()): name for name in meanings}  # browsers send one space for several
    column = names.get(" ".join(request.form.get("column", "").split()))
    if column is None or thing not in {"", *keys.values()}:
        raise MonitorError("Choose a column, and what it is.")
    before = keys.get(meanings[column] or "")
    return _save_answers(file, {thing: column} if thing else {before: ""} if before else {})


def _save_answers(file: DroppedFile, answers: Mapping[str, str]) -> ResponseReturnValue:
    """Keep what was said of a file, and for the next one with its columns, should this one be cancelled."""
    file = replace(file, answers=with_answers(file.answers, answers))
    _imports().remember(file)
    _imports().box.save(file)
    return _back(file)


def _take_in(file: DroppedFile) -> ResponseReturnValue:
    if "saved_on" in request.form:
        noon = datetime.combine(_day("saved_on"), time(12), services().campaign.zone)
        file = replace(file, saved_at=noon)
    if track := request.form.get("track", ""):
        track_of(services().campaign, track)  # there is one
    file, write = replace(file, track=track), later_note()
    _imports().box.take_in(file, _imports().intake(file), lambda file: write(_outcome(file)))
    return _back(file)


def _claim(file: DroppedFile) -> ResponseReturnValue:
    platform, first, last = request.form.get("platform", ""), _day("first"), _day("last")
    if platform not in file.counts.days or "sure" not in request.form or last < first:
        raise MonitorError("Tick the box to confirm the file is complete, and give the first and last day.")
    window, zone = Window(first=first, last=last), services().campaign.zone
    saved_at = file.saved_at or file.arrived_at
    claim = file_claim(platform, window, file.name, zone=zone, saved_at=saved_at, now=services().now())
    with services().write() as archive:
        for track in _tracks(file):
            archive.coverage.save_file_claim(claim, track.name)
    note(f"from a file: complete for {platform}, {window_words(window)}")
    return redirect(url_for("file_import.show", did="claimed"), 303)


_WORK = {"cancel": _cancel, "answer": _answer, "choose": _choose, "take": _take_in, "everything": _claim}


def _withdraw() -> ResponseReturnValue:
    track, stream = track_of(services().campaign, request.form.get("track")), request.form.get("claim")
    with services().write() as archive:
        for claim in archive.coverage.file_claims(track.name):
            if claim.stream == stream:
                archive.coverage.withdraw(claim, track.name)
                note(f"from a file: no longer complete for {claim.source}")
    return redirect(url_for("file_import.show", did="withdrawn"), 303)


def _outcome(file: DroppedFile) -> str:
    new, of = quantity(file.counts.new or 0, "post", "posts"), quantity(file.counts.read, "item", "items")
    return f"from a file: {new} added, of {of}{' before it broke off' if file.fault else ''}"


def _form(**context: object) -> str:
    _imports().box.sweep()
    with services().read() as archive:
        claims = [
            (track, claim)
            for track in services().campaign.tracks
            for claim in archive.coverage.file_claims(track.name)
        ]
    return render_template(
        "file_import/form.html", choice=services().choice(), claims=claims, most=MOST_BYTES,
        files=_imports().box.files(_owner()), did=request.args.get("did", ""), **context,
    )  # fmt: skip


def _page(file: DroppedFile, code: int = 200, **context: object) -> tuple[str, int, dict[str, str]]:
    """Return the page of a file: what it is taken for, how far it is, or what became of it."""
    context |= {"file": file, "choice": services().choice(), "tracks": _tracks(file)}
    if _imports().box.is_running(file):
        headers = {} if "still" in request.args else _REFRESH
        context["is_waiting"] = _imports().box.is_waiting(file)
        return render_template("file_import/progress.html", **context), code, headers
    if file.is_finished:
        return render_template("file_import/result.html", **context), code, {}
    try:
        context["inspection"] = _imports().inspect(file)
    except MonitorError as error:
        context["fault"] = _imports().box.words(error, file)
    return render_template("file_import/preview.html", **context), code, {}


def _imports() -> Imports:
    return services().imports or abort(404)


def _file(token: str) -> DroppedFile:
    return _imports().box.file(token, _owner()) or abort(404)


def _owner() -> str:
    return str(who().id or "the team")


def _tracks(file: DroppedFile) -> tuple[Track, ...]:
    tracks = services().campaign.tracks
    return tuple(track for track in tracks if track.name == file.track) or tracks


def _back(file: DroppedFile) -> ResponseReturnValue:
    return redirect(url_for("file_import.detail", token=file.token), 303)


def _day(name: str) -> date:
    """Return the day in a field of the form; raises MonitorError."""
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise MonitorError("Give each day as 2026-11-22, or choose it from the calendar.") from error


def _saved_at() -> datetime | None:
    """Return when the browser says that a file was last changed; None if it says nothing that makes sense."""
    try:
        at = of_epoch(float(request.form.get("saved_at", "")) / 1000)
    except (ValueError, OverflowError):
        return None
    return at if datetime(2000, 1, 1, tzinfo=UTC) < at <= services().now() else None
