"""The papers that the law wants, made from the settings as they are: data map, notice and DPIA draft. Pure.

A paper is Markdown: headings, paragraphs, lists and tables, a line each. What only the office can know is
a blank that begins with TO FILL IN. None of it is legal advice. The DPIA has the steps of the ICO's sample:
https://ico.org.uk/for-organisations/guide-to-data-protection/guide-to-the-general-data-protection-regulation-gdpr/data-protection-impact-assessments-dpias/how-do-we-do-a-dpia/
The notice says what the ICO lists of data that did not come from the people themselves:
https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/individual-rights/the-right-to-be-informed/checklists/
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from monitor.campaign import Campaign
from monitor.campaign.privacy import BASES, CONDITIONS
from monitor.core.normal_text import cleaned
from monitor.platform_info import PlatformInfo, about, needing_papers

PAPERS = {"map": "Data map", "notice": "Privacy notice", "dpia": "Impact assessment (DPIA draft)"}
_KINDS = {"# ": "h1", "## ": "h2", "### ": "h3", "- ": "li", "| ": "tr"}
_BLANK = re.compile(r"\[TO FILL IN: [^\]]*\]")
_LINK = re.compile(r"https://[^\s<>&]*[^\s<>&.,;:)]")


def paper(name: str, campaign: Campaign, mail: str = "") -> str:
    """Return a paper of PAPERS as Markdown; `mail` says in words where mails go."""
    on = {source: about(source) for source in campaign.sources_on}
    lacking = needing_papers() if campaign.privacy.why_off else frozenset()
    sources = [info for source, info in on.items() if source not in lacking]
    text = _templates().get_template(f"{name}.md").render(
        campaign=campaign, privacy=campaign.privacy, mail=mail, bases=BASES, conditions=CONDITIONS,
        period=_period(campaign, sources), sources=sources,
        waiting=[info for source, info in on.items() if source in lacking],
    )  # fmt: skip
    # A list or a table is one part; every other line is one of its own.
    some = groupby(filter(None, text.splitlines()), key=lambda line: line[0] if line[0] in "|-" else line)
    return "\n\n".join("\n".join(lines) for _, lines in some) + "\n"


def _period(campaign: Campaign, sources: Iterable[PlatformInfo]) -> str:
    """Return for how long texts and names are kept, as sentences."""
    keep, since = campaign.keep, {"writing": "it was written", "reading": "it was last read again"}
    sentences = [
        f"Texts go {_days(keep.text_days)} after they were written.",
        f"Names go {_days(keep.author_days)} after that person's last post.",
    ]
    for name, limit in ((info.title, info.age_limit) for info in sources if info.age_limit):
        sentences.append(f"{name}: at the latest {_days(limit.days)} after {since[limit.since]}.")
    if keep.end:
        sentences.append(f"All texts and names go after the campaign's last day, {keep.end:%-d %B %Y}.")
    return " ".join([*sentences, "Counts stay."])


def _days(number: int) -> str:
    return "a day" if number == 1 else f"{number:,} days"


def parts(text: str) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield a paper's parts: their kind as in HTML, and their lines, each as its cells."""
    lines = (_line(line) for line in text.splitlines() if line.strip() and not line.startswith("|--"))
    for kind, some in groupby(lines, key=lambda line: line[0]):
        yield kind, [tuple(cells) for _, *cells in some]


def _line(line: str) -> tuple[str, ...]:
    mark = next((mark for mark in _KINDS if line.startswith(mark)), "")
    cells = line.strip("| ").split(" | ") if mark == "| " else [line.removeprefix(mark)]
    return _KINDS.get(mark, "p"), *cells


def html(text: str) -> Markup:
    """Return a paper as HTML, in which nothing from the settings is a tag."""
    return Markup(_templates().get_template("_page.html").render(parts=parts(text)))


def _marked(text: str) -> Markup:
    """Return a text with its blanks marked and its web addresses as links."""
    safe = _BLANK.sub(r"<mark>\g<0></mark>", str(escape(text)))
    return Markup(_LINK.sub(r'<a href="\g<0>" rel="noopener noreferrer">\g<0></a>', safe))


def _templates() -> Environment:
    """Return what fills in the papers; what stands in the settings stays in its line and its cell."""
    templates = Environment(
        loader=PackageLoader("monitor.privacy", "texts"), undefined=StrictUndefined, finalize=_flat,
        autoescape=lambda name: str(name).endswith(".html"), keep_trailing_newline=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    templates.filters["or_blank"] = lambda text, what: text if cleaned(text) else f"[TO FILL IN: {what}]"
    templates.filters["marked"] = _marked
    return templates


def _flat(value: object) -> object:
    is_plain = isinstance(value, str) and not isinstance(value, Markup)
    return " ".join(str(value).replace("|", "/").split()) if is_plain else value
