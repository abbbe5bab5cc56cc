"""A setting is changed in the campaign file: its lines change, and all others, with their notes, stay."""

import difflib
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.campaign import edit
from monitor.campaign.edit import by_hand, setting, with_settings
from monitor.core.errors import ConfigError
from tests.campaigns import ONE_TRACK

SHIPPED = (Path(__file__).parents[2] / "config/campaign.toml").read_text()
OWN = "calling-time-on-crime"
SECOND = {"title": "#Second", "tags": ["Second"]}


def diff(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\n") for line in lines if line[0] in "+-"]


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"digest.hour": 9}, ["- hour = 8", "+ hour = 9"]),
        (
            {"digest.day": "friday", "alerts.on": False},
            ['- day = "monday"', '+ day = "friday"', "- on = true", "+ on = false"],
        ),
        (
            {"digest.recipients": ["ann@example.org"]},
            [
                '- recipients = []                       # ["name@example.org"]',
                '+ recipients = ["ann@example.org"]                       # ["name@example.org"]',
            ],
        ),
        (
            {"sources.feeds.urls": ["https://a.example/#1"]},
            ['+     "https://a.example/#1",'],
        ),
        (
            {"sources.mastodon.servers": ["mastodon.social", "mas.to"]},
            [
                '- servers = ["mastodon.social", "mastodonapp.uk", "mas.to", "mstdn.social"]',
                '+ servers = ["mastodon.social", "mas.to"]',
            ],
        ),
        ({"petition": ["https://p.example/1"]}, ['+ petition = ["https://p.example/1"]']),
        ({"sources.x.monthly_limit": 5}, ["+ monthly_limit = 5"]),
        ({"access.names": ["a.example"]}, ["+ ", "+ [access]", '+ names = ["a.example"]']),
        (
            {"track.second": SECOND},
            ["+ [[track]]", '+ name = "second"', '+ title = "#Second"', '+ tags = ["Second"]', "+ "],
        ),
        (
            {f"track.{OWN}.excluded": ["film"]},
            ["- excluded = []", '+ excluded = ["film"]'],
        ),
        (
            {"sources.lemmy": None},
            [
                "- [sources.lemmy]                       # no key needed", "- on = true",
                "- every_minutes = 60", '- servers = ["lemmy.world"]', "- ",
            ],
        ),
        ({"dissolution.day": date(2027, 3, 29)}, ["+ ", "+ [dissolution]", "+ day = 2027-03-29"]),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)  # fmt: skip
def test_only_the_lines_of_what_changes_change(changes, lines):
    assert sorted(diff(SHIPPED, with_settings(SHIPPED, changes))) == sorted(lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[own]\nimprint = 'a'\n\n[dissolution]\nday = 2027-03-29\n", "[own]\nimprint = 'a'\n"),
        (
            "[dissolution]\nday = 2027-03-29\n\n# of its own\n[own]\nimprint = 'a'\n",
            "\n# of its own\n[own]\nimprint = 'a'\n",
        ),
        ("[dissolution]\n# asked the clerk\nday = 2027-03-29\n", "[dissolution]\n# asked the clerk\n"),
        ("places = 'a.toml'\n[dissolution]\nday = 2027-03-29\n", "places = 'a.toml'\n"),
    ],
    ids=["last", "first", "with a note", "after settings"],
)
def test_a_table_whose_last_setting_goes_goes_with_it_unless_it_has_notes(before, after):
    assert with_settings(before, {"dissolution.day": None}) == after


@pytest.mark.parametrize(
    "changes",
    [
        {"digest.hour": 8},
        {"digest.day": "monday", "alerts.recipients": []},
        {"backup.second": "", "sources.bluesky.writers": ()},
        {f"track.{OWN}.required": None},
        {"sources.reddit.on": False},
    ],
    ids=str,
)
def test_what_is_so_already_is_not_written(changes):
    assert with_settings(SHIPPED, changes) == SHIPPED


def test_a_list_of_several_lines_keeps_the_notes_between_and_behind_its_items():
    text = 'a = [ # first\n  "b", # of b\n  # of c\n  "c" # of c\n]\n'
    assert with_settings(text, {"a": ["b", "c", "d"]}) == (
        'a = [ # first\n  "b", # of b\n  # of c\n  "c", # of c\n  "d",\n]\n'
    )
    assert with_settings(text, {"a": ["c"]}) == 'a = [ # first\n  # of c\n  "c" # of c\n]\n'
    assert with_settings(text, {"a": ["c", "b"]}) == text  # in such a list, what is there keeps its place


def test_a_track_that_goes_takes_its_own_notes_and_leaves_the_others():
    text = with_settings(SHIPPED, {"track.second": SECOND})
    assert with_settings(text, {"track.second": None}) == SHIPPED
    without = with_settings(text, {f"track.{OWN}": None})
    assert tomllib.loads(without)["track"] == [{"name": "second", **SECOND}]
    assert "# Other tracks, to compare with." in without
    assert "# A track is one thing to watch." in without


def test_the_only_track_can_be_taken_out_of_the_text_and_the_check_of_the_whole_refuses_that():
    assert "[[track]]" not in with_settings(ONE_TRACK, {"track.test": None})


def test_nothing_stands_twice_in_a_list():
    assert with_settings("tags = []\n", {"tags": ["a", "b", "a"]}) == 'tags = ["a", "b"]\n'


@pytest.mark.parametrize(
    ("text", "key", "value", "after"),
    [
        ("sources = {x = {on = false}}\n", "sources.x.on", True, "sources = {x = {on = true}}\n"),
        ("[sources]\nx = {on = false} # why\n", "sources.x.on", True, "[sources]\nx = {on = true} # why\n"),
        ("[sources]\nx.on = false\n", "sources.x.on", True, "[sources]\nx.on = true\n"),
        ("[sources.x]\r\non = false # why\r\n", "sources.x.on", True, "[sources.x]\r\non = true # why\r\n"),
        ("[sources.x]\n  on=false", "sources.x.on", True, "[sources.x]\n  on=true"),
        ("name = 'a'\r\n", "sources.x.on", True, "name = 'a'\r\n\r\n[sources.x]\r\non = true\r\n"),
        ("name = 'a'", "sources.x", {"on": True}, "name = 'a'\n\n[sources.x]\non = true\n"),
        ("[z]\n# a note\n", "sources.x.on", True, "[z]\n# a note\n\n[sources.x]\non = true\n"),
        ("", "sources.x.on", True, "[sources.x]\non = true\n"),
        ("[a]\nb = 1\n", "name", "x", 'name = "x"\n\n[a]\nb = 1\n'),
        ("[ sources . 'x' ] # a\n# b\non = false\n[z]\n", "sources.x.on", True,
         "[ sources . 'x' ] # a\n# b\non = true\n[z]\n"),
        ('a = "#1" # one\n', "a", "#2", 'a = "#2" # one\n'),
        ('a = """\nlong\n"""\nb = 1\n', "a", "short", 'a = "short"\nb = 1\n'),
        ('a = [\n  "b",\n  "c" ]\n', "a", ["b"], 'a = [\n  "b",\n  ]\n'),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_setting_is_found_however_the_file_is_written(text, key, value, after):
    assert with_settings(text, {key: value}) == after


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("[digest]\nhour = 8\ndigest = [\n", "digest.hour", 9),
        ("[ sources . 'x' ]\non = true\n", "sources.x", None),
        ('track = [{name = "a"}]\n', "track.a", None),
        ('track = [{name = "a"}]\n', "track.b", SECOND),
        ('  [[track]]\n  name = "a"\n  [[track]]\n  name = "b"\n', "track.a", None),
    ],
    ids=[
        "it is no TOML",
        "the heading is not as usual",
        "a track has no heading",
        "no track has one",
        "headings are indented",
    ],
)
def test_where_nothing_can_be_changed_safely_it_says_what_to_write(text, key, value):
    with pytest.raises(ConfigError) as refused:
        with_settings(text, {key: value})
    assert by_hand({key: value}) in str(refused.value)


def test_control_an_edit_that_changes_something_else_is_refused(monkeypatch):
    monkeypatch.setattr(edit, "_with_value", lambda text, path, value: ("[digest]\nhour = 9\n", value))
    with pytest.raises(ConfigError, match="by hand"):
        with_settings("name = 'lost'\n[digest]\nhour = 8\n", {"digest.hour": 9})


def test_what_a_person_would_type_stands_under_its_heading():
    changes = {
        "name": "A",
        "digest.hour": 9,
        "digest.day": "friday",
        "track.a.tags": ["b"],
        "sources.x": None,
    }
    assert by_hand(changes).splitlines() == [
        'name = "A"', "[digest]", "hour = 9", 'day = "friday"', "[[track]]", 'name = "a"', 'tags = ["b"]',
        "# take out sources.x",
    ]  # fmt: skip


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=12)
LISTS = st.lists(WORDS, max_size=5, unique=True)
VALUES = {
    "name": WORDS,
    "digest.hour": st.integers(0, 23),
    "digest.recipients": LISTS,
    "sources.feeds.urls": LISTS,
    "sources.feeds.google_news": st.booleans(),
    f"track.{OWN}.tags": LISTS,
    "petition": LISTS,
    "access.session_hours": st.integers(1, 168),
    "sources.tumblr.on": st.booleans(),
    "backup.second": WORDS,
}
CHANGES = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(lambda key: st.tuples(st.just(key), VALUES[key])), max_size=8
)


def notes(text: str) -> list[str]:
    """Return each note of a file: those of whole lines, and those behind a setting."""
    return re.findall(r"^\s*#.*$|(?<=\s)# [a-z][^\n\"]*$", text, re.MULTILINE)


@pytest.mark.heavy
@given(CHANGES, st.booleans())
@example([("sources.feeds.urls", ["a", "b"]), ("sources.feeds.urls", ["b", "a"])], False)
def test_whatever_is_changed_is_read_back_and_every_note_stands(changes, windows):
    text = SHIPPED.replace("\n", "\r\n") if windows else SHIPPED
    before = notes(text.replace("\r\n", "\n"))
    for key, value in changes:
        text = with_settings(text, {key: value})
        now = setting(text, key)
        is_same = sorted(now) == sorted(value) if key == "sources.feeds.urls" and now else now == value
        assert is_same
    if windows:
        assert "\n" not in text.replace("\r\n", "")
    assert notes(text.replace("\r\n", "\n")) == before
