"""Which posts ask something, and which of them ask the same."""

import random

import pytest

from bench.themes_questions import labelled, scores
from monitor.themes import questions
from monitor.themes.questions import MOST, groups, is_question

SHEETS = (
    "Where do I hand in my petition sheet?",
    "Who takes the filled in forms?",
    "does anyone know where to hand in sheets",
)
OTHERS = ("When does the petition close?", "Why is the bus late again?", "Is the library shut?")


@pytest.mark.parametrize(
    "text",
    [
        "Where can I sign?",
        "does anyone know where to hand in sheets",
        "Lovely stall today. How do I join you next time? #CallingTimeOnCrime",
        "Hi all, is there a form for Bengali speakers?",
        "I'd like to know who reads the survey",
        "“Nobody comes,” she told us. Who do we ring?",
        "ＷＨＥＲＥ can we sign？",
        "Is it open to people in Havering, @mp@mas.to?",
        "Signed! https://example.org/?a=1 And where does the sheet go?",
        "is it still going or has it closed",
        "which day is the market stall",
        "how many names have we got altogether",
        "I was wondering whether the petition is still open",
        "Please could you tell me who to send it to",
        "Need to know when the march starts",
        "Do u need to live here to sign",
        "how come we only have three officers",
    ],
    ids=[
        "plain",
        "no mark",
        "in the middle",
        "greeting",
        "wish",
        "after a quote",
        "wide letters",
        "before a name",
        "after a link",
        "turned round",
        "which",
        "how many",
        "wondering whether",
        "could you tell me",
        "need to know",
        "do u",
        "how come",
    ],
)
def test_what_asks_for_an_answer_is_a_question(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The stall was lovely.",
        "See https://example.org/?page=2",
        "“Where are the police?” she shouted. Nobody knew.",
        'He asked "who takes the forms?" and left.',
        "Lovely day, isn't it?",
        "You call that a patrol?",
        "How many more have to be stabbed?",
        "Does it have to be somebody's child first?",
        "Do we really need more police?",
        "Do they need more money? No.",
        "Are you stupid?",
        "Are you having a laugh?",
        "Ever heard of prison, mate?",
        "How do these people sleep at night?",
        "Who on earth voted for this?",
        "Isn't it about time somebody did something?",
        "What did you expect?",
        "Really?",
        "???",
        "@who? #where?",
        "I know where the sheets go.",
        "Do the right thing and sign.",
        "Have a look at the stall.",
        "What a turnout on Saturday.",
        "Is it just me or are there fewer police?",
        "Why oh why do we bother?",
        "Is anybody even listening?",
    ],
    ids=[
        "nothing", "statement", "address", "quoted", "straight quotes", "tag", "sneer", "how many more",
        "rhetorical", "really", "answered by itself", "insult", "laugh", "ever", "these people", "on earth",
        "is it not", "expected", "one word", "marks", "names", "statement with a question word",
        "order", "invitation", "exclamation", "just me", "why oh why", "even listening",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_question_is_none(text):
    assert not is_question(text)


def test_questions_that_ask_the_same_in_other_words_are_one_group():
    texts = dict(enumerate([*SHEETS, *OTHERS, "We handed in our sheet."]))
    assert [sorted(group) for group in groups(texts)] == [[0, 1, 2]]


PLACES = {"barking": {"barking"}, "dagenham": {"dagenham"}}


def places(text: str) -> set[str]:
    """Return the places of a text, as a gazetteer does."""
    return set().union(*(keys for name, keys in PLACES.items() if name in text.casefold()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How many answered it in Barking Riverside?", "How many answered it in Squirrels Heath?"),
        ("how many officers are there in barking?", "how many officers are there in dagenham?"),
        ("Is there a stall on Saturday?", "Is there a stall on Sunday?"),
        ("Is the stall at 10 this week?", "Is the stall at 14 this week?"),
        ("Why should I sign the petition?", "Why should I not sign the petition?"),
        ("Where can I sign the petition?", "Where can I withdraw my signature from the petition?"),
        ("When is the police station closing?", "When is the police station reopening?"),
        ("How do I donate?", "Can I get my donation back?"),
        ("How can I help at the stall?", "How can I stop helping at the stall?"),
        ("When is Jo Brand at the library?", "When is Al Green at the library?"),
        ("What happens at 5,000 signatures?", "What happens at 6,000 signatures?"),
    ],
    ids=["places", "places in small letters", "days", "numbers", "negation", "undone", "reopened", "back",
         "stop", "names", "thousands"],
)  # fmt: skip
def test_questions_that_have_another_answer_each_never_stand_together(one, other):
    copies = {1: one, 2: other, 3: one, 4: other}
    assert sorted(map(sorted, groups(copies, places))) == [[1, 3], [2, 4]]


def test_nothing_between_two_places_joins_them():
    texts = [f"Who takes full petition sheets{where}?" for where in ("", " in Barking", "", " in Dagenham")]
    joined = [sorted(group) for group in groups(dict(enumerate(texts)), places)]
    assert not any({1, 3} <= {*group} for group in joined)
    assert any({0, 2} <= {*group} for group in joined)


def test_the_most_typical_question_is_the_first_of_its_group():
    texts = {
        1: "Is my cousin's friend Bob, the tall one from the boat, right that shops take completed sheets?",
        2: "Where do I hand in sheets?",
        3: "Who collects the sheets?",
    }
    assert groups(texts)[0][0] != 1


def test_a_week_without_a_common_question_has_no_group():
    assert groups(dict(enumerate(OTHERS))) == []
    assert groups({}) == []


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(5))
def test_neither_order_nor_running_again_changes_the_groups(seed):
    texts = {place: text for place, (text, _) in enumerate(labelled("questions.toml"))}
    posts = [*texts.items()]
    random.Random(seed).shuffle(posts)
    assert groups(dict(posts)) == groups(texts)


@pytest.mark.heavy
def test_each_post_is_in_one_group_at_most():
    texts = {place: text for place, (text, _) in enumerate(labelled("questions.toml"))}
    ids = [post for group in groups(texts) for post in group]
    assert len(ids) == len({*ids})
    assert {*ids} <= texts.keys()


def test_copies_of_a_question_are_asked_as_often_as_there_are():
    [group] = groups({post: "Where do I hand in sheets?" for post in range(2 * MOST)})
    assert len(group) == 2 * MOST


@pytest.mark.heavy
def test_of_more_questions_than_can_be_told_apart_those_that_others_ask_are_found():
    texts = {1: "Where do I hand in my petition sheet?", 2: "Who takes filled in sheets?"}
    assert groups(texts) == [(1, 2)]
    for n in range(3, 2 * MOST):
        texts[n] = f"Is the x{n}thing at hall{n}way open for y{n}group?"
    assert (1, 2) in groups(texts)


@pytest.mark.heavy
def test_two_hundred_questions_are_grouped_by_what_they_ask():
    precision, _, both = scores(labelled("questions.toml"))
    assert both >= 0.8
    assert precision >= 0.8


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("held_out", 0.9, 0.68), ("unseen", 0.85, 0.52), ("blind", 0.8, 0.42)],
    ids=["style", "meanings", "both"],
)
def test_questions_that_the_rule_was_not_made_for_are_seldom_joined_wrongly(name, least, most):
    precision, _, both = scores(labelled(f"questions_{name}.toml"))
    assert precision >= least
    assert both >= most


@pytest.mark.parametrize(
    "texts",
    [
        ("Where can I get a paper copy of the letter?", "Where are the police of our ward?"),
        ("When is the till at the cafe repaired?", "When is the cafe till repaired?"),
    ],
    ids=["copy is no cop", "control"],
)
def test_a_word_is_not_taken_for_another_that_begins_so(texts):
    assert bool(groups(dict(enumerate(texts)))) == (texts[0].count("till") == 1)


@pytest.mark.heavy
@pytest.mark.parametrize("least", [0.01, 0.99], ids=["all in one", "each alone"])
def test_a_rule_that_joins_all_or_none_scores_low(monkeypatch, least):
    monkeypatch.setattr(questions, "_ALIKE", least)
    assert scores(labelled("questions.toml"))[2] < 0.7
