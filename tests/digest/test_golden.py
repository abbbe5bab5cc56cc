"""The mail as it was looked at and found good, kept as files.

After a change that is meant: `GOLDEN=write .venv/bin/pytest tests/digest/test_golden.py`, open the files
in a browser, and commit them if they are good.
"""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.charts.standalone_chart import MAIL, week
from monitor.digest.content import DigestContent, letter
from monitor.digest.html import ChartImage, html
from monitor.digest.plain_text import text
from tests.dashboard.reports import a_figure
from tests.digest.letters import ANSWERED, BASE, NOW, a_week

GOLDEN = Path(__file__).parent / "golden"
WHY, LEAVE = "You get this every Monday because you subscribed.", f"{BASE}/mail/k"
OLD = tuple(replace(one, last_success=NOW - timedelta(hours=25)) for one in ANSWERED)
WEEKS = {
    "full": a_week(),
    "quiet": a_week(posts=a_figure("posts", 3)),
    "broken": a_week(sources=OLD, demo=True),
}


def written(name: str) -> DigestContent:
    said = letter(WEEKS[name], base=BASE)
    return replace(said, late="This was due on Monday 23 November.") if name == "broken" else said


def as_text(name: str) -> str:
    return text(written(name), why_me=WHY, leave=f"Unsubscribe: {LEAVE}")


def as_html(name: str) -> str:
    picture = ChartImage(src="cid:week", width=544, height=359) if name == "full" else None
    return html(written(name), why_me=WHY, leave=LEAVE, picture=picture)


@pytest.mark.parametrize("name", WEEKS)
@pytest.mark.parametrize(("form", "made"), [("txt", as_text), ("html", as_html)])
def test_the_mail_is_as_it_was_found_good(name, form, made):
    path = GOLDEN / f"{name}.{form}"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(made(name))
    assert made(name) == path.read_text()


def test_the_chart_is_as_it_was_found_good():
    chart = week(WEEKS["full"])
    path = GOLDEN / "week.svg"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(chart.svg)
    assert chart.svg == path.read_text()
    assert f'viewBox="0 0 {MAIL.width} {chart.height}"' in chart.svg
