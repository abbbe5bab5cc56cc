"""The mail as HTML for mail programs: tables, styles in place, no script, nothing from elsewhere."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from monitor.charts import colours
from monitor.digest.content import DigestContent

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartImage:
    """Where the chart is, as 'cid:week', and its size on a wide screen in pixels."""

    src: str
    width: int
    height: int


def html(letter: DigestContent, *, why_me: str, leave: str, picture: ChartImage | None = None) -> str:
    """Return the letter as a page. `why_me` says why its reader gets it, `leave` is where to get no more.

    `leave` is the address of a page, or empty if there is none.
    """
    page = _template().render(letter=letter, why_me=why_me, leave=leave, picture=picture, colours=colours)
    from css_inline import CSSInliner

    # Many mail programs drop <style>: each element has its own. What stays there is for dark screens.
    return CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False).inline(page)


@cache
def _template() -> "Template":
    # Once a week: a worker that waits has none.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("monitor.digest", "templates")
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.get_template("letter.html")
