"""Files to take away: the report of an address as a document, a picture or a table."""

from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Blueprint, Response, abort, send_file

from dashboard.access import may, need, note
from dashboard.services import services
from monitor.export import posts_of
from monitor.export.formats import KINDS, ExportFormat, kind
from monitor.export.provenance import file_name
from monitor.report import Report

_IN_MEMORY = 1_000_000  # bytes; more goes to a file of the system's temporary folder


page = Blueprint("downloads", __name__)


@page.get("/takeaway/<what>.<ending>")
def show(what: str, ending: str) -> Response:
    chosen = kind(what, ending)
    if chosen is None:
        abort(404)
    if chosen.names:
        need("editor")
    report = services().detailed(services().choice())
    note(f"took away {chosen.what}.{chosen.ending}")
    return _response(chosen, report, _file(chosen, report))


@page.app_context_processor
def listed() -> dict[str, object]:
    return {"downloads": [one for one in KINDS if not one.names or may("editor")]}


def _file(chosen: ExportFormat, report: Report) -> IO[bytes]:
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
    try:
        if chosen.rows:
            with services().read() as archive:
                chosen.write(report, posts_of(archive, report), file)
        else:
            chosen.write(report, (), file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _response(chosen: ExportFormat, report: Report, file: IO[bytes]) -> Response:
    # Another word for the kind only where two files of one report would have the same name.
    what = chosen.what if chosen.ending == "csv" else ""
    response = send_file(
        file,
        mimetype=chosen.media_type,
        as_attachment=True,
        download_name=file_name(report, what, chosen.ending),
        etag=False,
    )
    response.call_on_close(file.close)
    return response
