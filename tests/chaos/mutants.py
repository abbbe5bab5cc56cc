"""Files to break: sound items in each form that is read, and three ways to break them."""

import csv
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from itertools import count, cycle, islice, product
from typing import Any
from xml.sax.saxutils import escape

from monitor.platform_info import names
from monitor.sources import source
from tests.chaos.experiment import ROOT
from tests.collect.test_browser_captures import INSTAGRAM, THREADS, TIKTOK, X, exported, line
from tests.collect.test_file_import import TWEET, USER, VIEW

Mutator = Callable[[int, random.Random], "Mutant"]  # is given which one of its kind it is to make
TOML = (ROOT / "config/campaign.toml").read_bytes()
_AGAIN, _DEEP, _DEPTH = (
    "\x01",
    "\x02",
    5000,
)  # in an item: a key that is there twice; a list in lists in lists

# Whole values, as a platform or a person may put them where something else belongs.
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**53, 2**63, 10**400, 0.5, 1e308, float("nan"), float("-inf"), _DEEP,
    "", " ", "0", "-3", "1e9", "1.5", "9" * 5000, "nan", "١٢", "1,204", [], {}, [[]], [None], [{}],
    {"": None}, {"id": {}}, {"text": 1},
    "2026-13-45", "2026-11-20", "2026-11-20T09:30:00", "20261120T093000Z", "2026-11-20T24:00:00Z",
    "2026-11-20T09:30:60Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z",
    "2026-11-20T09:30:00.123456789Z", "Fri, 20 Nov 2026 09:30:00 GMT", "yesterday", 1795167005.5, 1e18,
    "https://[", "//", "http://\x7f", "javascript:alert(1)", "at://a/b", "https://é.example/ü", "file:///etc",
    "../../x", "%00", "https://example.org/" + "a" * 5000,
)  # fmt: skip
# Pieces of text, put somewhere into one that is there.
_PIECES = (
    "\x00", "\x07\x1b[2J", "\x85", "\r", "\r\n", "\n\n", "\t", "\ud800", "\udc00\ud800", "\ufffe", "\u202e",
    "\u200b\u2060\ufeff", "\u2028", "e" + "\u0301" * 300, "\ufdfa" * 99, "\U0001f9d1\u200d\U0001f680",
    "'", '"', "\\", "`", "';--", "=1+1", "@SUM(A1)", "{{7*7}}", "%s%n", "<", "<p", "</p></p>",
    "<script>x</script>",
    "<!--", "<![CDATA[", "&", "&#0;", "&#xffffffff;", "&#55296;", "&nosuch;", "<b>" * 500, "<a href='//['>",
    "#" * 300, "#tag" * 300, "#ſs", "#İ", "#ß", "@a@b@c", "Привет всем", "你好", "مرحبا",
    "w" * 20_000, "a " * 9_000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which posts come, and a sound item, of whose id `token` is a part."""

    name: str
    reader: str  # "file", "by hand", "feed" or the platform whose answer it is
    item: Mapping[str, Any]
    token: str
    write: Callable[[Mapping[str, Any]], str]

    def file(self, item: Mapping[str, Any], chance: random.Random) -> bytes:
        """Return the item as a file, under an id of its own."""
        text = self.write(item).replace(self.token, f"{self.token}{chance.getrandbits(40)}")
        return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken file, and what reads it; "" is every reader."""

    data: bytes
    reader: str = ""


@cache
def forms() -> tuple[Form, ...]:
    """Return a sound item in each form: answers of all platforms, lines and lists, tables, and feeds."""
    answers = [_answer(name) for name in names()]
    lines = [_answer("mastodon"), _answer("bluesky"), *_exports()]
    files = [replace(form, reader="file", write=write) for form in lines for write in (_json, _list)]
    tables = [
        Form("table", "file", _TABLE, "made-", _csv),
        Form("4CAT table", "file", _4CAT, "made-", _csv),
        Form("by hand", "by hand", _BY_HAND, "They spoke of us ", _csv),
    ]
    feeds = [
        Form("RSS", "feed", _ARTICLE, "news.example/", _rss),
        Form("Atom", "feed", _ARTICLE, "news.example/", _atom),
    ]
    return (*answers, *files, *tables, *feeds)


def _answer(name: str) -> Form:
    """Return the item of a platform's fixture; the token is what its post's id has of it."""
    text = (ROOT / f"tests/fixtures/{name}/post.json").read_text()
    item = json.loads(text.replace("1990000000000000001", "7301"))  # ids of X have no room for more digits
    post_id = source(name).parse(item).id
    return Form(name, name, item, post_id if post_id in _json(item) else post_id.split("/")[-1], _json)


def _exports() -> Iterator[Form]:
    """Yield items as other programs write them into files."""
    captured = {
        "tiktok.com": (TIKTOK, '"id": "7301'), "instagram.com": (INSTAGRAM, '"pk": "55'),
        "threads.net": (THREADS, '"pk": "66'), "x.com": (X, '["7301'),
    }  # fmt: skip
    for site, (item, token) in captured.items():
        for name, write in ((site, line), (f"4CAT of {site}", exported)):
            text = write(site, item).replace("1990000000000000001", "7301")  # as in `_answer`
            yield Form(name, "file", json.loads(text), token, _json)
    page = {"data": [TWEET], "includes": {"users": [USER]}}
    yield Form("a page of twarc", "file", page, '"id": "11', _json)
    yield Form("twarc", "file", {**TWEET, "author": USER}, '"id": "11', _json)
    yield Form("a view of Bluesky", "file", VIEW, "feed.post/3k", _json)


_TABLE = {
    "platform": "x", "id": "made-", "url": "https://x.com/ann/status/made-", "author": "ann",
    "text": "Enough #callingtimeoncrime", "created_at": "2026-11-02T10:00:00Z", "likes": "3", "views": "40",
    "followers": "12", "lang": "en",
}  # fmt: skip
_4CAT = {
    "id": "made-", "thread_id": "1", "author": "ann", "body": "Enough", "timestamp": "2026-11-02 10:00:00",
    "unix_timestamp": "1793613600", "url": "https://www.tiktok.com/@ann/video/made-", "likes": "3",
}  # fmt: skip
_BY_HAND = {"where": "radio", "when": "2026-11-02 10:00", "text": "They spoke of us ", "reach": ""}
_ARTICLE = {
    "link": "https://news.example/", "title": "MP on #CallingTimeOnCrime", "body": "<p>A made-up story.</p>",
    "at": "Fri, 20 Nov 2026 09:30:00 GMT", "tag": "Politics", "feed": "The Example News", "lang": "en-GB",
}  # fmt: skip


def _json(item: Mapping[str, Any]) -> str:
    again, deep = json.dumps(_AGAIN)[1:], json.dumps(_DEEP)
    return json.dumps(item).replace(again, '"').replace(deep, "[" * _DEPTH + "]" * _DEPTH)


def _list(item: Mapping[str, Any]) -> str:
    return f"[{_json(item)}]"


def _cells(item: Mapping[str, Any]) -> dict[str, str]:
    return {key: "" if value is None else str(value) for key, value in item.items()}


def _csv(item: Mapping[str, Any]) -> str:
    file, cells = StringIO(), _cells(item)
    csv.writer(file).writerows([[key.removesuffix(_AGAIN) for key in cells], [*cells.values()]])
    return file.getvalue()


def _elements(item: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return elements, named as here; a key that is there twice gives two of them."""
    cells = {key: escape(cell) for key, cell in _cells(item).items()}
    pairs = [
        (names[plain], cell) for key, cell in cells.items() if (plain := key.removesuffix(_AGAIN)) in names
    ]
    return "".join(f"<{name}>{cell}</{name}>" for name, cell in pairs)


def _rss(item: Mapping[str, Any]) -> str:
    entry = {"link": "link", "title": "title", "body": "description", "at": "pubDate", "tag": "category"}
    head = _elements(item, {"feed": "title", "lang": "language"})
    return f'<rss version="2.0"><channel>{head}<item>{_elements(item, entry)}</item></channel></rss>'


def _atom(item: Mapping[str, Any]) -> str:
    head, entry = (
        _elements(item, {"feed": "title"}),
        {"link": "id", "title": "title", "body": "summary", "at": "updated"},
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}<entry>{_elements(item, entry)}</entry></feed>'


def odd_value(turn: int, chance: random.Random) -> Mutant:
    """Return a file of one item that is sound but for one value of it."""
    form = forms()[turn % len(forms())]
    return Mutant(form.file(_odd(form.item, chance), chance), form.reader)


def _odd(value: Any, chance: random.Random) -> Any:
    if isinstance(value, Mapping) and value:
        key = chance.choice(sorted(value))
        match chance.randrange(12):
            case 0:
                return {name: part for name, part in value.items() if name != key}
            case 1:
                return {**value, key + _AGAIN: _replaced(value[key], chance)}
            case 2:
                return {**value, key: value[chance.choice(sorted(value))]}
        return {**value, key: _odd(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _odd(value[place], chance), *value[place + 1 :]]
    return _replaced(value, chance)


def _replaced(value: Any, chance: random.Random) -> Any:
    """Return something else; of a text most often the same with something odd in it."""
    if isinstance(value, str) and chance.random() < 0.8:
        place = chance.randrange(len(value) + 1)
        return value[:place] + chance.choice(_PIECES) + value[place:]
    if isinstance(value, list) and chance.random() < 0.3:
        return value * chance.choice([2, 300])
    return chance.choice(_VALUES)


def odd_bytes(turn: int, chance: random.Random) -> Mutant:
    """Return a file whose bytes are turned over, cut out, doubled, or in another encoding."""
    form = forms()[turn % len(forms())]
    data = form.file(form.item, chance) if chance.random() < 0.9 else TOML
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        data = chance.choice([_flipped, _cut, _doubled, _encoded])(data, chance)
    return Mutant(data)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice([1, 3, 30, 3000]) :]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(min(len(data), 4000) + 1) for _ in range(2))
    return data[:end] + data[start:]


def _encoded(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace") + "£“é”"
    return text.encode(
        chance.choice(["utf-16", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "utf-7"]), "replace"
    )


# What is no value of JSON, what few readers take alike, and what is one but seldom comes.
_LITERALS = (
    "tru", "True", "nul", "NULL", "NaN", "-NaN", "Infinity", "-Infinity", "undefined", "truth", "a", "'a'",
    "é", "<null>", "*", "#", "@", "$",
)  # fmt: skip
_NUMBERS = (
    "01", "-01", "00", "1.", ".5", "-.5", "+1", "++1", "--1", "-", "+", "1e", "1e+", "1ea", "1eE2", "2.e3",
    "1.2.3", "1.2a", "0x1", "0b1", "1_000", "1x", "-x", "1@", "１", "0e", "1e99999", "-1e99999", "1e-99999",
    "0e1", "0E+1", "-0", "-0.0", "1E400", "123456789012345678901234567890", "1 000", "- 1", "9" * 5000,
    "-" + "9" * 5000,
)  # fmt: skip
_STRINGS = (
    '"', '"a', '"a\n"', '"\t"', '"\x00"', '"\x1f"', '"\x7f"', '"\\"', '"\\a"', '"\\x41"', '"\\u"',
    '"\\u12"', '"\\uqqqq"', '"\\U0041"', '"\\\x00"', '"\\\u00e9"', '"\\uD800"', '"\\uDC00"', '"\\uD800\\n"',
    '"\\uD800\\u1"', '"\\uD800\\uD800"', '"\\uDC00\\uD800"', '"\\uD83D\\uDE39"', '"\\u0000"', '"\\uFFFE"',
    '"\u2028"', '""x', '"a""b"', '"\\\\\\"', '"\U0010ffff"', '"/*a*/"',
)  # fmt: skip
_STRUCTURES = (
    "[1,]", "[,1]", "[1,,2]", "[,]", "[1 2]", "[1:2]", "[1;2]", "[1", "[1,", "[", "]", "[]]", "[][]", "[]x",
    "[}", "[[]", '{"a":1,}', '{,"a":1}', '{"a":1,,"b":2}', '{"a":1 "b":2}', '{"a"}', '{"a":}', '{"a"::1}',
    '{"a",1}', '{"a" 1}', '{"a":1', '{"a":', '{"a"', '{"a', "{", "}", "{}}", "{]", "{:1}", "{1:2}", "{a:1}",
    "{'a':1}", "{null:1}", "{[]:1}", '{"a":1}#', '{"a":1}//', '{"a":1}/', '{"a":1}/**/', '{"a":1}/**//',
    "[1/*c*/]", "[1]//c", '{"a":1,"a":2}', '{"":{}}', '{"\\u0000":1}', '{"\\uDC00":1}', "[\x0c1]",
    "[\u2060]", "[\u00a01]", "[\x00]", "[1]\x00", "\ufeff[]", "\ufeff", "<.>", "[\\u000a1]", " ", "",
    "[" * 500 + "]" * 500, "[" * 100_000, '{"a":' * 50_000, '[{"":' * 50_000,
    '{"a":' * 400 + "1" + "}" * 400,
)  # fmt: skip
_BYTES = (  # no UTF-8: cut off, too long, halves of a pair, past the last letter, other encodings
    b"\xff", b"\xc3", b"\xe2\x82", b"\x81", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xfc\x83\xbf\xbf\xbf\xbf",
    b"\xf4\x90\x80\x80", b"\xed\xa0\x80", b"\xe9", b"\\u\xe5", b"\\\xe5",
)  # fmt: skip
_WHOLE = tuple(
    f'["{name}é"]'.encode(name) for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")
)


@cache
def broken_json() -> tuple[bytes, ...]:
    """Return texts that a reader of JSON must refuse, or that few read alike, in each place."""
    places = ("{}", "[{}]", '{{"a":{}}}', "{{{}:1}}", '[{{"b":[1,{}]}}]')
    values = [*_LITERALS, *_NUMBERS, *_STRINGS]
    texts = [place.format(value) for place, value in product(places, values)]
    torn = [b'["' + data + b'"]' for data in _BYTES] + [b'{"' + data + b'":1}' for data in _BYTES]
    texts = [*texts, *_STRUCTURES]
    return (
        *(text.encode("utf-8", "surrogatepass") for text in texts),
        *torn,
        *_BYTES,
        *_WHOLE,
        b"\xef\xbb{}",
    )


def odd_json(turn: int, chance: random.Random) -> Mutant:
    """Return broken JSON: alone, on a line between two posts, or in place of a value of one."""
    bad, form = broken_json()[turn % len(broken_json())], chance.choice(forms())
    if turn < len(broken_json()):
        return Mutant(bad)
    good = form.file(form.item, chance)
    if chance.random() < 0.5:
        return Mutant(good.rstrip() + b"\n" + bad + b"\n" + form.file(form.item, chance))
    before, colon, after = good.partition(b": ")
    return Mutant(before + colon + bad + b", " + after if colon else bad + good)


MUTATORS: Mapping[str, tuple[Mutator, int]] = {  # each with how many of twenty files it makes
    "values": (odd_value, 15), "bytes": (odd_bytes, 3), "JSON": (odd_json, 2),
}  # fmt: skip


def mutants(kinds: Iterable[str], times: int) -> Iterator[Mutant]:
    """Yield so many broken files of these kinds, by their shares: always the same ones."""
    order = [kind for kind in kinds for _ in range(MUTATORS[kind][1])]
    turns = {kind: count() for kind in kinds}
    for kind in islice(cycle(order), times):
        turn = next(turns[kind])
        yield MUTATORS[kind][0](turn, random.Random(f"{kind} {turn}"))
