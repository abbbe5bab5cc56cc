"""An Excel workbook: what it is, the numbers, the days with their chart, posts, people and hashtags."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from monitor.archive.values import PostRow
from monitor.charts.colours import SERIES
from monitor.charts.series import platforms_of, style_of
from monitor.charts.text_layout import flat, printable
from monitor.export import TABLE_COLUMNS, file_record
from monitor.export.csv import TABLES, Table, table_of_days, table_of_numbers
from monitor.export.provenance import TERMS, about, coverage, methods
from monitor.export.tone_counts import HEAD, ToneCounts
from monitor.report import Report
from monitor.report.wording import title_of, window_words

# https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
MOST_ROWS = 1_048_575
_LONGEST = 32_767
_INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4 = 9
_TOP = {"valign": "top"}
_LOOKS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "bg_color": "#E8ECF1", "text_wrap": True} | _TOP,
    "wrap": {"text_wrap": True} | _TOP,
    "text": _TOP,
    "number": {"num_format": "#,##0"} | _TOP,
    "day": {"num_format": "yyyy-mm-dd", "align": "left"} | _TOP,
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"} | _TOP,
}
_READ_ME = (22, 10, 44, 60, 60)  # widths of its columns, in letters
_WIDTHS = {
    "text": 60, "url": 44, "link": 44, "name": 22, "handle": 22, "created": 17, "platform": 12, "hashtag": 34,
    "places": 24, "message": 44, "notes": 44,
}  # fmt: skip


def write_xlsx(report: Report, rows: Iterable[PostRow], out: IO[bytes]) -> int:
    """Write the workbook; return how many of the rows are in it, at most MOST_ROWS."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"constant_memory": True, **_INERT})
    moment = report.made_at.replace(tzinfo=None)
    book.set_properties({"title": flat(report.title, 200), "created": moment})
    sheets = _Sheets(book)
    _read_me(sheets, report)
    _numbers(sheets, report)
    _by_day(sheets, report)
    tones = ToneCounts(report)
    number = _posts(sheets, report, tones.each(rows))
    sheets.table("Tone and stance", (HEAD, tones.rows()))
    for title, table_of in (TABLES["people"], TABLES["hashtags"]):
        sheets.table(title, table_of(report))
    book.close()
    return number


class _Sheets:
    """A workbook with the looks of its cells."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.looks = {name: book.add_format(look) for name, look in _LOOKS.items()}

    def sheet(self, name: str, head: Sequence[str] = ()) -> Any:
        """Return a new sheet, ready for the printer; with a header that stays and filters."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        for column, title in enumerate(head):
            sheet.set_column(column, column, _WIDTHS.get(title, max(11, len(title) * 0.9)))
            sheet.write_string(0, column, title, self.looks["head"])
        if head:
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
        return sheet

    def table(self, name: str, table: Table) -> Any:
        head, rows = table
        sheet, last = self.sheet(name, head), 0
        for last, row in enumerate(rows, 1):
            self.line(sheet, last, row)
        sheet.autofilter(0, 0, last, len(head) - 1)
        return sheet

    def line(self, sheet: Any, at: int, cells: Iterable[object]) -> None:
        """Write a row: text as text, dates as dates, None as nothing."""
        for column, value in enumerate(cells):
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value.replace(tzinfo=None), self.looks["time"])
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, self.looks["day"])
            elif isinstance(value, int | float):
                look = self.looks["number"] if isinstance(value, int) else None
                sheet.write_number(at, column, value, look)
            elif value is not None:
                sheet.write_string(at, column, _cell_text(str(value)), self.looks["text"])


def _read_me(sheets: _Sheets, report: Report) -> None:
    sheet = sheets.sheet("Read me")
    for column, width in enumerate(_READ_ME):
        sheet.set_column(column, column, width)
    title = _cell_text(f"{report.title}: {window_words(report.window)}")
    sheet.write_string(0, 0, title, sheets.looks["title"])
    at = 2
    for name, value in about(report):
        at = _pair(sheets, sheet, at, name, value)
    at = _section(sheets, sheet, at, "What we could see")
    for name, value in coverage(report):
        at = _pair(sheets, sheet, at, name, value)
    at = _section(sheets, sheet, at, "How you may use this")
    for sentence in TERMS:
        sheet.write_string(at, 0, sentence)
        at += 1
    at = _section(sheets, sheet, at, "How each number is counted")
    for column, name in enumerate(("Number", "Version", "What it is", "How it is counted", "Its limits")):
        sheet.write_string(at, column, name, sheets.looks["head"])
    for line, row in enumerate(methods(report), at + 1):
        # Not every program makes a row as high as its words; this font has about as many letters as width.
        lines = max(-(-len(str(cell)) // width) for cell, width in zip(row, _READ_ME, strict=True))
        sheet.set_row(line, 15 * lines)
        for column, cell in enumerate(row):
            sheet.write_string(line, column, str(cell), sheets.looks["wrap"])


def _section(sheets: _Sheets, sheet: Any, at: int, title: str) -> int:
    sheet.write_string(at + 1, 0, title, sheets.looks["title"])
    return at + 2


def _pair(sheets: _Sheets, sheet: Any, at: int, name: str, value: str) -> int:
    sheet.write_string(at, 0, _cell_text(name), sheets.looks["wrap"])
    sheet.write_string(at, 1, _cell_text(value))
    return at + 1


def _numbers(sheets: _Sheets, report: Report) -> None:
    head, rows = table_of_numbers(report)
    sheet = sheets.table("Numbers", (head[:8], (row[:8] for row in rows)))  # the rest is on the first sheet
    for column, width in ((0, 20), (2, 22), (3, 34), (6, 18)):
        sheet.set_column(column, column, width)


def _by_day(sheets: _Sheets, report: Report) -> None:
    names = platforms_of(report.days)
    head, rows = table_of_days(report)
    last = len(report.days)
    sheet = sheets.table("By day", ([*map(title_of, head)], rows))
    if not names or not last:
        return
    chart = sheets.book.add_chart({"type": "column", "subtype": "stacked"})
    for n in range(len(names)):
        chart.add_series({
            "name": ["By day", 0, n + 1],
            "categories": ["By day", 1, 0, last, 0],
            "values": ["By day", 1, n + 1, last, n + 1],
            "fill": {"color": SERIES[style_of(names[n])]},
            "gap": 35,
        })  # fmt: skip
    chart.set_title({"name": "Posts per day by platform", "name_font": {"size": 13}})
    chart.set_x_axis({"date_axis": True, "num_format": "d mmm", "major_unit": 7, "major_unit_type": "days"})
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_y_axis({"num_format": "#,##0", "major_gridlines": grid})
    chart.set_legend({"position": "top"})
    chart.set_size({"width": 860, "height": 400})
    description = (
        "Posts per day by platform, as in the table beside it. Days that were not collected are left empty."
    )
    sheet.insert_chart(1, len(names) + 4, chart, {"description": description})


def _posts(sheets: _Sheets, report: Report, rows: Iterable[PostRow]) -> int:
    """Write the posts; return how many. Times are the campaign's, as `report.made_at` has its zone."""
    head = (
        "created", "platform", "handle", "name", "text", "url", "kind", "likes", "reposts", "replies",
        "quotes", "views", "followers", "lang", "native_id", "created_at", *TABLE_COLUMNS[16:],
    )  # fmt: skip
    sheet, at = sheets.sheet("Posts", head), 0
    for at, row in enumerate(rows, 1):
        values = {**file_record(row), "platform": title_of(row.platform)}
        created = row.created_at.astimezone(report.made_at.tzinfo)
        sheets.line(sheet, at, [created, *(values[name] for name in head[1:])])
        if at == MOST_ROWS:
            break
    sheet.autofilter(0, 0, at, len(head) - 1)
    return at


def _cell_text(text: str) -> str:
    clean = printable(text)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"
