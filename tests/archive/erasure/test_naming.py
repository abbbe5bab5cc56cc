"""What names somebody, by names that are known and by hashes of them alike."""

from dataclasses import replace
from random import Random

import pytest

from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.naming import MASK, is_beginning, is_in_item, mask
from monitor.archive.erasure.tombstones import Tombstones

ANN = DataSubject(
    "mastodon", "https://towns.example/@ann-", "ann-@towns.example", "Ann Quillbury",
    frozenset({"ann-.blogs.example", "towns.example/@ann-"}),
)  # fmt: skip
HASHED = Tombstones().adding(ANN.names)

TEXTS = {  # what is written, and what is left of it
    "a mention that ends with a hyphen": ("ask @ann- about it", f"ask @{MASK} about it"),
    "a possessive": ("@ann-'s view", f"@{MASK} view"),
    "a site of their own": ("see ann-.blogs.example and go", f"see {MASK} and go"),
    "a site of their own, in capitals": ("HTTPS://ANN-.BLOGS.EXAMPLE/x", MASK),
    "two addresses": ("https://towns.example/@ann-/1 https://b.example/", f"{MASK} https://b.example/"),
    "in quotation marks": ('"@ann-"', f'"@{MASK}"'),
    "somebody else": ("@anna, @ann.b and towns.example", "@anna, @ann.b and towns.example"),
    "a fraction": ("1/77 of us, 2/3 of them", "1/77 of us, 2/3 of them"),
    "a mail address": ("write to ann-@other.example", "write to ann-@other.example"),
}


@pytest.mark.parametrize("names", [ANN.names, HASHED], ids=["known", "hashed"])
@pytest.mark.parametrize(("text", "after"), TEXTS.values(), ids=TEXTS.keys())
def test_known_and_hashed_names_mask_alike(names, text, after):
    masked = ANN.mask(text) if names is ANN.names else HASHED.mask(text, "mastodon")
    assert masked == after


@pytest.mark.parametrize("names", [ANN.names, HASHED], ids=["known", "hashed"])
def test_items_and_addresses_are_known_by_both(names):
    assert is_in_item('{"account": {"acct": "ANN-"}}', "mastodon", names)
    assert not is_in_item('{"account": {"acct": "ann-"}}', "bluesky", names)
    assert is_beginning("https://www.towns.example/%40ann-/7", names)
    assert not is_beginning("https://towns.example/@ann-b/7", names)


@pytest.mark.parametrize("text", [
    "x.com/search?q=from:rose", "https://x.com/search?q=(from%3ARose)%20since:2026-11-01&f=live",
    "https://twitter.com/search?q=survey+from:rose+OR+to:@rose", "https://x.com/search?q=survey%20to%3Arose",
])  # fmt: skip
@pytest.mark.parametrize("platform", ["x", "mastodon"])
def test_an_address_that_searches_for_somebodys_posts_names_them(text, platform):
    for names in (PEOPLE["x"].names, Tombstones().adding(PEOPLE["x"].names)):
        assert mask(f"see {text} !", platform, names) == f"see {MASK} !"
        other = text.lower().replace("rose", "rosemary")
        assert mask(f"see {other} !", platform, names) == f"see {other} !"
    assert mask("From:Rose with love", "mastodon", PEOPLE["x"].names) == "From:Rose with love"


def test_a_text_of_nothing_but_dots_and_signs_is_read_in_a_moment():
    for text in ("a." * 20_000, "@" * 20_000, "-" * 20_000, "a-" * 20_000, "x/" * 20_000, "@a'" * 9000):
        assert ANN.mask(text) == text


PEOPLE = {
    "x": DataSubject("x", "77889900", "Rose", "Rose", frozenset({"x.com/rose"})),
    "youtube": DataSubject("youtube", "UCabcdefgh7", "ਗੁਰਪ੍ਰੀਤ", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"),
    "reddit": DataSubject("reddit", "dagen_ham7", "dagen_ham7"),
    "bluesky": DataSubject("bluesky", "did:plc:abcdefgh1234", "hope.bsky.social", "Hope"),
    "threads": DataSubject("threads", "ann", "ann"),
    "mastodon": DataSubject("mastodon", "https://towns.example/users/1", "Siân.Ll_7@towns.example"),
    "tumblr": DataSubject("tumblr", "t:1", "rose-hope"),
    "instagram": DataSubject("instagram", "ann.q", "ann.q"),
    "facebook": DataSubject("facebook", "100001234", "ann.quill.9"),
    "tiktok": DataSubject("tiktok", "annquill", "annquill"),
    "linkedin": DataSubject("linkedin", "ann-quill", "ann-quill"),
}
THEIRS = {
    "x": (
        "twitter.com/Rose", "https://mobile.twitter.com/rose/status/1", "asking 问@rose 吧",
        "https://fxtwitter.com/rose/status/1", "vxtwitter.com/Rose", "https://fixupx.com/rose/status/1",
        "https://nitter.poast.org/rose", "https://x.com/i/user/77889900", "cc @rose@twitter.com",
        "https://twitter.com/intent/user?user_id=77889900", "https://x.com/intent/follow?screen_name=rose", "https://a.example/web/2026/https://x.com/rose",
    ),
    "youtube": (
        "ask @ਗੁਰਪ੍ਰੀਤ now", "https://youtube.com/@ਗੁਰਪ੍ਰੀਤ/videos", "m.youtube.com/channel/UCabcdefgh7",
        "https://m.youtube.com/ਗੁਰਪ੍ਰੀਤ",
    ),
    "reddit": (
        "old.reddit.com/user/Dagen_Ham7.json", r"thanks u/dagen\_ham7", "https://reddit.com/u/dagen_ham7",
        "https://sh.reddit.com/user/dagen_ham7",
    ),
    "bluesky": (
        "https://bsky.app/profile/hope.bsky.social/post/3", "at://did:plc:abcdefgh1234/app.bsky.feed.post/3",
        "https://bsky.brid.gy/ap/did:plc:abcdefgh1234", "https://in.example/?to=%2540hope.bsky.social",
        "on the fediverse: @hope.bsky.social@bsky.brid.gy",
    ),
    "threads": ("https://www.threads.com/@ann/post/9", "threads.com/@ann. Next", "@ann@threads.net says"),
    "mastodon": (
        "https://other.example/@Siân.Ll_7@towns.example/123", "mail siân.ll_7@towns.example",
        "acct:siân.ll_7@towns.example", "https://towns.example/web/@siân.ll_7",
        "https://bsky.app/profile/siân.ll_7.towns.example.ap.brid.gy", "@siân.ll_7.towns.example.ap.brid.gy",
    ),
    "tumblr": ("https://rose-hope.tumblr.com/post/1", "tumblr.com/blog/view/rose-hope"),
    "instagram": ("https://www.instagram.com/ann.q/", "instagram.com/stories/ann.q/1", "@ann.q@threads.net"),
    "facebook": ("https://m.facebook.com/ann.quill.9", "facebook.com/profile.php?id=100001234&x=1"),
    "tiktok": ("https://www.tiktok.com/@annquill/video/1", "see @annquill"),
    "linkedin": (
        "https://linkedin.com/posts/ann-quill_no-more-activity-7-ab", "linkedin.com/in/ann-quill/",
        "https://uk.linkedin.com/in/ann-quill",
    ),
}  # fmt: skip
OTHERS = {
    "x": (
        "x.com/rosebud",
        "https://x.com/hashtag/rose",
        "https://news.example/rose",
        "a rose by x.com/i/rose",
        "https://x.com/i/user/778899001",
        "https://fxtwitter.com/rosebud",
        "https://nitter.example/x/rose",
        "@rose@threads.net",
    ),
    "youtube": ("@ਗੁਰਪ੍ਰੀਤਾ", "https://youtube.com/@ਗੁਰਪ੍ਰੀ"),
    "reddit": ("https://reddit.com/r/dagen_ham7", r"u/dagen\_ham70", "r/dagen_ham7", "/r/dagen_ham7"),
    "bluesky": ("@hope", "https://bsky.app/profile/hope.bsky.example", "hope.bsky.social.example/x"),
    "threads": ("https://www.threads.com/@ann.q_1", "threads.com/@ann_q", "@ann@threads.example"),
    "mastodon": ("https://other.example/@siân.ll_7", "siân.ll_7@towns.example.org"),
    "linkedin": ("https://www.linkedin.com/posts/ann-quill-2_no-more-activity-7001-ab",),
    "tumblr": ("https://rose-hope-2.tumblr.com/", "https://tumblr.com/tagged/rose-hope"),
}


@pytest.mark.parametrize(("platform", "text"), [(on, text) for on in THEIRS for text in THEIRS[on]])
def test_each_way_in_which_a_platform_names_somebody_is_masked_by_names_and_by_hashes(platform, text):
    person = PEOPLE[platform]
    for masked in (person.mask(text), Tombstones().adding(person.names).mask(text, platform)):
        assert MASK in masked
        assert not any(name in masked.casefold() for name in (person.user, person.native_id.casefold()))


@pytest.mark.parametrize(("platform", "text"), [(on, text) for on in OTHERS for text in OTHERS[on]])
def test_what_is_only_like_a_name_of_theirs_stays(platform, text):
    assert PEOPLE[platform].mask(text) == text


WORDS = {  # a handle that is a word of addresses too: platform, own post, another's address, and theirs
    "watch": ("youtube", "youtube.com/watch?v=1", "m.youtube.com/watch?v=abc", "youtube.com/@watch"),
    "shorts": ("youtube", "youtube.com/shorts/1", "youtube.com/shorts/2", "youtube.com/user/shorts"),
    "groups": ("facebook", "facebook.com/groups/1/posts/2", "facebook.com/groups/9", "@groups"),
    "search": ("x", "x.com/search/status/1", "https://twitter.com/search?q=a", "x.com/i/user/12"),
    "reel": ("instagram", "instagram.com/reel/1", "instagram.com/reel/2", "instagram.com/stories/reel"),
    "t": ("threads", "threads.net/t/abcde", "https://www.threads.net/t/12345", "threads.net/@t/post/1"),
    "london": ("reddit", "reddit.com/r/london/comments/1", "old.reddit.com/r/london", "reddit.com/u/london"),
    "old": ("reddit", "old.reddit.com/r/a/comments/1", "https://old.reddit.com/r/b", "u/old"),
    "s": ("telegram", "t.me/s/1", "https://t.me/s/channel", "t.me/s/s"),
    "tagged": ("tumblr", "tumblr.com/tagged/1", "tumblr.com/tagged/crime", "tagged.tumblr.com/post/1"),
    "post@a.example": ("lemmy", "a.example/post/1", "a.example/post/2", "https://a.example/u/post"),
    "users@a.example": ("mastodon", "a.example/users/users", "a.example/users/bob", "a.example/@users"),
}  # fmt: skip


@pytest.mark.parametrize(("handle", "case"), WORDS.items(), ids=WORDS)
def test_a_handle_that_is_a_word_of_addresses_names_somebody_only_where_a_handle_stands(handle, case):
    platform, own, others, theirs = case
    person = DataSubject(platform, "12", handle)
    person = replace(person, addresses=frozenset(person.begins(f"https://{own}")))
    hashed = Tombstones().adding(person.names)
    for mask_of in (person.mask, lambda text: hashed.mask(text, platform)):
        assert mask_of(f"see {others} there") == f"see {others} there"
        assert MASK in mask_of(theirs)
    assert not hashed.is_theirs(others)  # and so others' posts still come


PARTS = (
    "@ann-", "@ANN-", "ann-", "#ann", "https://towns.example/@ann-", "ann-.blogs.example", "&#64;ann-",
    "@ann%2D", "%40ann-", "\uff20ann-", "@\U0001d41a\U0001d427\U0001d427-", "@bob", "\u2019s", ".", "/", "_",
    "a", " ", "\n", "\u00a0", "\u2028",
)  # fmt: skip


@pytest.mark.heavy
def test_a_text_is_masked_alike_whether_the_words_of_the_names_are_known_or_not():
    chance = Random(7)
    texts = ["".join(chance.choices(PARTS, k=chance.randint(1, 9))) for _ in range(1000)]
    assert sum(MASK in ANN.mask(text) for text in texts) > 300
    assert [text for text in texts if ANN.mask(text) != mask(text, "mastodon", ANN.names)] == []
