"""The files that can be taken away, by what they hold and how their names end."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from typing import IO, TextIO

from monitor.archive.values import PostRow
from monitor.charts.activity import Activity, ChartKind, activity
from monitor.charts.standalone_chart import CARD, Size, card, map_card
from monitor.charts.svg import Drawing
from monitor.charts.svg_to_png import png
from monitor.export import TABLE_COLUMNS
from monitor.export.csv import MARK, TABLES, Table, write_csv, write_table
from monitor.export.docx import write_brief
from monitor.export.pdf import write_pdf
from monitor.export.pptx import write_slides
from monitor.export.provenance import made_line
from monitor.export.tone_counts import HEAD, ToneCounts
from monitor.export.xlsx import write_xlsx
from monitor.report import Report
from monitor.report.anonymise import nameless
from monitor.report.story import Headline, headline

Write = Callable[[Report, Iterable[PostRow], IO[bytes]], object]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file. `rows`: it holds posts, and is given those that the report counts."""

    what: str
    ending: str
    title: str
    media_type: str
    write: Write
    _: KW_ONLY
    rows: bool = False

    @property
    def names(self) -> bool:
        """Return whether it says who posted; a link may have its writer's name in it."""
        return self.what in ("workbook", "posts", "people", "links")


def _nameless(write: Callable[[Report, Headline, IO[bytes]], None]) -> Write:
    """Return what writes a file that is handed on, in which nobody who posted is named."""

    def write_nameless(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
        report = nameless(report)
        write(report, headline(report), out)

    return write_nameless


def _svg(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
    out.write(picture(report).svg.encode())


def _png(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
    out.write(png(picture(report).svg, width=CARD.width))


def picture(report: Report, chart: Activity | None = None, title: str = "", size: Size = CARD) -> Drawing:
    """Return a chart under its title, that of posts under the headline, to be handed on: it names nobody."""
    report = nameless(report)
    is_outcome = chart is not None and chart.kind is ChartKind.OUTCOME
    source = made_line(report, "Numbers of the counter itself") if is_outcome else made_line(report)
    words = title or headline(report).answer
    return card(report, chart or activity(report), headline=words, source=source, size=size)


def map_picture(report: Report, svg: str, names: Mapping[str, str], title: str, size: Size) -> Drawing:
    """Return the map of hours under its title, to be handed on."""
    what, source = "Average posts an hour", made_line(report)
    return map_card(report, svg, names, what=what, headline=title, source=source, size=size)


def _posts(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
    with _as_text(out) as text:
        write_csv(rows, text, TABLE_COLUMNS)


def _tones(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
    with _as_text(out) as text:
        tones = ToneCounts(report)
        for _ in tones.each(rows):
            pass
        write_table(HEAD, tones.rows(), text)


def _table(of: Callable[[Report], Table]) -> Write:
    def write(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> None:
        with _as_text(out) as text:
            write_table(*of(report), text)

    return write


@contextmanager
def _as_text(out: IO[bytes]) -> Iterator[TextIO]:
    # Half a character is no UTF-8: it becomes a question mark rather than the end of the file.
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
    text.write(MARK)
    yield text
    text.detach()


_WORD, _SLIDES, _WORKBOOK = (
    f"application/vnd.openxmlformats-officedocument.{kind}"
    for kind in ("wordprocessingml.document", "presentationml.presentation", "spreadsheetml.sheet")
)
KINDS = (
    ExportFormat("brief", "pdf", "One-page brief (PDF)", "application/pdf", _nameless(write_pdf)),
    ExportFormat("brief", "docx", "One-page brief (Word)", _WORD, _nameless(write_brief)),
    ExportFormat("slides", "pptx", "Two slides (PowerPoint)", _SLIDES, _nameless(write_slides)),
    ExportFormat("workbook", "xlsx", "All numbers and posts (Excel)", _WORKBOOK, write_xlsx, rows=True),
    ExportFormat("chart", "png", "Chart (PNG picture)", "image/png", _png),
    ExportFormat("chart", "svg", "Chart (SVG picture)", "image/svg+xml", _svg),
    ExportFormat("posts", "csv", "Posts (CSV)", "text/csv", _posts, rows=True),
    ExportFormat("tones", "csv", "Tone and stance (CSV)", "text/csv", _tones, rows=True),
    *(
        ExportFormat(name, "csv", f"{title} (CSV)", "text/csv", _table(of))
        for name, (title, of) in TABLES.items()
    ),
)


def kind(what: str, ending: str) -> ExportFormat | None:
    return next((one for one in KINDS if (one.what, one.ending) == (what, ending)), None)
