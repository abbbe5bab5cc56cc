"""What the analyzers of tone learn from, and what is kept back from them to measure."""

import re
from collections import Counter
from itertools import chain, combinations
from random import Random

import pytest

from bench.tone import __main__ as tables
from bench.tone.data import TONES, is_about_crime, lexicon, parted, posts, with_more_crime
from bench.tone.variants import (
    HASHTAGS,
    NEAR,
    NEVER_SEEN,
    SEEN,
    SUBJECTS,
    Variants,
    plain_lines,
    put,
)
from monitor.core.model import Tone

PARTS = ("training", "development", "gate", "tries", "voices")


def phrases(text):
    """Return each four words of a text that follow each other; all of a shorter one."""
    words = re.findall(r"[a-z0-9']+", text.casefold().replace("’", "'"))
    return {" ".join(words[n : n + 4]) for n in range(max(1, len(words) - 3))} - {""}


@pytest.mark.heavy
@pytest.mark.parametrize(("one", "other"), [("training", part) for part in PARTS[1:]])
def test_no_four_words_of_what_is_learned_from_are_in_what_is_measured(one, other):
    first, second = (set().union(*(phrases(post.text) for post in posts(part))) for part in (one, other))

    assert not first & second


def test_the_look_for_four_words_would_find_them():
    assert phrases("I do not know, sorry") & phrases("They DO NOT know sorry!")


def test_no_post_is_in_two_parts():
    texts = [{post.text for post in posts(part)} for part in PARTS]

    assert not any(one & other for one, other in combinations(texts, 2))


@pytest.mark.parametrize("part", ["development", "gate"])
def test_a_half_has_150_posts_of_every_kind_and_tone(part):
    half = posts(part)

    assert len(half) == 150
    assert len({post.kind for post in half}) == 18
    assert min(Counter(post.tone for post in half).values()) >= 35


@pytest.mark.parametrize(("part", "number", "words"), [("tries", 200, 16), ("voices", 150, 20)])
def test_the_tries_and_the_voices_are_short_posts_of_every_tone(part, number, words):
    short = posts(part)

    assert len(short) == number
    assert min(Counter(post.tone for post in short).values()) >= 30
    assert max(len(post.text.split()) for post in short) <= words


def test_a_text_is_kept_back_by_itself_not_by_its_place():
    rows = [(f"text {n}", n % len(TONES)) for n in range(2000)]
    parts = parted(rows)

    assert sorted(chain(*parts)) == sorted(rows)
    assert 330 < len(parts.back) < 470
    assert 150 < len(parts.development) < 250
    assert sorted(parted(reversed(rows)).back) == sorted(parts.back)


def test_texts_about_crime_come_oftener_in_the_mix_of_all_texts():
    plain = [(f"Rain, day {n}", n % 3) for n in range(120)]
    crime = [(f"A stabbing on day {n}", (0, 0, 1, 2)[n % 4]) for n in range(40)]
    found = with_more_crime(plain + crime)

    again = Counter(tone for text, tone in found if is_about_crime(text))
    assert [row for row in found if not is_about_crime(row[0])] == plain
    assert sum(again.values()) == pytest.approx(3 * len(crime), abs=15)
    assert max(again.values()) < 1.4 * min(again.values())


@pytest.mark.parametrize(
    "text", ["Stabbing!", "Oh, a stabbing.", "(theft)", "Hate crime: the facts", "#KnifeCrime, again"]
)
def test_signs_beside_a_word_of_the_subject_do_not_hide_it(text):
    assert is_about_crime(text)
    assert not is_about_crime(f"I hate rain. {len(text)} bins")


def test_words_learned_one_by_one_are_not_of_the_subject():
    rated = lexicon()

    assert rated["awful"] < 0 < rated["lovely"]
    assert not rated.keys() & {"crime", "stabbing", "violent", "murder"}


def test_subjects_that_are_measured_as_never_seen_are_in_no_variant():
    known = " ".join((*SUBJECTS, *HASHTAGS)).lower()

    for frame in NEVER_SEEN:
        rare = re.findall(
            r"machete|carjack|looter|fly-tip|slavery|groom|jayden|riot|catalytic|trail"
            r"|joyrid|pickpocket|squatter|bobbies",
            frame.lower(),
        )
        assert rare, frame
        assert not any(word in known for word in rare)


def test_half_of_what_is_put_around_and_in_the_middle_is_never_seen():
    seen, never = ([frame.count("{}") for frame in frames] for frames in (SEEN, NEVER_SEEN))

    assert sorted(seen) == sorted(never)
    assert set(seen) == {1, 2}
    assert put("{} (a theft) {}", "Nothing has changed") == "Nothing has (a theft) changed"


def test_variants_keep_all_words_of_a_text_in_their_order():
    variants = Variants(Random(1), ("lantern", "harbour", "violin"), ("Meet Junior.",))
    found = [variants.around("Nothing, has changed") for _ in range(300)]

    assert all(re.search(r"Nothing,.*has.*changed", text) for text in found)
    for place in (
        r"\S Nothing",
        r"Nothing,.* \S+ has",
        r"has .+ changed",
        r"changed\W* \S",
        r"Meet Junior\.",
    ):
        assert 15 < sum(bool(re.search(place, text)) for text in found) < 285, place
    assert "[NAME]" not in variants.named("Ask [NAME] about it")
    for _ in range(100):
        assert variants.quoted("Nothing has changed").count('"') in (0, 2)


def test_a_text_of_one_word_has_no_middle():
    variants = Variants(Random(1), ("lantern", "harbour"), ("Meet Junior.",))

    assert {variants.around("Marvellous").count("Marvellous") for _ in range(50)} == {1}


def test_some_subjects_are_words_that_no_vocabulary_has():
    variants = Variants(Random(1), ("lantern", "harbour"), ("Meet Junior.",))
    found = " ".join(variants.around("Nothing has changed") for _ in range(300)).lower()

    assert 15 < len(re.findall(r"\b(?:lantern|harbour)(?:ers?|ing|ed|s|ics)\b", found)) < 200
    assert re.search(r"\blantern\b", found)


def test_more_places_are_put_in_where_they_are_asked_for():
    nearby, usual = (
        Variants(Random(1), ("lantern", "harbour"), ("Meet Junior.",), near) for near in (NEAR, ())
    )

    assert any("our town" in nearby.around("Nothing has changed") for _ in range(300))
    assert not any("our town" in usual.around("Nothing has changed") for _ in range(300))


def test_lines_put_beside_a_text_have_no_tone_of_their_own():
    assert plain_lines([("Meet Junior.", 1), ("Lovely.", 1), ("Gone.", 0), ("On and on " * 9, 1)]) == [
        "Meet Junior."
    ]


def test_the_check_is_tried_on_weeks_that_are_drawn_from_texts(monkeypatch):
    monkeypatch.setattr(tables, "_WEEKS", 80)
    heard = (Tone.NEGATIVE, Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
    too_kind = (Tone.NEUTRAL, Tone.UNCLEAR, Tone.NEUTRAL, Tone.POSITIVE)
    pool = [*zip(heard, too_kind, strict=True), *zip(heard, heard, strict=True)] * 75

    net, half, parts, half_of_parts = tables.covered(pool)

    assert 85 <= net <= 100
    assert 85 <= parts <= 100
    assert 5 < half_of_parts < half < 40
