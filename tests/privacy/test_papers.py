"""The papers follow the settings, hide no blank, and take nothing from a setting for more than words.

After a change that is meant: `GOLDEN=write .venv/bin/pytest tests/privacy`, read the files, and commit them.
"""

import os
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from monitor.campaign import Campaign, KeepSettings, SourceSettings, Track, load
from monitor.campaign.privacy import BASES, CONDITIONS, Privacy
from monitor.cli import group
from monitor.core.errors import ConfigError
from monitor.export.docx import write_paper
from monitor.platform_info import about, names
from monitor.privacy import PAPERS, html, paper
from tests.campaigns import ONE_TRACK, PAPERS_LINES, shipped
from tests.campaigns import PAPERS as FILLED
from tests.dashboard.reports import NOW

GOLDEN = Path(__file__).parent / "golden"
SHIPPED = shipped()
MAIL = "No mail server is set: mails are saved in the folder data/mail."
COMPLETE = replace(
    FILLED, condition="substantial public interest", postal_address="1 High Road, Dagenham",
    recipients=("our printers", "the party"), transfers="Nothing leaves the United Kingdom.",
)  # fmt: skip


def switched(campaign: Campaign, **on: bool) -> Campaign:
    changes = {name: replace(campaign.sources[name], on=state) for name, state in on.items()}
    return replace(campaign, sources={**campaign.sources, **changes})


CAMPAIGNS = {"blank": SHIPPED, "complete": switched(replace(SHIPPED, privacy=COMPLETE), x=True, feeds=False)}


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("state", CAMPAIGNS)
def test_a_paper_is_as_it_was_read_and_found_good(name, state):
    file = GOLDEN / f"{name}-{state}.md"
    text = paper(name, CAMPAIGNS[state], MAIL)
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text)
    assert text == file.read_text()


PERIODS = {
    "the texts' period": (KeepSettings(text_days=30), "Texts go 30 days after they were written."),
    "the names' period": (KeepSettings(author_days=1), "Names go a day after that person's last post."),
    "the end": (
        KeepSettings(end=date(2027, 3, 1)),
        "after the campaign's last day, 1 March 2027. Counts stay.",
    ),
}


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(("keep", "says"), PERIODS.values(), ids=PERIODS)
def test_each_paper_says_how_long_texts_and_names_are_kept(name, keep, says):
    text = paper(name, replace(CAMPAIGNS["complete"], keep=keep))
    assert says in text
    assert "X: at the latest 30 days after it was written." in text
    assert "YouTube: at" not in text


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "changed",
    [
        switched(CAMPAIGNS["complete"], youtube=True),
        switched(CAMPAIGNS["complete"], bluesky=False),
        replace(CAMPAIGNS["complete"], privacy=replace(COMPLETE, controller="Somebody else")),
        replace(CAMPAIGNS["complete"], tracks=(Track(name="new", title="#New", tags=("New",)),)),
        *(replace(CAMPAIGNS["complete"], keep=keep) for keep, _ in PERIODS.values()),
    ],
    ids=["a source on", "a source off", "the controller", "the tracks", *PERIODS],
)
def test_a_paper_changes_with_the_settings(name, changed):
    assert paper(name, changed, MAIL) != paper(name, CAMPAIGNS["complete"], MAIL)


@pytest.mark.parametrize("source", names())
def test_each_source_that_is_on_is_in_each_paper_with_what_is_kept_of_it(source):
    campaign = replace(SHIPPED, privacy=COMPLETE, sources={source: SourceSettings(on=True, every_minutes=5)})
    assert about(source).title in paper("dpia", campaign)
    for name in ("map", "notice"):
        for sentence in about(source).keeps:
            assert sentence in paper(name, campaign)


def test_control_a_source_without_a_line_of_what_it_keeps_is_refused(monkeypatch, tmp_path):
    text = (Path(__file__).parents[2] / "monitor/platform_info/lemmy.toml").read_text()
    (tmp_path / "pond.toml").write_text(re.sub(r"(?m)^keeps = .*\n", "", text))
    monkeypatch.setattr("monitor.platform_info.files", lambda package: tmp_path)
    monkeypatch.setattr("monitor.platform_info.names", lambda: ("pond",))
    with pytest.raises(ConfigError, match=r"pond\.keeps: this setting is missing"):
        about.__wrapped__("pond")


def test_a_source_that_waits_for_its_papers_is_said_to_bring_nothing():
    waiting = switched(SHIPPED, x=True)
    assert "- X is switched on, but nothing new is collected from it until" in paper("map", waiting)
    assert "| X |" not in paper("map", waiting)


@pytest.mark.parametrize("basis", ["", *BASES])
@pytest.mark.parametrize("condition", ["", *CONDITIONS])
def test_what_the_office_has_not_decided_is_a_blank_and_nothing_is_chosen_for_it(basis, condition):
    campaign = replace(SHIPPED, privacy=Privacy(lawful_basis=basis, condition=condition))
    for name in PAPERS:
        text = paper(name, campaign)
        assert ("[TO FILL IN: the lawful basis" in text) == (not basis)
        assert ("[TO FILL IN: the condition" in text) == (not condition)
        assert [words for words in (*BASES.values(), *CONDITIONS.values()) if words in text] == [
            words for words in (BASES.get(basis), CONDITIONS.get(condition)) if words
        ]


HOSTILE = (
    '<script>alert(1)</script> | \n# A heading\n| a | b |\n[TO FILL IN: nothing] https://a.example/"><b>'
)


@pytest.mark.heavy
@pytest.mark.parametrize("name", PAPERS)
def test_what_stands_in_the_settings_is_words_and_nothing_else(name):
    privacy = replace(COMPLETE, controller=HOSTILE, postal_address=HOSTILE, recipients=(HOSTILE,))
    track = Track(name="t", title=HOSTILE, tags=("t",), phrases=(HOSTILE,))
    text = paper(name, replace(SHIPPED, name=HOSTILE, tracks=(track,), privacy=privacy), HOSTILE)
    clean = paper(
        name, replace(SHIPPED, tracks=(replace(track, title="t", phrases=("t",)),), privacy=COMPLETE), "m"
    )
    assert [line[:2] for line in text.splitlines()] == [line[:2] for line in clean.splitlines()]
    assert [line.count(" | ") for line in text.splitlines()] == [
        line.count(" | ") for line in clean.splitlines()
    ]
    assert re.findall(r"<script|<b>", html(text)) == []
    assert set(re.findall(r'href="(https://a[^"]*)"', html(text))) == {"https://a.example/"}
    write_paper(text, "A paper", NOW, BytesIO())


def test_a_blank_is_marked_and_an_address_is_a_link():
    page = html("# A & B\n\n- [TO FILL IN: a name] or https://ico.org.uk/make-a-complaint/.\n")
    assert "<h1>A &amp; B</h1>" in page
    assert '<li><mark>[TO FILL IN: a name]</mark> or <a href="https://ico.org.uk/make-a-complaint/"' in page
    assert "complaint/</a>.</li>" in page


@pytest.mark.heavy
def test_the_word_file_has_the_same_headings_tables_and_words():
    text, file = paper("dpia", CAMPAIGNS["complete"], MAIL), BytesIO()
    write_paper(text, "DPIA", NOW, file)
    document = Document(file)
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == re.findall(r"(?m)^#+ (.*)$", text)
    rows = [tuple(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert [f"| {' | '.join(row)} |" for row in rows] == lines


@pytest.mark.heavy
@pytest.mark.parametrize("name", PAPERS)
def test_the_command_writes_each_paper_in_each_form(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(ONE_TRACK + PAPERS_LINES)

    def written(kind: str) -> bytes:
        words = ["--campaign", "campaign.toml", "--archive", "a.db", "privacy", name, "--format", kind]
        result = CliRunner().invoke(group, words)
        assert result.exit_code == 0, result.output
        return result.stdout_bytes

    out = "No mail server is set: mails are saved in the folder mail."
    assert written("md").decode() == paper(name, load(tmp_path / "campaign.toml"), out)
    assert written("html").startswith(b"<!doctype html>")
    monkeypatch.setenv("MONITOR_WEBHOOK", "https://hooks.slack.com/services/T/B/secret")
    page = written("md").decode()  # an alert may name who wrote much
    assert ("Alerts go to the chat at hooks.slack.com." in page) == (name != "notice")
    assert "secret" not in page
    assert Document(BytesIO(written("docx"))).paragraphs[0].text in written("md").decode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('contact = "nobody"', "privacy.contact: expected an address such as name@example.org"),
        ('lawful_basis = "because"', "privacy.lawful_basis: expected empty, or one of: public task;"),
        ('condition = "x"', "privacy.condition: expected empty, or one of: explicit consent;"),
        ("recipients = ['']", "privacy.recipients: expected text, not empty"),
        ("purpose = 'x'", "privacy.purpose: there is no such setting"),
    ],
    ids=["contact", "basis", "condition", "recipients", "unknown"],
)
def test_a_setting_that_makes_no_sense_is_refused_in_a_sentence(tmp_path, line, message):
    (tmp_path / "campaign.toml").write_text(f"{ONE_TRACK}[privacy]\n{line}\n")
    with pytest.raises(ConfigError, match=re.escape(message)):
        load(tmp_path / "campaign.toml")


def test_the_public_notice_has_no_blank_once_the_settings_are_filled_in():
    assert "TO FILL IN" not in paper("notice", CAMPAIGNS["complete"])
    assert "leaves the United Kingdom" in paper("notice", CAMPAIGNS["blank"])
    invisible = replace(CAMPAIGNS["complete"], privacy=replace(COMPLETE, controller="\u200b"))
    assert "TO FILL IN: who decides" in paper("notice", invisible)
