"""Forms are made from the types of the settings, and say of each mistake what may be typed."""

import re
from dataclasses import dataclass, is_dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Annotated, get_type_hints

import pytest

from monitor.campaign import CampaignFile, Digest, SourceSettings, Track
from monitor.campaign.reader import between, one_of, read
from monitor.campaign.settings_form import changes, order, section
from monitor.core.errors import ConfigError
from monitor.platform_info import names as platforms
from monitor.sources.platforms.feeds import Settings as FeedSettings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Settings that nobody has written words for."""

    text_days: Annotated[int, between(1, 9)] = 7
    end: date | None = None
    pace: Annotated[str, one_of("slow", "quick")] = "slow"
    words: tuple[str, ...] = ()
    on: bool = False
    price: float = 1.5
    api: Annotated[str, "the address of a service; leave it out"] = ""


def odd(**table):
    return section("odd", [Odd], table)


def of(part, name):
    return next(setting for setting in part.settings if setting.name == name)


def test_a_setting_without_words_has_its_key_for_a_label():
    assert odd().title == "Odd"
    assert [(one.label, one.control, one.typed) for one in odd().settings] == [
        ("Text days", "number", "7"),
        ("End", "date", ""),
        ("Pace", "choice", "slow"),
        ("Words", "lines", ""),
        ("On", "tick", ""),
        ("Price", "number", "1.5"),
    ]


def test_a_setting_has_the_words_that_are_written_for_it():
    hour = of(section("digest", [Digest], {"hour": 9}), "hour")
    assert (hour.label, hour.value, hour.words) == ("Hour", 9, "9")
    assert hour.hint.startswith("0 to 23")


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("text_days", " 3 ", 3),
        ("end", "2027-03-29", date(2027, 3, 29)),
        ("end", "", None),
        ("pace", "quick", "quick"),
        ("words", "a b\r\n\r\n  c ", ["a b", "c"]),
        ("words", "", []),
        ("on", "yes", True),
        ("on", "", False),
        ("price", "2", 2),
        ("price", "2.25", 2.25),
    ],
)
def test_what_is_typed_becomes_a_value(name, typed, value):
    assert of(odd(), name).parse(typed) == value


def test_hashtags_may_be_typed_as_people_write_them():
    tags = of(section("track.a", [Track], {}), "tags")
    assert tags.parse("#KnifeCrime, #StopIt\nplain") == ["KnifeCrime", "StopIt", "plain"]


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("text_days", "10", "10 cannot be used here. Type 1 to 9."),
        ("text_days", "soon", "'soon' cannot be used here. Type a whole number."),
        ("text_days", "", "Nothing that can be seen was typed. Type a whole number."),
        ("text_days", "\u202e", "Nothing that can be seen was typed. Type a whole number."),
        ("end", "29 March", "'29 March' cannot be used here. Type a day such as 2026-05-31."),
        ("pace", "fast", "'fast' cannot be used here. Type one of slow, quick."),
    ],
)
def test_a_mistake_says_what_may_be_typed(name, typed, says):
    with pytest.raises(ConfigError, match=f"^{re.escape(says)}$"):
        of(odd(), name).parse(typed)


def test_only_what_somebody_changed_is_a_change():
    form = {
        "was.text_days": "5",
        "text_days": "5",
        "was.words": "a\nb",
        "words": "a\r\nb",
        "was.pace": "slow",
    }
    assert changes(odd(), form | {"pace": "quick"}) == ({"pace": "quick"}, {})
    assert changes(odd(on=True), {"was.on": "yes"}) == ({"on": False}, {})
    assert changes(odd(), {"text_days": "8"}) == ({}, {})  # the form did not ask for it


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("ann@a.example; bob@b.example,cy@c.example;", ["ann@a.example", "bob@b.example", "cy@c.example"]),
        (" enough, is enough \r\n\r\n;", ["enough, is enough", ";"]),
        ("https://a.example/@ann,b", ["https://a.example/@ann,b"]),
    ],
    ids=["addresses", "control: words", "control: an address with a comma"],
)
def test_addresses_may_come_as_mail_programs_copy_them(typed, lines):
    assert changes(odd(), {"was.words": "", "words": typed}) == ({"words": lines}, {})


def test_each_field_has_its_own_problem():
    values, problems = changes(
        odd(), {"was.text_days": "7", "text_days": "0", "was.price": "1", "price": "2"}
    )
    assert (values, list(problems)) == ({"price": 2}, ["text_days"])


@pytest.mark.parametrize("path", ["track.crime", "new-track"])
def test_a_track_new_or_old_has_the_same_words_and_no_name_to_change(path):
    settings = section(path, [Track], {}).settings
    assert [one.name for one in settings] == ["title", "tags", "phrases", "required", "excluded", "near"]
    assert settings[1].label == "Any of these hashtags"


def test_a_source_has_the_common_settings_and_its_own():
    feeds = section("sources.feeds", [SourceSettings, FeedSettings], {"on": True}, "News and feeds")
    assert [one.name for one in feeds.settings] == ["on", "every_minutes", "urls", "google_news"]
    assert feeds.key("urls") == "sources.feeds.urls"


def test_a_day_is_read_from_a_file():
    assert read(Odd, {"end": date(2027, 3, 29)}).end == date(2027, 3, 29)
    with pytest.raises(ConfigError, match="end: expected a day such as"):
        read(Odd, {"end": "2027-03-29"})


def test_sections_without_words_come_last():
    assert order(["unheard", "digest", "campaign"]) == ["campaign", "digest", "unheard"]


def names_on_forms() -> dict[str, set[str]]:
    """Return the settings that forms ask for, by the table that they are in; of all sources together."""
    tables = {"": CampaignFile, "track": Track} | {
        name: kind for name, kind in get_type_hints(CampaignFile).items() if is_dataclass(kind)
    }
    names = {name: {one.name for one in section(name, [kind], {}).settings} for name, kind in tables.items()}
    kinds = [import_module(f"monitor.sources.platforms.{name}").Settings for name in platforms()]
    of_sources = section("sources.any", [SourceSettings, *kinds], {}).settings
    return names | {"sources.NAME": {one.name for one in of_sources}}


def unreachable(page: str) -> set[str]:
    """Return the settings of a page's table that no form asks for."""
    forms, place, missing = names_on_forms(), "", set()
    for cell in re.findall(r"(?m)^\| (`.+?) \|", page):
        head = re.match(r"`\[+([\w.]+)\]+` ", cell)
        place = head[1] if head else place
        names = set(re.findall(r"`(\w+)`", cell)) - forms.get(place, set())
        missing |= {f"{place}.{name}".lstrip(".") for name in names}
    return missing


def test_every_setting_that_the_docs_name_is_on_a_form():
    page = (ROOT / "docs/campaign-file.md").read_text()
    # A track's short name is made from its title, and stays: files and addresses have it.
    assert unreachable(page) == {"track.name"}


def test_control_a_setting_without_a_form_is_noticed():
    planted = (
        "| `name` | x |\n| `unheard` | x |\n| `[digest]` `day`, `year` | x |\n| `[keep_not]` `days` | x |\n"
    )
    assert unreachable(planted) == {"unheard", "digest.year", "keep_not.days"}
