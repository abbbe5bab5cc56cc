"""Texts that read the same are compared as the same, and others are not."""

import time
import unicodedata
from collections.abc import Callable

import pytest

from monitor.core.model import Query
from monitor.core.normal_text import LONGEST_TEXT, cleaned, normal, without_accents
from monitor.core.text import fingerprint, hashtags, matches

ALIKE = {
    "full-width letters": ("Ｃａｌｌｉｎｇ Ｔｉｍｅ", "calling time"),
    "styled letters": ("𝗖𝗮𝗹𝗹𝗶𝗻𝗴 𝓣𝓲𝓶𝓮", "calling time"),
    "circled letters": ("Ⓒⓡⓘⓜⓔ", "crime"),
    "a ligature": ("ﬁlm", "film"),
    "a decomposed accent": ("cafe\u0301", "caf\u00e9"),
    "marks in another order": ("o\u0302\u0323", "\u1ed9"),
    "a mark behind a joiner": ("e\u034f\u0301", "\u00e9"),
    "a curly apostrophe": ("it’s", "it's"),
    "a letter apostrophe": ("itʼs", "it's"),
    "an acute accent": ("it´s", "it's"),
    "a backtick": ("it`s", "it's"),
    "a full-width apostrophe": ("it＇s", "it's"),
    "curly quotation marks": ("“enough”", '"enough"'),
    "low quotation marks": ("„enough‟", '"enough"'),
    "a non-breaking hyphen": ("stop‑and‑search", "stop-and-search"),
    "a dash": ("stop–and–search", "stop-and-search"),
    "a minus": ("−5", "-5"),
    "a zero-width space": ("cri\u200bme", "crime"),
    "a soft hyphen": ("cri\u00adme", "crime"),
    "a byte order mark": ("\ufeffcrime", "crime"),
    "marks of direction": ("\u2066crime\u2069\u200e", "crime"),
    "a variation selector": ("✊\ufe0f", "✊"),
    "hidden letters of tags": ("crime\U000e0041", "crime"),
    "a narrow space": ("knife\u202fcrime", "knife crime"),
    "an ideographic space": ("knife\u3000crime", "knife crime"),
    "lines": (" knife\r\n\n\tcrime ", "knife crime"),
    "capitals of others": ("STRASSE", "straße"),
    "a trade mark": ("Calling Time On Crime™", "calling time on crime"),
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_what_reads_the_same_is_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)
    assert fingerprint(f"Enough {one}") == fingerprint(f"enough  {other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [("crime", "crimes"), ("can't", "cant"), ("knife-crime", "knifecrime"), ("résumé", "resume"), ("ж", "z")],
)
def test_control_what_reads_otherwise_is_not(one: str, other: str) -> None:
    assert normal(one) != normal(other)
    assert fingerprint(f"Enough {one}") != fingerprint(f"Enough {other}")


@pytest.mark.heavy
def test_the_normal_form_of_each_letter_is_its_own_normal_form() -> None:
    letters = [
        chr(n)
        for n in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x10000), *range(0x1D000, 0x1F300))
    ]
    assert [hex(ord(one)) for one in letters if normal(normal(f"a{one}b")) != normal(f"a{one}b")] == []


@pytest.mark.parametrize("form", [cleaned, normal, without_accents])
@pytest.mark.parametrize(
    "unit",
    [
        "\u0301\u0323",
        "\ufdfa",
        "\u200b",
        "’",
        "\u00a0",
        "\U0001d165\U0001d16e",
        "각",
        "#１",
        "a\u0301\u0323\u200b",
    ],
    ids=ascii,
)
def test_a_hostile_text_is_read_in_time_and_stays_small(form: Callable[[str], str], unit: str) -> None:
    text = unit * (LONGEST_TEXT // len(unit))
    began = time.process_time()
    assert len(form(text)) <= 3 * LONGEST_TEXT  # a Korean syllable is three letters
    assert time.process_time() - began < 1  # second; putting the marks in order takes five


@pytest.mark.heavy
def test_control_marks_alone_are_slow_without_their_bound() -> None:
    def seconds(marks: int) -> float:
        began = time.process_time()
        unicodedata.normalize("NFKC", "a" + "\u0301\u0323" * marks)
        return time.process_time() - began

    assert seconds(8_000) > 6 * seconds(2_000)  # 16 times in theory; four times would be even


QUERY = Query(
    track="t",
    tags=("CaféWatch", "लोकतंत्र"),
    phrases=("It's time", "कान", "stop-and-search"),
    excluded=("exposé",),
)


@pytest.mark.parametrize(
    ("text", "belongs"),
    [
        ("#cafewatch", True),
        ("#CAFE\u0301WATCH", True),
        ("＃ＣａｆｅＷａｔｃｈ", True),
        ("IT’S\u00a0TIME", True),
        ("stop‑and‑search now", True),
        ("#लोकतंत्र!", True),
        ("#लोक", False),
        ("कान।", True),
        ("कानून", False),
        ("बकान", False),
        ("#cafewatch expose", False),
        ("#cafewatch EXPOSE\u0301", False),
        ("#cafewatch exposed", True),
        ("its time", False),
    ],
)
def test_tags_phrases_and_excluded_words_are_compared_as_they_read(text: str, belongs: bool) -> None:
    assert matches(QUERY, text) is belongs
    if text.startswith("#cafewatch"):
        assert matches(QUERY, text.removeprefix("#cafewatch"), ["CAFE\u0301WATCH"]) is belongs


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("＃One ﹟Two", {"one", "two"}),
        ("#Cri\u200bme #𝗞𝗻𝗶𝗳𝗲", {"crime", "knife"}),
        ("#Cafe\u0301", {"caf\u00e9"}),
        ("㊗\ufe0f#One 🈵#Two ™#Three", {"one", "two", "three"}),
        ("#लोकतंत्र #ශ්\u200dරී #ภาษาไทย", {"लोकतंत्र", "ශ්රී", "ภาษาไทย"}),
        ("#2026 #24_7 #_ #１２", set()),
        ("#7July #July7 #1984Act", {"7july", "july7", "1984act"}),
        ("#Paral·lel #ハート・ビート #end· then", {"paral·lel", "ハート・ビート", "end"}),
        ("#\ufe0f\u20e3 #️⃣one", set()),
        ("é#no e\u0301#no https://a.example/#no &#39;", set()),
    ],
)
def test_a_hashtag_is_whole_in_every_script_and_sign(text: str, tags: set[str]) -> None:
    assert hashtags(text) == tags


def test_a_phrase_of_nothing_that_is_seen_matches_nothing() -> None:
    assert not matches(Query(track="t", phrases=("\u200b", "crime")), "any text")
