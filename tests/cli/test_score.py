"""`monitor score`: how the lines of standard input sound, one answer a line, whatever comes."""

import io
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import group
from monitor.cli.collect import _lines
from monitor.core.errors import MonitorError
from monitor.core.model import Tone

CAMPAIGN = str(Path(__file__).parents[2] / "config/campaign.toml")
LOVELY, AWFUL = "Thank you all, what a lovely evening", "What an awful, rude man, I hate this"
GERMAN = "Das ist eine Schande, die Polizei tut nichts in dieser Stadt"


def run(text: str | bytes, *words: str):
    return CliRunner().invoke(group, ["--campaign", CAMPAIGN, "score", *words], input=text)


@pytest.mark.heavy
def test_each_line_has_its_tone_and_how_sure_that_is():
    lines = run(
        f"{LOVELY}\r\n{AWFUL}\n{GERMAN}\n\nThere is a meeting in the town hall on Monday"
    ).stdout.splitlines()
    tones, sure = zip(*(line.split("\t") for line in lines), strict=True)
    assert tones == ("positive", "negative", "unclear", "unclear", "neutral")
    assert sure[2:4] == ("", "")
    assert all(0.6 <= float(one) <= 1 for one in (*sure[:2], sure[4]))


def test_as_json_there_is_an_object_a_line_and_what_is_not_scored_is_not_nought():
    lines = [json.loads(line) for line in run(f"\ufeff{LOVELY}\n{GERMAN}\n\n", "--json").stdout.splitlines()]
    assert [line["tone"] for line in lines] == ["positive", "unclear", "unclear"]
    assert sum(lines[0][tone] for tone in list(Tone)[:3]) == pytest.approx(1, abs=0.001)
    assert lines[1] == lines[2] == {"tone": "unclear", "positive": None, "neutral": None, "negative": None}


def test_nothing_in_is_nothing_out():
    assert (run("").exit_code, run("").output) == (0, "")


@pytest.mark.parametrize("bad", [b"lovely \xff evening", LOVELY.encode("utf-16"), b"cut \xc3"],
                         ids=["a byte", "UTF-16", "half a letter"])  # fmt: skip
def test_a_line_that_is_no_text_ends_it_in_a_sentence_after_those_before(bad):
    result = run(f"{LOVELY}\n".encode() + bad)
    assert result.stdout.startswith("positive")
    assert isinstance(result.exception, MonitorError)
    assert str(result.exception).startswith("Line 2 is not UTF-8")


@pytest.mark.heavy
def test_a_line_is_answered_before_the_next_one_comes():
    command = [sys.executable, "-m", "monitor", "--campaign", CAMPAIGN, "score"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for text, tone in ((LOVELY, "positive"), (AWFUL, "negative")):
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(tone)
        process.stdin.close()
    assert process.returncode == 0


class Endless:
    """A line of forty megabytes, made as it is read, and another one after it."""

    def __init__(self) -> None:
        self.rest = iter((b"\n", b"end", b""))
        self.left = 2000

    def readline(self, size: int) -> bytes:
        self.left -= 1
        return b"a" * size if self.left >= 0 else next(self.rest)


def test_a_line_without_end_takes_no_more_memory_than_a_long_one():
    tracemalloc.start()
    first, second = _lines(Endless())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (set(first), len(first), second) == ({"a"}, 20_000, "end")
    assert peak < 2_000_000


def test_a_long_line_is_cut_between_letters():
    first, second = _lines(io.BytesIO(("xé" * 10_000 + "\nnext\n").encode()))
    assert set(first) == {"x", "é"}
    assert second == "next\n"
