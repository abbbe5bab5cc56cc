"""Posts of one tone or stance: listed and corrected where nobody is named, and not of few people."""

import re
from dataclasses import replace
from html import unescape

import pytest

from dashboard import create_app
from dashboard.posts import SHOWN
from monitor.accounts import Accounts, Role
from monitor.campaign import Privacy
from monitor.core.model import Tone
from monitor.core.small_groups import LEAST, safe_groups
from monitor.tone.word_influence import Why
from tests.archive.saving import saved
from tests.builders import a_page, a_sentiment
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW

NEGATIVE = "/posts?tone=negative"


def office(folder, negative=6, neutral=6, **changes):
    """Return an office with posts of so many people, each of whom wrote one."""
    with an_archive(folder) as archive:
        for tone, people in ((Tone.NEGATIVE, negative), (Tone.NEUTRAL, neutral)):
            posts = [
                then(
                    id=f"{tone}{n}", by=f"canary{tone}{n}", url=f"https://example.org/canary/{tone}{n}",
                    text=f"Crime, {tone[:3]} {n}, says @canary{n}",
                )
                for n in range(people)
            ]  # fmt: skip
            if posts:
                saved(archive, a_page(*posts), track=TRACK, tone=tone)
    return create_app(archived_office(folder, **changes)).test_client()


def main(answer) -> str:
    return answer.text.partition("<main")[2].partition("</main>")[0]


def words(page: str) -> list[str]:
    return re.findall(r'name="words" value="(\w+)" form="bulk"', page)


def label(client, act: str, *posts: str, address=NEGATIVE):
    return client.post(address, data={"act": act, "words": list(posts)})


@pytest.mark.heavy
def test_posts_of_a_tone_are_listed_without_what_says_whose_they_are(tmp_path):
    page = main(office(tmp_path).get(NEGATIVE))
    assert "6 posts, newest first" in page
    assert page.count("<blockquote") == page.count('class="tag t-negative"') == 6
    assert "Crime, neg 3, says @…" in page
    assert not re.search(r"canary|/posts/\d|name=\"post\"|author=", page)
    assert "canary" in main(office(tmp_path, 0, 0).get("/posts"))  # control


@pytest.mark.parametrize(
    ("negative", "neutral"), [(4, 9), (9, 4), (9, 0)], ids=["few", "few others", "all alike"]
)
def test_what_would_tell_what_single_people_think_is_not_listed(tmp_path, negative, neutral):
    page = main(office(tmp_path, negative, neutral).get(NEGATIVE))
    assert "fewer than five people" in page
    assert "Crime, neg" not in page
    assert not re.search(r"\b[4-9] posts", page)


def test_words_of_one_post_do_not_tell_its_tone(tmp_path):
    assert "Not shown" in main(office(tmp_path).get(NEGATIVE + '&q="neg+3"'))


@pytest.mark.parametrize("path", ["/api/v1/posts", "/feed.atom"])
@pytest.mark.parametrize("filter_", ["tone=negative", "stance=oppose"])
def test_programs_are_told_that_such_posts_are_listed_on_the_page_only(tmp_path, path, filter_):
    client = office(tmp_path)
    answer = client.get(f"{path}?{filter_}")
    assert (answer.status_code, "where nobody is named" in answer.text) == (400, True)
    assert client.get(path).status_code == 200  # control


@pytest.mark.heavy
def test_a_tone_is_corrected_by_the_words_of_the_post_and_of_all_that_say_the_same(tmp_path):
    client = office(tmp_path, 7)
    chosen = words(main(client.get(NEGATIVE)))
    answer = label(client, "tone:neutral", chosen[0])
    page = main(client.get(answer.location))
    assert "Tone set to “neutral” for 1 post" in page
    assert chosen[0] not in words(page)
    neutral = main(client.get("/posts?tone=neutral"))
    assert (chosen[0] in words(neutral), "set by you" in neutral) == (True, True)
    label(client, "tone:", chosen[0], address="/posts?tone=neutral")
    assert chosen[0] in words(main(client.get(NEGATIVE)))


@pytest.mark.heavy
def test_several_are_corrected_at_once_and_nothing_ticked_is_told(tmp_path):
    client = office(tmp_path, 12)
    chosen = words(main(client.get(NEGATIVE)))
    assert "for 3 posts" in main(client.get(label(client, "tone:positive", *chosen[:3]).location))
    assert "Tick at least one post first" in main(client.get(label(client, "tone:positive").location))
    assert label(client, "mark:done", *chosen[:1]).status_code == 400


@pytest.mark.parametrize("question", ["", "?author=1", "?q=%40canarynegative1", '?q="neg+3"'])
def test_no_label_is_set_where_its_answer_would_tell_what_somebody_thinks(tmp_path, question):
    client = office(tmp_path)
    [post, *_] = words(main(client.get(NEGATIVE)))
    for act in ("tone:negative", "tone:positive", "stance:support"):
        answer = label(client, act, post, address=f"/posts{question}")
        assert (answer.status_code, "Filter the posts by a tone or a stance first" in answer.text) == (
            400,
            True,
        )
    assert post in words(main(client.get(NEGATIVE)))


@pytest.mark.heavy
def test_no_label_is_set_on_a_list_of_too_few_people(tmp_path):
    client = office(tmp_path)
    chosen = words(main(client.get(NEGATIVE)))
    answer = label(client, "tone:positive", *chosen, address=NEGATIVE + '&q="neg+3"')
    assert answer.location.endswith("did=tone%3Apositive-0")
    assert words(main(client.get(NEGATIVE))) == chosen


@pytest.mark.heavy
def test_an_answer_tells_how_many_posts_were_meant_not_how_many_were_changed(tmp_path):
    client = office(tmp_path)
    [post, *_] = words(main(client.get(NEGATIVE)))
    answers = [label(client, "tone:negative", post).location for _ in range(2)]
    assert answers == ["/posts?tone=negative&did=tone%3Anegative-1"] * 2


@pytest.mark.heavy
def test_a_stance_is_set_where_nobody_is_named_and_not_before_the_papers_are_there(tmp_path):
    client = office(tmp_path)
    for address in (NEGATIVE, "/posts?tone=neutral"):
        chosen = words(main(client.get(address)))
        label(client, f"stance:{'oppose' if address is NEGATIVE else 'support'}", *chosen, address=address)
    page = main(client.get("/posts?stance=oppose"))
    assert page.count('class="tag">Stance: oppose') == 6
    assert not re.search(r"canary|t-negative", page)
    without = replace(CAMPAIGN, privacy=Privacy())
    shut = create_app(archived_office(tmp_path, campaign=without)).test_client()
    answer = label(shut, "stance:support", *words(page), address="/posts?stance=oppose")
    assert "No stance was set" in answer.text


@pytest.mark.heavy
def test_where_people_are_named_nothing_tells_what_was_said_of_their_posts(tmp_path):
    client = office(tmp_path)
    label(client, "tone:positive", *words(main(client.get(NEGATIVE)))[:1])
    for address in ("/posts?did=tone:positive-1", "/posts/1?did=tone:positive-1", "/posts/1?why=1", "/"):
        page = re.sub(r"<option.*?</option>", "", main(client.get(address)))
        found = re.search(r"tag t-(positive|negative|neutral)\b|set by|Why this tone|Tone set", page)
        assert not found, address


@pytest.mark.heavy
def test_pages_of_a_tone_go_on_without_naming_the_last_post(tmp_path):
    client = office(tmp_path, 2 * SHOWN + 3)
    found, address = [], NEGATIVE
    while address:
        page = main(client.get(address))
        found += words(page)
        onward = re.search(r'<a href="([^"]+)" rel="next">', page)
        address = unescape(onward[1]) if onward else ""
        assert not onward or re.search(r"after=\d\d$", address)
    assert len({*found}) == len(found) == 2 * SHOWN + 3
    assert 'rel="next"' not in main(client.get(f"{NEGATIVE}&after=999999999999"))


@pytest.mark.parametrize(("answer", "said"), [
    (Why(score=a_sentiment(Tone.NEGATIVE), likeliest=Tone.NEGATIVE, words=(("<awful>", 0.4), ("ok", -0.2))),
     "&lt;awful&gt;</b> <span>makes it 40 points likelier"),
    (Why(score=a_sentiment(Tone.NEGATIVE), likeliest=Tone.NEGATIVE, words=()), "No single word moved it"),
    (None, "the only language the program can score, or the language model is missing"),
], ids=["words", "none", "not scored"])  # fmt: skip
def test_a_list_says_which_words_moved_the_tone_of_a_post(tmp_path, answer, said):
    client = office(tmp_path, why=lambda text, lang: answer)
    page = main(client.get(NEGATIVE))
    link = unescape(re.search(r'href="([^"]+)#why">Why this tone', page)[1])
    assert (said in page, said in main(client.get(link))) == (False, True)


@pytest.mark.heavy
def test_a_viewer_reads_them_and_labels_nothing(tmp_path):
    office(tmp_path)
    accounts = Accounts.open(tmp_path / "access.db")
    accounts.add("Ann", Role.ADMIN, by="a test", now=NOW)
    viewer = accounts.add("Vic", Role.VIEWER, by="a test", now=NOW)
    client = create_app(archived_office(tmp_path), accounts=accounts).test_client()
    client.set_cookie("monitor", accounts.begin(viewer, "a test", NOW))
    page = main(client.get(NEGATIVE))
    assert ("Crime, neg 3" in page, '<form method="post"' in page) == (True, False)
    assert label(client, "tone:neutral", "x").status_code == 403
    accounts.close()


@pytest.mark.parametrize(
    ("people", "safe"),
    [
        ({}, []),
        ({"a": 9}, []),
        ({"a": LEAST, "b": LEAST}, ["a", "b"]),
        ({"a": LEAST, "b": LEAST - 1}, []),
        ({"a": 9, "b": 9, "c": 1}, ["b"]),
        ({"a": 9, "b": 9, "c": 0}, ["a", "b"]),
        ({None: 1, "a": 9, "b": 9}, ["a", "b"]),
        ({None: 9, "a": 9, "b": 1}, ["a"]),
        ({None: 1, "a": 9}, []),
    ],
    ids=[
        "nobody", "all alike", "enough", "one too small", "another with it", "an empty one",
        "few of whom nothing is known", "many of them", "nearly all alike",
    ],
)  # fmt: skip
def test_no_size_that_is_told_and_no_rest_is_of_a_few_people(people, safe):
    assert safe_groups(people) == safe
    few = [number for group, number in people.items() if group and 0 < number < LEAST]
    left = [number for group, number in people.items() if group not in safe]
    assert not (safe and few) or max(left) >= LEAST


def test_the_report_tells_no_tone_of_few_people_and_no_day_of_theirs(tmp_path):
    office(tmp_path, 6, 4)
    day = THEN.date()
    with an_archive(tmp_path) as archive:
        scope = archive.stats.scope(TRACK, day, day)
        assert archive.opinions.tones(scope) == {}
        assert archive.stats.total("negative", scope) == 6  # control
