"""New words of a week: counted by people, whoever shouts loudest and in whatever order posts come."""

import random
from collections.abc import Iterable
from itertools import count

import pytest

from monitor.archive.values import Suggestion, WeekPost
from monitor.core.model import Query
from monitor.themes.new_themes import Vocabulary, new_themes

OWN = Vocabulary([Query(track="t", tags=("SaferTilford",), phrases=("safer tilford", "the petition"))])
THINGS = (
    "bus",
    "library",
    "market",
    "park",
    "school",
    "bridge",
    "garden",
    "window",
    "ticket",
    "kettle",
    "paint",
)
DEEDS = (
    "opened",
    "closed",
    "painted",
    "counted",
    "visited",
    "mended",
    "dropped",
    "borrowed",
    "carried",
    "cleaned",
)
LIGHTS = (
    "The street lights on Mill Lane are out again",
    "Walked home without street lights, torch in hand",
    "Who mends street lights here?",
    "No street lights by the station tonight either",
    "Mum tripped because street lights failed near us",
    "Street lights were promised in spring",
)


def ordinary(seed: int, number: int = 60) -> list[WeekPost]:
    """Return a week of posts about nothing in particular, each by another person."""
    chance = random.Random(seed)
    texts = (
        f"{chance.choice(['They', 'We', 'Somebody'])} {chance.choice(DEEDS)} a {chance.choice(THINGS)} near"
        f" the {chance.choice(THINGS)} {chance.choice(['', 'at noon', 'in the rain'])} #SaferTilford"
        for _ in range(number)
    )
    return [
        post(text, id=seed * 1000 + place, author=seed * 1000 + place) for place, text in enumerate(texts)
    ]


_NUMBERS = count(10**6)


def post(text: str, **changes: int | None) -> WeekPost:
    number = next(_NUMBERS)
    return WeekPost(
        **{"id": number, "author": number, "text": text, "lang": "en", "engagement": None} | changes
    )


BEFORE = [ordinary(seed) for seed in range(1, 9)]


def themes(posts: Iterable[WeekPost], **more: object) -> list[Suggestion]:
    """Return the new themes of a week with these posts among ordinary ones."""
    return new_themes([*ordinary(9), *posts], BEFORE, OWN, **more)


def test_what_several_people_say_for_the_first_time_is_a_theme_named_by_its_pair():
    posts = [post(text) for text in LIGHTS]
    [theme] = themes(posts)
    assert theme.name == "street lights"
    assert {"street", "lights"} < {*theme.words}
    assert theme.people == 6
    assert sorted(theme.posts) == [post.id for post in posts]


def test_an_ordinary_week_has_none():
    assert themes([]) == []


@pytest.mark.heavy
def test_of_three_people_nothing_is_made():
    assert themes([post(text) for text in LIGHTS[:3]]) == []
    assert len(themes([post(text) for text in LIGHTS[:4]])) == 1


@pytest.mark.heavy
def test_the_order_of_posts_changes_nothing():
    posts = [*ordinary(9), *map(post, LIGHTS), *(post(f"{a} at the bandstand") for a in DEEDS)]
    first = new_themes(posts, BEFORE, OWN)
    assert len(first) == 2
    for seed in range(20):
        chance = random.Random(seed)
        weeks = [chance.sample(week, len(week)) for week in chance.sample(BEFORE, len(BEFORE))]
        assert new_themes(chance.sample(posts, len(posts)), weeks, OWN) == first


def test_one_person_counts_once_however_often_they_post():
    assert themes(post(f"{text} {n}", author=7) for n, text in enumerate(LIGHTS * 20)) == []


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "So true: {}",
        "{} https://example.org/{}",
        "RT @someone: {}",
        "{} #SaferTilford",
        "@friend{1} {0}",
    ],
    ids=["as it is", "with a comment", "with a link", "passed on", "with a tag", "to a friend"],
)
def test_copies_of_one_text_are_one_person(frame):
    joke = "The owl asked the badger for street lights"
    assert themes(post(frame.format(joke, n)) for n in range(30)) == []


def test_control_the_same_number_in_words_of_their_own_is_a_theme():
    owls = [f"{deed.title()} by an owl, a {thing}" for deed, thing in zip(DEEDS, THINGS, strict=False)]
    assert [theme.name for theme in themes(map(post, owls))] == ["owl"]


@pytest.mark.parametrize(
    "words",
    ["#SaferTilford", "safer tilford", "@lampwatch", "https://lamps.example/street", "lamps.example/out",
     "u/lamp", "the and with", "don't", "2026", "mp"],
)  # fmt: skip
def test_what_is_no_word_of_the_people_is_left_out(words):
    assert themes(post(f"{text.split()[n % 3]} {words} {DEEDS[n]}") for n, text in enumerate(LIGHTS)) == []


def test_another_hashtag_is_a_word():
    posts = (post(f"{DEEDS[n]} {THINGS[n]} #Lamps #SaferTilford") for n in range(6))
    assert [theme.name for theme in themes(posts)] == ["lamps"]


def test_a_pair_may_have_a_small_word_between_and_no_full_stop():
    posts = [post(f"{deed} the cost of living: it {deed}") for deed in DEEDS[:6]]
    assert themes(posts)[0].name == "cost of living"
    posts = [post(f"{deed} the cost. Living with {deed}") for deed in DEEDS[:6]]
    assert all(" " not in theme.name for theme in themes(posts))


def test_what_is_said_as_often_as_ever_is_not_new():
    before = [[*week, *map(post, LIGHTS)] for week in BEFORE]
    assert new_themes([*ordinary(9), *map(post, LIGHTS)], before, OWN) == []


def test_without_a_week_before_nothing_is_new():
    assert new_themes([*map(post, LIGHTS)], [], OWN) == []
    assert new_themes([*map(post, LIGHTS)], [[], []], OWN) == []


def test_themes_of_other_people_stay_apart():
    found = themes([*map(post, LIGHTS), *(post(f"{deed} our muddy otters") for deed in DEEDS)])
    assert [theme.name for theme in found] == ["muddy otters", "street lights"]


def test_the_most_typical_post_is_first_and_then_the_most_engaged():
    loud = post("A long tale of my day, of soup and trains, which ends below lights", engagement=900)
    posts = [post(text, engagement=1) for text in LIGHTS]
    [theme] = themes([loud, *posts])
    assert theme.posts[0] in {post.id for post in posts}
    assert theme.posts[1] == loud.id
    assert len(theme.posts) == 7


def test_no_more_than_asked_for_are_given():
    pairs = [*zip(DEEDS, THINGS, strict=False)]
    several = (post(f"{a} {word} {b}") for word in ("otters", "geese", "voles") for a, b in pairs)
    assert len(themes(several, most=2)) == 2


def test_a_hostile_text_takes_no_time_and_no_harm():
    strange = [
        "-" * 100_000,
        "a-" * 50_000,
        "a." * 50_000,
        "@" * 9_000,
        "'" * 9_000,
        "\x00" * 9,
        "\ud800 lights",
        "",
    ]
    assert themes(post(text) for text in strange for _ in range(5)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{0} I saw Brian Zebsmith at the {1}, who laughed", set()),
        ("{0} that Zebsmith is a plonker at the {1}", {"plonker"}),
        ("{0} go round to 14b Quay Lane rm10 by the {1}", set()),
        ("{0} near the {1} in Barking again", {"barking"}),
        ("{0} near the {1} by Becontree Heath again", {"becontree heath"}),
        ("{0} THE TIDYMEN CAME TO THE {1}", {"tidymen"}),
        ("{0} a Tidyman came, the tidyman of the {1}, any tidyman", {"tidyman"}),
    ],
    ids=[
        "a name",
        "a name and another word",
        "an address",
        "a place",
        "of two words",
        "shouted",
        "now and then",
    ],
)
def test_nobodys_name_or_address_is_a_theme_and_a_places_is(text, words):
    places = {"Barking", "Becontree Heath"}
    posts = [post(text.format(deed, thing)) for deed, thing in zip(DEEDS, THINGS, strict=False)]
    week = themes(posts, places=lambda words: {words} & places)
    told = {word for theme in week for word in theme.words}
    assert words <= told
    assert not told & {"brian", "zebsmith", "brian zebsmith", "14b", "rm10", "quay", "lane", "quay lane"}
    assert bool(told) == bool(words)


JOKE = "why did the bobby cross the heath? because the panda car was parked by the old pier {}"


def test_copies_of_a_joke_with_a_word_of_each_are_no_theme_and_in_other_words_it_is():
    copies = [post(f"{deed} {JOKE.format(thing)}") for deed, thing in zip(DEEDS, THINGS, strict=False)]
    assert themes(copies) == []
    others = [
        post(f"A panda car {deed} by my {thing}, no joke") for deed, thing in zip(DEEDS, THINGS, strict=False)
    ]
    assert "panda" in themes(others)[0].name


@pytest.mark.parametrize(
    ("one", "many"),
    [("drone", "drones"), ("robbery", "robberies"), ("virus", "viruses"), ("house", "houses"),
     ("church", "churches"), ("knife", "knives"), ("movie", "movies"),
     ("class", "classes"), ("woman", "women"), ("fireman", "firemen"), ("wolf", "wolves"),
     ("hero", "heroes"), ("taxi", "taxis"), ("street light", "street-lights"), ("e-bike", "ebikes"),
     ("café", "cafes")],
)  # fmt: skip
def test_a_word_and_its_plural_are_one_theme_that_has_both_words(one, many):
    texts = [
        f"Heard a {one} near our estate", f"That {one} woke my kids", f"Seen any {one} yesterday?",
        f"More {many} than ever", f"What do {many} want here", f"My dog hates {many}",
    ]  # fmt: skip
    first, *_ = themes(map(post, texts))
    assert {one, many} <= {*first.words}
    assert first.people == 6


@pytest.mark.parametrize(("one", "other"), [("july", "julie"), ("holly", "hollie"), ("omen", "omans")])
def test_words_that_only_look_like_forms_of_each_other_are_two(one, other):
    texts = [f"{deed} by {word}" for word in (one, other) for deed in DEEDS[:3]]
    assert themes(post(f"{text} near my {thing}") for text, thing in zip(texts, THINGS, strict=False)) == []


@pytest.mark.parametrize(
    "text", ["Zebsmith {} it", "Ask Mr. Zebsmith, {}", "Neighbours (Zebsmith) {}", "“Zebsmith” {}",
             "\N{PERSON WITH FOLDED HANDS} Zebsmith {}", "{} by a Quill-Zebsmith"]
)  # fmt: skip
def test_a_name_is_none_wherever_in_its_sentence_it_stands(text):
    posts = (post(f"{text.format(deed)} by my {thing}") for deed, thing in zip(DEEDS, THINGS, strict=False))
    assert not [theme.words for theme in themes(posts) if any("zebsmith" in word for word in theme.words)]


def test_control_a_word_that_begins_some_sentences_is_a_theme():
    posts = (f"{'Drones' if n % 2 else 'The drones'} {deed} my {THINGS[n]}" for n, deed in enumerate(DEEDS))
    assert [theme.name for theme in themes(map(post, posts))] == ["drones"]


def test_a_surname_is_not_shown_for_being_a_things_plural_or_singular():
    texts = [
        "They threw a stone at us", "A stone hit the bus window", "Kids put that stone there",
        "Found a stone on my bonnet", "Police say Stones said so", "We asked Stones about it",
    ]  # fmt: skip
    first, *_ = themes(map(post, texts))
    assert first.words[0] == "stone"
    assert "stones" not in first.words
