"""What setting a platform up writes: one line changes, all others stay, and what is unsafe is refused."""

import tomllib
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values, set_key
from hypothesis import given
from hypothesis import strategies as st

from monitor.campaign import SourceSettings
from monitor.collect import source_setup
from monitor.collect.source_setup import check, question, with_keys, with_source_on
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome, Query
from monitor.platform_info import about
from tests.sources.loopback import as_html, as_json, serving

SHIPPED = (Path(__file__).parents[2] / "config/campaign.toml").read_text()


def test_a_key_takes_its_line_and_every_other_line_stays():
    text = "# mine\nA=1\n\nexport B=old # note\nC='x y'\n"
    assert with_keys(text, {"B": "new"}) == "# mine\nA=1\n\nB=new\nC='x y'\n"
    assert with_keys("A=1", {"B": "2"}) == "A=1\nB=2\n"
    assert with_keys("", {"B": "2"}) == "B=2\n"
    assert with_keys("B=1\nA=1\nB=3\n", {"B": "2"}) == "A=1\nB=2\n"


def test_only_the_last_of_two_lines_stays_so_that_no_old_key_is_left_behind():
    assert "old" not in with_keys("B=old\nB=older\n", {"B": "new"})


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="$"), min_size=1))
def test_any_key_is_read_back_as_it_was_typed(key):
    text = with_keys("# mine\nA=1\n", {"KEY": key})
    assert dotenv_values(stream=StringIO(text)) == {"A": "1", "KEY": key}
    assert text.startswith("# mine\nA=1\n")


def test_a_key_that_the_file_cannot_hold_is_refused_and_not_shown():
    with pytest.raises(ConfigError, match="by hand") as refused:
        with_keys("", {"KEY": "canary${HOME}"})
    assert "canary" not in str(refused.value)


def test_a_name_inside_a_longer_value_is_no_line_to_change():
    text = 'A="one\nB=two\nthree"\n'
    assert with_keys(text, {"B": "new"}) == f"{text}B=new\n"


ODD = {
    "notes": "# B=1\nA=1 # B=2\n#\n",
    "quotes": """A='it\\'s # no note'\nC="two\\nlines"\n""",
    "spaces": "\n\n  export   A = 1  \n\n",
    "not an entry": "A=1\nthis is no entry\n",
    "accents": "A=\N{LATIN SMALL LETTER E WITH ACUTE}\n",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_what_stands_around_a_key_stays_byte_for_byte(text, end):
    text = text.replace("\n", end)
    assert with_keys(text, {"B": "new"}) == f"{text}B=new{end}"
    assert with_keys(f"{text}B=old{end}Z=1{end}", {"B": "new"}) == f"{text}B=new{end}Z=1{end}"


@pytest.mark.parametrize("text", ["A=1", "C=1\r\nA=1", "# a note", "A='1'"])
def test_a_missing_end_of_the_last_line_is_put_there(text):
    end = "\r\n" if "\r\n" in text else "\n"
    assert with_keys(text, {"B": "new"}) == f"{text}{end}B=new{end}"


def test_control_an_editor_that_turns_line_ends_is_noticed(tmp_path):
    (tmp_path / "env").write_bytes(b"A=1\r\n")
    set_key(tmp_path / "env", "B", "new", quote_mode="never")
    assert (tmp_path / "env").read_bytes() != with_keys("A=1\r\n", {"B": "new"}).encode()


@pytest.mark.parametrize("name", tomllib.loads(SHIPPED)["sources"])
def test_every_source_of_the_shipped_file_is_switched_on_and_no_note_is_lost(name):
    done = with_source_on(SHIPPED, name)
    assert tomllib.loads(done)["sources"][name]["on"] is True
    changed = [pair for pair in zip(SHIPPED.splitlines(), done.splitlines(), strict=True) if len({*pair}) > 1]
    assert len(changed) == (0 if "on = true" in SHIPPED.partition(f"[sources.{name}]")[2][:70] else 1)


def test_a_source_that_is_not_in_the_file_is_added_at_its_end():
    done = with_source_on("name = 'x'  # a note\n", "tumblr")
    assert done == "name = 'x'  # a note\n\n[sources.tumblr]\non = true\n"


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("sources = {x = {on = false}}\n", "sources = {x = {on = true}}\n"),
        ("[sources]\nx = {on = false} # why\n", "[sources]\nx = {on = true} # why\n"),
        ("[sources]\nx.on = false\n", "[sources]\nx.on = true\n"),
        ("[sources.x]\r\non = false # why\r\n", "[sources.x]\r\non = true # why\r\n"),
        ("[sources.x]\n  on=false", "[sources.x]\n  on=true"),
        ("name = 'a'\r\n", "name = 'a'\r\n\r\n[sources.x]\r\non = true\r\n"),
        ("name = 'a'", "name = 'a'\n\n[sources.x]\non = true\n"),
        ("[sources.y]\n\n# a note\n[z]\n", "[sources.y]\n\n# a note\n[z]\n\n[sources.x]\non = true\n"),
        ("", "[sources.x]\non = true\n"),
        ("\n# a note\nname = 'a'\n", "\n# a note\nname = 'a'\n\n[sources.x]\non = true\n"),
        ("[ sources . 'x' ] # a\n# b\non = false\n[z]\n", "[ sources . 'x' ] # a\n# b\non = true\n[z]\n"),
    ],
)
def test_a_source_is_switched_on_however_the_file_is_written(text, done):
    assert with_source_on(text, "x") == done


def test_control_an_edit_that_changes_something_else_is_refused(monkeypatch):
    monkeypatch.setattr(source_setup, "_on", lambda text, name: "[sources.x]\non = true\n")
    with pytest.raises(ConfigError, match=r"Write 'on = true' under \[sources.x\]"):
        with_source_on("name = 'lost'\n[sources.x]\non = false\n", "x")


def test_the_question_costs_nothing_where_posts_do():
    campaign = Query(track="t", tags=("One", "Two"), phrases=("a b",))
    assert question("tumblr", campaign).tags == ("One",)
    assert question("x", campaign).tags == (about("x").probe,) != ("One",)
    assert question("youtube", Query(track="t", phrases=("a b",))).phrases == ("a b",)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "canary7391"
EMPTY = as_json({"meta": {"result_count": 0}})
LOGIN = {"BLUESKY_HANDLE": "ann.example", "BLUESKY_APP_PASSWORD": TOKEN}


def told(name, answer, env, *names):
    """Return the verdict on these keys where the platform answers so, and how often it was asked."""
    with serving(lambda *_: answer) as server:
        own = SourceSettings(on=True, every_minutes=5, own=dict.fromkeys(names, server.url))
        asked = question(name, Query(track="t", tags=("One",)))
        return check(name, own, env, asked, NOW), server.paths


@pytest.mark.parametrize(
    ("answer", "works", "words"),
    [
        (EMPTY, True, "It works."),
        (as_json({"title": "Unauthorized", "detail": f"{TOKEN} is bad"}, 401), False, "It does not work."),
        (as_json({"title": "Too Many Requests"}, 429), None, "slow down"),
        (as_html(status=502), None, "could not be reached"),
        (as_html(), None, "answer we cannot read"),
    ],
)
def test_what_x_answers_is_told_and_never_the_key(answer, works, words):
    verdict, paths = told("x", answer, {"X_BEARER_TOKEN": TOKEN}, "api")
    assert verdict.works is works
    assert words in verdict.says
    assert TOKEN not in verdict.says
    assert len(paths) == 1


@pytest.mark.parametrize(
    ("answer", "works", "words"),
    [
        (
            (200, {}, b"<rss version='2.0'><channel><title>The Post</title></channel></rss>"),
            True,
            "“The Post”",
        ),
        (as_html(), None, "not a feed"),
        (as_html(status=404), False, "It does not work."),
    ],
)
def test_the_address_of_a_feed_is_tried_and_its_title_told(answer, works, words):
    with serving(lambda *_: answer) as server:
        own = SourceSettings(on=True, every_minutes=5, own={"urls": [server.url]})
        verdict = check("feeds", own, {}, Query(track="t", tags=("One",)), NOW)
        assert server.paths == ["/"]
    assert verdict.works is works
    assert words in verdict.says
    assert "key" not in verdict.says


def test_the_app_password_of_bluesky_is_tried_by_logging_in():
    refused = as_json({"error": "AuthenticationRequired", "message": TOKEN}, 401)
    verdict, paths = told("bluesky", refused, LOGIN, "home", "public")
    assert (verdict.works, paths) == (False, ["/xrpc/com.atproto.server.createSession"])
    assert TOKEN not in verdict.says
    session = as_json({"accessJwt": "j", "refreshJwt": "r", "did": "did:x", "posts": []})
    assert told("bluesky", session, LOGIN, "home", "public")[0].works is True


def test_control_without_crossing_out_an_answer_could_show_the_key(monkeypatch):
    monkeypatch.setattr(source_setup, "_SAYS", {})
    assert TOKEN in source_setup._verdict(Outcome.REFUSED, TOKEN, {}).says
    assert TOKEN not in source_setup._verdict(Outcome.REFUSED, TOKEN, {"KEY": TOKEN}).says
