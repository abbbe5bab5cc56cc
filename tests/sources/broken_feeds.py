"""Feeds and answers that are wrong in every way that a seed can think of."""

import gzip
from collections.abc import Iterator
from random import Random

from tests.sources.loopback import Answer

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Borough News &amp; Views</title>
<language>en-gb</language>
<item><title>Calling time on crime &#8211; residents speak</title><link>https://news.example/a/1</link>
<guid isPermaLink="false">a-1</guid><pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate><category>Crime</category>
<description><![CDATA[<p>Calling time on crime, <b>they say</b>.</p>]]></description></item>
<item><title>Caf\xc3\xa9 opens</title><link>https://news.example/a/2</link><guid>https://news.example/?p=2</guid>
<dc:date>2026-11-20T10:00:00+01:00</dc:date>
<content:encoded>&lt;p&gt;Calling time on crime&lt;/p&gt;</content:encoded>
<source url="https://other.example/rss">Other</source></item></channel></rss>"""
ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">Council &amp;amp; police</title>
<entry><id>tag:council.example,2026:1</id><title>Calling time on crime</title>
<updated>2026-11-20T09:30:00Z</updated>
<link rel="alternate" href="https://council.example/1"/><category term="ASB"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>#CallingTimeOnCrime</p></div></content></entry>
<entry><id>https://council.example/2</id><title>Bins</title><published>2026-11-19T09:30:00Z</published>
<summary>Calling time on crime</summary></entry></feed>"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel>
<item rdf:about="https://old.example/1"><title>Calling time on crime</title><link>https://old.example/1</link>
<dc:date>2026-11-20</dc:date></item></rdf:RDF>"""
JSON = (
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "url": "https://j.example/1",'
    b' "title": "Calling time on crime", "content_text": "x", "date_published": "2026-11-20T09:30:00Z"},'
    b' {"id": 2, "tags": "none", "authors": {}, "date_published": 5}]}'
)
FEEDS = (RSS, ATOM, RDF, JSON)

# What stands where something else should.
PIECES = (
    b"", b"\0", b"\xff\xfe", b"\xc3", b"&", b"&#0;", b"&#xD800;", b"&nosuch;", b"<", b"</", b"]]>",
    b"<![CDATA[", b"<!--", b"<item>", b"</item>", b"<entry>", b"</channel>", b"<link/>", b"<link>http://[</link>",
    b"<guid/>", b"<title/>", b"<link>javascript:alert(1)</link>", b"<pubDate>1</pubDate>",
    b"<pubDate>Fri, 99 Foo 99999 99:99:99 BST</pubDate>",
    b"<updated>9999-12-31T23:59:59-14:00</updated>", b"<pubDate>Fri, 20 Nov 2026 24:00:00 -9999</pubDate>",
    b"<source/>", b"<category/>", b"<a:b c:d='e'/>", b"<image><url>x</url></image>", b"<media:content/>",
    b"<georss:point>a b</georss:point>", b"<itunes:duration>x</itunes:duration>", b"<language/>", b"xmlns=''",
    b"null", b"[]", b"{}", b"1e999", b'"\\ud800"', b"<div" * 50, b"&amp;" * 50, b"A" * 3_000,
    "ㄱ😀\u202e".encode(),
)  # fmt: skip
HEAD = b'<?xml version="1.0" encoding="%s"?>'
ENCODINGS = (b"utf-16", b"cp037", b"utf-7", b"idna", b"no-such", b"hex", b"utf-8-sig", b"big5", b"")
LETTERS = ("utf-16", "utf-32", "cp037", "utf-7")
BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
HEADERS = (
    {}, {"Content-Type": "application/rss+xml; charset=utf-16"}, {"Content-Type": "image/png"},
    {"Content-Type": ";;;=="}, {"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"},
    {"ETag": "x" * 5_000}, {"Last-Modified": "\xe9"}, {"Location": "http://["}, {"Location": "//"},
    {"Location": "http://127.0.0.1:99999/"},
    {"Location": "javascript:1"}, {"Location": "\xff\xfe"}, {"Location": "/" + "a" * 5_000},
    {"Location": "?again"},
    {"Retry-After": "never"}, {"Content-Location": "file:///etc/passwd"},
)  # fmt: skip
STATUSES = (200,) * 12 + (201, 204, 206, 301, 302, 303, 307, 308, 304, 400, 403, 404, 410, 500, 503, 599)


def broken_answers(number: int, seed: int) -> Iterator[Answer]:
    """Yield so many answers: feeds that are cut, stirred and mixed, behind headers that lie."""
    random = Random(seed)
    for _ in range(number):
        body = random.choice(FEEDS)
        for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
            body = _stirred(body, random)[:200_000]
        status, headers = random.choice(STATUSES), random.choice(HEADERS) if random.random() < 0.4 else {}
        if headers.get("Content-Encoding") == "gzip" and random.random() < 0.5:
            body = gzip.compress(body)
        yield status, headers, b"" if status in (204, 304) else body


def _stirred(body: bytes, random: Random) -> bytes:
    """Return a feed with one more fault."""
    a, b = sorted(random.randrange(len(body) + 1) for _ in range(2))
    piece = random.choice(PIECES)
    return random.choice((
        body[:a], body[a:], body[:a] + body[b:], body[:a] + piece + body[a:], body[:a] + piece + body[b:],
        body[:b] + body[a:b] * random.choice((1, 20)) + body[b:], body[:a] + random.randbytes(5) + body[a:],
        body.replace(random.choice((b"</title>", b"</link>", b"<item>", b"</id>", b'"', b">")), piece),
        HEAD % random.choice(ENCODINGS) + body.partition(b"?>")[2],
        body.replace(b"?>", b"?>" + BOMB, 1).replace(b"crime", b"crime &b;&c;"),
        body.decode("utf-8", "replace").encode(random.choice(LETTERS), "replace"), b" " * len(body),
    ))  # fmt: skip
