"""Tables that people bring to the Outcomes page: what their columns are is asked, and their counts stored.

A table waits in memory only, as it may name people, and not for long.
"""

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note, who
from dashboard.filters import number
from dashboard.outcomes.tallies import entries, outcomes_page, page
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.core.clock import stamp
from monitor.core.errors import MonitorError
from monitor.core.files.confined import confined
from monitor.drop_box import MOST_BYTES
from monitor.manual_entry import tally_table
from monitor.manual_entry.tally import TITLES, WORDS, TallyFile, tally_file

_ROOM = 100_000  # bytes of the form around a file
_MOST, _LIFETIME = 3, timedelta(minutes=15)
_waiting: dict[str, tuple[int | None, datetime, bytes]] = {}


@page.post("/table")
def table() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES + _ROOM
    token, kind = request.form.get("token") or _put(), request.form.get("kind", "")
    if kind not in TITLES:
        raise MonitorError("Say what the table counts.")
    content, file = _read(_file(token), kind)
    with services().read() as archive:
        title = _title(archive, kind, content)
        live = sum(archive.tallies.by_day(_counter(archive, _name(kind, title))).values())
        known = archive.tallies.known(f"{kind}:{key}" for key in file.tallies)
    is_asked = request.form.get("act") == "take" and file.total and not content["unclear"]
    if is_asked and (kind != "survey" or not live or request.form.get("replaces") == title):
        _waiting.pop(token, None)
        return _take(kind, title, content, file, live)
    return render_template(
        "outcomes/table.html", choice=services().choice(), token=token, kind=kind, file=file,
        content=content, roles=tally_table.COLUMNS[kind], needed=tally_table.NEEDED,
        words=WORDS | {"day": "time"}, title=title, known=known, is_asked=is_asked,
        live=live if kind == "survey" else 0,
    )  # fmt: skip


def _title(archive: ArchiveReader, kind: str, content: Mapping[str, Any]) -> str:
    """Return what a table is called: as it is typed, as the last one with its columns, or as no other is."""
    if kind != "survey":
        return TITLES[kind]
    free = (f"{TITLES[kind]} {n}".removesuffix(" 1") for n in count(1))
    typed = " ".join(content["answers"].get("title", "").split())[:60]
    return typed or next(title for title in free if not _counter(archive, _name(kind, title)))


def _name(kind: str, title: str) -> str:
    return {"paper": "paper", "survey": f"survey:{title.casefold()}", "visits": "visits:file"}[kind]


def _counter(archive: ArchiveReader, name: str) -> int:
    return next((counter.id for counter in archive.counters.all() if counter.name == name), 0)


def _put() -> str:
    """Let the file of this request wait, in place of the oldest; return the token to ask for it by."""
    with closing(request.files["file"]) as upload:
        data = upload.stream.read(MOST_BYTES + 1)
    if not data:
        raise MonitorError("Choose a file that is not empty first.")
    if len(data) > MOST_BYTES:
        raise RequestEntityTooLarge
    token = secrets.token_urlsafe(16)
    _waiting[token] = who().id, services().now(), data
    for old in [*_waiting][:-_MOST]:
        _waiting.pop(old, None)
    return token


def _file(token: str) -> bytes:
    """Return a file of whoever asks; raises MonitorError if it is here no more."""
    now = services().now()
    for old in [old for old, (_, at, _) in _waiting.copy().items() if at < now - _LIFETIME]:
        _waiting.pop(old, None)
    owner, _, data = _waiting.get(token, (0, now, b""))
    if owner != who().id:
        raise MonitorError("A file waits here for 15 minutes, or until three others come. Choose it again.")
    return data


def _read(data: bytes, kind: str) -> tuple[dict[str, Any], TallyFile]:
    """Return what a table holds, by the columns that are chosen, were chosen before, or are called so."""
    campaign, names = services().campaign, (*tally_table.COLUMNS[kind], "dates", "title")

    def read(answers: Mapping[str, str]) -> dict[str, Any]:
        places = {name: number(answers[name]) for name in tally_table.COLUMNS[kind] if name in answers}
        order = answers.get("dates", "")
        arguments = {"kind": kind, "zone": campaign.zone.key, "order": order, "places": places}
        return {**confined(tally_table.__name__, data, arguments), "answers": answers}

    content = read({name: request.form[name] for name in names if name in request.form})
    with services().read() as archive:
        before = archive.import_answers.of(f"{kind}:{content['header']}")
    if before and not content["answers"]:
        content = read(before)
    content["same"] = before.get("title", "")
    return content, tally_file(kind, content["rows"], campaign.areas.area_in, services().today)


def _take(kind: str, title: str, content: Mapping[str, Any], file: TallyFile, live: int) -> str:
    """Store a table's counts, and what was said of its columns; return the page that says so."""
    now, name, answers = services().now(), _name(kind, title), content["answers"]
    if kind == "survey":
        answers = {**answers, "title": title}
    # What a later table replaces is kept aside, to be there again if that is undone.
    last = "" if kind == "paper" else f":{stamp(now)}"
    tallies = entries({f"{name}:{key}{last}": each for key, each in file.tallies.items()})
    with services().write() as archive:
        archive.import_answers.save(f"{kind}:{content['header']}", answers, now)
        counter = archive.counters.add(kind, name, title)
        if kind == "paper":
            ids = archive.tallies.save(counter, tallies)
        else:  # a later export of a survey has all answers of an earlier one
            ids = archive.tallies.replace(counter, tallies, now, whole=kind == "survey")
    note(f"outcomes: a table of {file.total:,} by {len(tallies):,} entries")
    return outcomes_page(did=kind, file=file, new=len(ids), title=title, live=live, counter=counter, at=now)
