"""Tables that people bring to the Outcomes page: what their columns are is asked, and their counts stored.

A table waits in memory only, as it may name people, and not for long.
"""

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import note, who
from dashboard.filters import number
from dashboard.outcomes.tallies import entries, joined, outcomes_page, page
from dashboard.services import services
from monitor.core.errors import MonitorError
from monitor.core.files.confined import confined
from monitor.drop_box import MOST_BYTES
from monitor.manual_entry import tally_table
from monitor.manual_entry.tally import TITLES, TallyFile, tally_file

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
    if request.form.get("act") == "take" and file.tallies and not content["unclear"]:
        _waiting.pop(token, None)
        return _take(kind, content, file)
    return render_template(
        "outcomes/table.html", r=services().report(services().choice()), token=token, kind=kind, file=file,
        content=content, roles=tally_table.COLUMNS[kind], needed=tally_table.NEEDED,
    )  # fmt: skip


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
        raise MonitorError("A file waits here for 15 minutes only. Choose it again.")
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
    return content, tally_file(kind, content["rows"], campaign.areas.area_of, services().today)


def _take(kind: str, content: Mapping[str, Any], file: TallyFile) -> str:
    """Store a table's counts, and what was said of its columns; return the page that says so."""
    now, answers, title = services().now(), content["answers"], TITLES[kind]
    if kind == "survey":
        title = " ".join(answers.get("title", "").split())[:60] or title
    name = {"paper": "paper", "survey": f"survey:{title.casefold()}", "visits": "visits:file"}[kind]
    tallies = entries({f"{name}:{key}": each for key, each in file.tallies.items()})
    with services().write() as archive:
        archive.import_answers.save(f"{kind}:{content['header']}", answers, now)
        counter = archive.counters.add(kind, name, title)
        if kind == "survey":  # a later export has all answers of an earlier one
            ids = archive.tallies.replace(counter, tallies, now)
        else:
            ids = archive.tallies.save(counter, tallies)
    note(f"outcomes: a table of {file.total:,} by {len(tallies):,} entries")
    return outcomes_page(did=kind, file=file, new=len(ids), undo=joined(ids) if kind == "paper" else "")
