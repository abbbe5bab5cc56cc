"""Files to take away: the report of an address as a document, a picture or a table."""

import io
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Blueprint, Response, abort, request, send_file

from dashboard.access import may, need, note
from dashboard.outcomes.chart import chart_by_name
from dashboard.pages import charts
from dashboard.pages.charts import ChartView
from dashboard.services import services
from monitor.charts.activity import ChartKind
from monitor.charts.standalone_chart import CARD, SIZES, Size
from monitor.charts.svg_to_png import png
from monitor.export import posts_of
from monitor.export.csv import MARK, write_table
from monitor.export.formats import KINDS, ExportFormat, kind, map_picture, picture
from monitor.export.provenance import file_name
from monitor.report import Report

_CHART_TYPES = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml"}
_IN_MEMORY = 1_000_000  # bytes; more goes to a file of the system's temporary folder


page = Blueprint("downloads", __name__)


@page.get("/takeaway/<what>.<ending>")
def show(what: str, ending: str) -> Response:
    chosen = kind(what, ending)
    if chosen is None:
        abort(404)
    if chosen.names:
        need("editor")
    report = services().report(services().choice())
    note(f"exported {chosen.what}.{chosen.ending}")
    return _response(chosen, report, _file(chosen, report))


@page.get("/chart/<name>.<ending>")
def chart_file(name: str, ending: str) -> Response:
    choice = services().choice()
    report = services().report(choice)
    view = chart_by_name(name, report) or charts.chart_by_name(name, choice, report, request.args)
    size = SIZES.get(request.args.get("size", ""), CARD)
    file = _contents(view, report, ending, size)
    note(f"exported chart {name}.{ending}")
    return send_file(
        io.BytesIO(file), mimetype=_CHART_TYPES[ending], as_attachment=True, etag=False,
        download_name=file_name(report, name, ending),
    )  # fmt: skip


@page.app_context_processor
def listed() -> dict[str, object]:
    return {"downloads": [one for one in KINDS if not one.names or may("editor")]}


def _contents(view: ChartView, report: Report, ending: str, size: Size) -> bytes:
    if ending == "csv":
        table = io.StringIO(MARK, newline="")
        table.seek(0, io.SEEK_END)
        write_table(view.head, ((line.name, *line.cells) for line in view.lines), table)
        return table.getvalue().encode()
    if ending not in _CHART_TYPES:
        abort(404)
    if view.chart:
        title = "" if view.chart.kind is ChartKind.POSTS else view.title
        drawing = picture(report, view.chart, title, size)
    else:
        drawing = map_picture(report, str(view.svg), dict(view.legend), view.title, size)
    return png(drawing.svg, width=size.width) if ending == "png" else drawing.svg.encode()


def _file(chosen: ExportFormat, report: Report) -> IO[bytes]:
    with ExitStack() as stack:
        file = stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        if chosen.rows:
            with services().read() as archive:
                chosen.write(report, posts_of(archive, report), file)
        else:
            chosen.write(report, (), file)
        file.seek(0)
        stack.pop_all()  # it is closed with the response
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
