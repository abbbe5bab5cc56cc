"""What the made-up people write: many voices, few copies, answers to what was asked, nobody real."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from statistics import fmean
from urllib.parse import urlsplit

import pytest

from monitor.core.model import Post, PostKind
from monitor.core.text import belongs
from monitor.demo import office
from monitor.demo.year import data
from monitor.themes.questions import is_question
from tests.demo.test_demo import CAMPAIGN, SHIPPED, first_seen, steps

SCRIPTS = {"bn": "[\u0980-\u09ff]", "ur": "[\u0600-\u06ff]", "pl": "[ąćęłńóśźż]", "cy": "wy|dd|ff|ll|aw|ae"}


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return first_seen(steps(1500, campaign=SHIPPED))


def words(posts: list[Post]) -> list[str]:
    """Return the texts but those that are meant to be alike: suggested words, one story, cross-posts."""
    suggested = tuple(line[:30] for line in data("texts")["voices"]["kit"]["general"])
    texts = [post.text for post in posts if post.kind != PostKind.ARTICLE and not post.copy_of]
    return [text for text in texts if not text.startswith(suggested)]


def copies(texts: list[str]) -> float:
    return 1 - len(set(texts)) / len(texts)


def test_hardly_anybody_writes_what_somebody_else_wrote(posts):
    assert copies(words(posts)) < 0.05


def test_control_texts_of_one_voice_alone_would_be_noticed(posts):
    (cast,) = [one for one in data("texts")["voices"]["faith"]["general"] if "{mark}" in one]
    assert copies([*words(posts), *[cast] * 100]) > 0.05


def test_suggested_words_are_passed_on_by_many(posts):
    suggested = {line[:30] for line in data("texts")["voices"]["kit"]["general"]}
    by = defaultdict(set)
    for post in posts:
        by[post.text[:30]].add(post.author.id)
    assert {text for text, authors in by.items() if len(authors) > 3} >= suggested


def test_no_text_and_no_name_has_a_number_that_counts_the_posts(posts):
    assert not [
        post.text
        for post in posts
        if re.search(r"\d{2,}", post.text.replace("101", "").replace("Under-12s", ""))
    ]
    assert not [post.author.name for post in posts if re.search(r"\d", post.author.name + post.author.handle)]


def test_every_address_is_one_that_cannot_be_anybodys(posts):
    addresses = {post.url for post in posts} | {post.author.url for post in posts}
    addresses |= {link for post in posts for link in post.links}
    assert {urlsplit(address).hostname.rpartition(".")[2] for address in addresses} == {"example"}
    assert len({post.url for post in posts}) == len(posts)


def test_every_post_belongs_to_the_track(posts):
    assert all(belongs(SHIPPED.tracks[0].query, post) for post in posts)


def test_a_text_is_in_the_language_that_its_post_gives(posts):
    foreign = {lang: [post.text for post in posts if post.lang == lang] for lang in SCRIPTS}
    assert min(map(len, foreign.values())) > 3
    for lang, script in SCRIPTS.items():
        assert all(re.search(script, text) for text in foreign[lang]), lang
    english = [post.text for post in posts if post.lang in ("en", None)]
    assert not [text for text in english if re.search("[^\\W\\d_\u0000-\u024f]", text)]


def test_texts_name_places_of_the_campaign(posts):
    named = [CAMPAIGN.gazetteer.find(post.text) for post in posts]
    assert sum(map(bool, named)) > 0.4 * len(posts)
    assert {"barking-and-dagenham", "havering", "redbridge"} <= frozenset().union(*named)


def test_one_thing_is_asked_in_many_words(posts):
    asked = Counter(post.text.split("#")[0].casefold() for post in posts if is_question(post.text))
    assert len([text for text in asked if "sheet" in text]) >= 10
    assert len(asked) > 60


def test_an_answer_has_its_question_before_it_on_the_same_platform(posts):
    by = {(post.platform, post.id): post for post in posts}
    replies = [post for post in posts if post.kind == PostKind.REPLY]
    assert len(replies) > 0.1 * len(posts)
    for reply in replies:
        parent, root = by[reply.platform, reply.parent], by[reply.platform, reply.root]
        assert root.parent is None
        assert parent.created_at.replace(minute=0, second=0) <= reply.created_at
    asks = data("texts")["asks"]
    answers = [line for about in asks for line in data("texts")["voices"][about]["answers"]]
    starts = tuple(line.split("{")[0].casefold() for line in answers if not line.startswith("{"))
    fits: dict[bool, list[bool]] = {True: [], False: []}
    for reply in replies:
        parent = by[reply.platform, reply.parent].text
        fits[is_question(parent)].append(reply.text.casefold().startswith(starts))
    assert sum(fits[True]) > 5
    assert fmean(fits[True]) > 3 * fmean(fits[False])


def test_a_story_is_in_many_newspapers_and_a_bridge_copies_posts(posts):
    papers = defaultdict(set)
    for post in posts:
        if post.kind == PostKind.ARTICLE:
            papers[post.text].add(post.author.id)
    assert sorted(map(len, papers.values()))[-2:] == [4, 12]
    bridged = [post for post in posts if post.copy_of]
    assert bridged
    sources = {post.url: post for post in posts}
    assert all(sources[post.copy_of].text == post.text for post in bridged)
    assert all(sources[post.copy_of].platform != post.platform for post in bridged)


def test_regulars_have_a_voice_and_half_of_the_accounts_post_once(posts):
    each = Counter(post.author.name for post in posts if post.kind != PostKind.ARTICLE)
    regulars = {one["name"] for one in data("texts")["cast"]}
    assert len(regulars & {name for name, _ in each.most_common(25)}) > 8
    assert Counter(each.values())[1] > 0.35 * len(each)
    assert {"Revd Posy Quillfeather", "Marsh Lane Rovers"} <= set(each)


def test_in_the_hostile_week_most_are_against_it_and_else_few(posts):
    against = [
        line[:20] for line in data("texts")["voices"]["opponent"]["hostile"] if not line.startswith("{")
    ]
    days = Counter(post.created_at.date() for post in posts if post.text.startswith(tuple(against)))
    assert max(days) - min(days) < datetime(2026, 1, 10, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    assert sum(days.values()) > 5


def test_what_the_office_notes_fits_any_question():
    things = re.compile(r"\b(library|box|sheet|survey|light|rang|call)", re.IGNORECASE)
    assert not [note for note in office._NOTES if things.search(note)]
    assert things.search("Answered: the red box in the library.")
