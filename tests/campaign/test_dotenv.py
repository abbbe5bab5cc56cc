"""What is written into `.env`: one line changes, all others stay, and what is unsafe is refused."""

from io import StringIO

import pytest
from dotenv import dotenv_values, set_key
from hypothesis import given
from hypothesis import strategies as st

from monitor.campaign.dotenv import with_keys
from monitor.core.errors import ConfigError


def test_a_key_takes_its_line_and_every_other_line_stays():
    text = "# mine\nA=1\n\nexport B=old # note\nC='x y'\n"
    assert with_keys(text, {"B": "new"}) == "# mine\nA=1\n\nB=new\nC='x y'\n"
    assert with_keys("A=1", {"B": "2"}) == "A=1\nB=2\n"
    assert with_keys("", {"B": "2"}) == "B=2\n"
    assert with_keys("B=1\nA=1\nB=3\n", {"B": "2"}) == "A=1\nB=2\n"


def test_only_the_last_of_two_lines_stays_so_that_no_old_key_is_left_behind():
    assert "old" not in with_keys("B=old\nB=older\n", {"B": "new"})


@pytest.mark.heavy
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


def test_a_key_that_is_emptied_is_there_no_more():
    assert with_keys("A=1\nB=2\n", {"A": ""}) == "A=\nB=2\n"
