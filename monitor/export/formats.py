"""The files that can be taken away, by what they hold and how their names end."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from monitor.archive.rows import Row
from monitor.charts.png import png
from monitor.charts.share_image import WIDTH, card
from monitor.charts.svg import Drawing
from monitor.export.csv import MARK, TABLES, write_csv, write_table
from monitor.export.facts import source_line
from monitor.report import Report
from monitor.report.headline import headline
from monitor.report.wording import titles

Write = Callable[[Report, Iterable[Row], IO[bytes]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file. `rows`: it holds posts, and is given those that the report counts."""

    what: str
    ending: str
    title: str
    media_type: str
    write: Write
    rows: bool = False

    @property
    def names(self) -> bool:
        """Return whether it says who posted; a link may have its writer's name in it."""
        return self.rows or self.what in ("people", "links")


def _workbook(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    from monitor.export.xlsx import write_xlsx

    write_xlsx(report, rows, out)


def _brief(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    from monitor.export.docx import write_brief

    write_brief(report, headline(report), out)


def _slides(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    from monitor.export.pptx import write_slides

    write_slides(report, headline(report), out)


def _png(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    out.write(png(_card(report).svg, width=WIDTH))


def _svg(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    out.write(_card(report).svg.encode())


def _card(report: Report) -> Drawing:
    return card(report, titles(report), said=headline(report).said, source=source_line(report))


def _posts(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
    text = _as_text(out)
    write_csv(rows, text)
    text.detach()


def _table(name: str) -> Write:
    def write(report: Report, rows: Iterable[Row], out: IO[bytes]) -> None:
        head, lines = TABLES[name](report)
        text = _as_text(out)
        write_table(head, lines, text)
        text.detach()

    return write


def _as_text(out: IO[bytes]) -> io.TextIOWrapper:
    # Half a character is no UTF-8: it becomes a question mark rather than the end of the file.
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="")
    text.write(MARK)
    return text


_TITLES = {
    "numbers": "Numbers",
    "by-day": "By day",
    "people": "The ten who posted most",
    "hashtags": "The ten commonest hashtags",
    "links": "The ten commonest links",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    Kind(what="brief", ending="docx", title="One-page brief (Word)", write=_brief,
         media_type=f"{_OFFICE}wordprocessingml.document"),
    Kind(what="slides", ending="pptx", title="Two slides (PowerPoint)", write=_slides,
         media_type=f"{_OFFICE}presentationml.presentation"),
    Kind(what="workbook", ending="xlsx", title="All numbers and posts (Excel)", write=_workbook, rows=True,
         media_type=f"{_OFFICE}spreadsheetml.sheet"),
    Kind(what="chart", ending="png", title="Chart (PNG picture)", write=_png, media_type="image/png"),
    Kind(what="chart", ending="svg", title="Chart (SVG picture)", write=_svg, media_type="image/svg+xml"),
    Kind(what="posts", ending="csv", title="Posts (CSV)", write=_posts, rows=True, media_type="text/csv"),
    *(
        Kind(what=name, ending="csv", title=f"{_TITLES[name]} (CSV)", write=_table(name),
             media_type="text/csv")
        for name in TABLES
    ),
)  # fmt: skip


def kind(what: str, ending: str) -> Kind | None:
    """Return the kind of file of this name; None if there is none."""
    return next((one for one in KINDS if (one.what, one.ending) == (what, ending)), None)
