"""What the analyzers of tone learn from, and what is kept back from them to measure."""

import re
from collections import Counter
from itertools import combinations
from random import Random

import pytest

from bench.tone.data import TONES, parted, posts
from bench.tone.variants import HASHTAGS, NEVER_SEEN, SUBJECTS, Variants

PARTS = ("training", "development", "gate")


def phrases(text):
    """Return each four words of a text that follow each other; all of a shorter one."""
    words = re.findall(r"[a-z0-9']+", text.casefold().replace("’", "'"))
    return {" ".join(words[n : n + 4]) for n in range(max(1, len(words) - 3))} - {""}


@pytest.mark.parametrize(("one", "other"), [("training", "gate"), ("training", "development")])
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


def test_a_text_is_kept_back_by_itself_not_by_its_place():
    rows = [(f"text {n}", n % len(TONES)) for n in range(2000)]
    learned, back = parted(rows)

    assert sorted(learned + back) == sorted(rows)
    assert 330 < len(back) < 470
    assert sorted(parted(reversed(rows))[1]) == sorted(back)


def test_subjects_that_are_measured_as_never_seen_are_in_no_variant():
    known = " ".join((*SUBJECTS, *HASHTAGS)).lower()

    for frame in NEVER_SEEN:
        rare = re.findall(
            r"machete|carjack|looter|fly-tip|slavery|groom|jayden|riot|catalytic|trail", frame.lower()
        )
        assert rare, frame
        assert not any(word in known for word in rare)


def test_variants_keep_the_text_whole():
    variants = Variants(Random(1), ("lantern", "harbour", "violin"))
    for _ in range(200):
        assert "Nothing has changed" in variants.around("Nothing has changed")
        assert variants.quoted("Nothing has changed").count('"') in (0, 2)
    assert "[NAME]" not in variants.named("Ask [NAME] about it")
