"""What an entry of a feed says, and by what it stays the same one, against a real server here."""

from pathlib import Path

import pytest

from tests.sources.archived import stored
from tests.sources.loopback import as_json, serving
from tests.sources.test_feeds import DATE, NOW, item, of_feeds, poll, rss

TITLE = "Calling Time on Crime"


def atom(inside: str) -> tuple[int, dict[str, str], bytes]:
    entry = f'<id>a</id><link href="https://news.example/1"/><updated>2026-11-20T09:30:00Z</updated>{inside}'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><entry>{entry}</entry></feed>'
    return 200, {}, feed.encode()


def of_json(**more: object):
    entry = {"id": "1", "url": "https://news.example/1", "title": TITLE, "date_published": "2026-11-20"}
    return as_json({"version": "https://jsonfeed.org/version/1.1", "items": [entry | more]})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (of_json(content_text="5 < 6, 7 > 3 &amp; <b>"), f"{TITLE}\n5 < 6, 7 > 3 &amp; <b>"),
        (of_json(content_html="5 &lt; 6", content_text="else"), f"{TITLE}\n5 < 6"),
        (atom(f'<title type="text">{TITLE}: &lt;b&gt;</title>'), f"{TITLE}: <b>"),
        (atom(f'<title type="html">{TITLE}: &lt;b&gt;5&lt;/b&gt;</title>'), f"{TITLE}: 5"),
        (rss(item(1, f"{TITLE}: 5 &lt; 6 &amp; 7 &gt; 3")), f"{TITLE}: 5 < 6 & 7 > 3"),
    ],
    ids=["JSON's text", "JSON's HTML", "Atom's text", "Atom's HTML", "signs that open no tag"],
)
def test_a_text_is_read_as_markup_only_where_it_is(answer, text: str) -> None:
    with serving(lambda *_: answer) as server:
        (page,) = poll(server.url)
    assert [post.text for post in page.posts] == [text]


@pytest.mark.parametrize(
    "answer",
    [
        of_json(title="Romford", tags=["＃ＣａｌｌｉｎｇＴｉｍｅＯｎＣｒｉｍｅ", 5]),
        rss(item(1, "Romford") + "<category>#CallingTimeOnCrime</category>"),
        rss(item(1, "Romford") + "<category>Calling Time on Crime</category>"),
    ],
    ids=["JSON Feed", "RSS", "a blog's"],
)
def test_an_entry_s_tags_count_however_they_are_written(answer) -> None:
    with serving(lambda *_: answer) as server:
        (page,) = poll(server.url)
    assert [post.tags for post in page.posts] == [{"callingtimeoncrime"}]


@pytest.mark.parametrize(
    ("inside", "address"),
    [
        (
            f'<title>{TITLE}</title><enclosure url="https://pod.example/1.mp3"/>{DATE}',
            "https://pod.example/1.mp3",
        ),
        (
            f'{item(1)}<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://own.example/1'
            "</f:origLink>",
            "https://own.example/1",
        ),
        (
            f'{item(1)}<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">javascript:go()//'
            "</f:origLink>",
            "https://news.example/1",
        ),
        (f"<title>{TITLE}</title><guid>https://news.example/7</guid>{DATE}", "https://news.example/7"),
    ],
    ids=["a podcast's sound", "past FeedBurner", "to no script", "its own guid"],
)
def test_an_entry_leads_to_what_it_is_about(inside: str, address: str) -> None:
    with serving(lambda *_: rss(inside)) as server:
        (page,) = poll(server.url)
    assert [post.url for post in page.posts] == [address]


@pytest.mark.parametrize("later", ["https://news.example/1", "http://www.news.example/1/"])
def test_an_entry_whose_address_gets_another_scheme_or_slash_is_the_same_post(
    later: str, tmp_path: Path
) -> None:
    links = ("http://news.example/1", later)
    answers = [rss(item(1).replace("https://news.example/1", link)) for link in links]
    with serving(lambda *_: answers.pop(0) if len(answers) > 1 else answers[0]) as server:
        found = stored(tmp_path / "a.db", of_feeds(server.url), NOW)
    assert list(found) == ["http://news.example/1"]


def test_a_summary_counts_although_the_whole_text_begins_without_it() -> None:
    whole = "<content:encoded>Patrols.</content:encoded>"
    entry = f"<item><title>Romford</title><link>https://news.example/1</link>{DATE}"
    entry += f"<description>{TITLE}</description>{whole}</item>"
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f'<rss version="2.0" {space}><channel>{entry}</channel></rss>'

    with serving(lambda *_: (200, {}, feed.encode())) as server:
        (page,) = poll(server.url)

    assert [post.text for post in page.posts] == ["Romford\nPatrols."]


def test_an_entry_with_a_mail_address_for_a_link_leads_to_its_page() -> None:
    entry = f"<item><title>{TITLE}</title><link>mailto:desk@news.example</link>{DATE}"
    entry += "<guid>https://news.example/1</guid></item>"

    with serving(lambda *_: (200, {}, f'<rss version="2.0"><channel>{entry}</channel></rss>'.encode())) as s:
        (page,) = poll(s.url)

    assert [post.url for post in page.posts] == ["https://news.example/1"]
