"""What the address of a post tells, for each way in which people copy one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.platform_info import IdTime, about, names
from monitor.platform_info.post_urls import pointers


def told(address):
    """Return the platform and id that an address names, or None."""
    found = [(one.platform, one.id) for one in pointers(address, names())]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://x.com/ann/status/1985000000000000000", ("x", "1985000000000000000")),
        ("https://mobile.twitter.com/i/web/status/1985000000000000000?s=20", ("x", "1985000000000000000")),
        ("https://vxtwitter.com/ann/statuses/1985000000000000000/photo/1", ("x", "1985000000000000000")),
        ("https://nitter.towns.example/ann/status/1985000000000000000#m", ("x", "1985000000000000000")),
        ("https://music.youtube.com/watch?v=dQw4w9WgXcQ", ("youtube", "dQw4w9WgXcQ")),
        ("https://x.com/ann", None),
        ("https://notx.com/ann/status/19850000000000000", None),
        ("https://bsky.app/profile/ann.example/post/3lmade2up2222", ("bluesky", "3lmade2up2222")),
        ("https://bsky.app/profile/did:plc:abc/post/3lmade2up2222", ("bluesky", "3lmade2up2222")),
        ("https://towns.example/@ann/115446932983219999", ("mastodon", "115446932983219999")),
        ("https://towns.example/@ann@far.example/115446932983219999", ("mastodon", "115446932983219999")),
        ("https://towns.example/users/ann/statuses/115446932983219999", ("mastodon", "115446932983219999")),
        ("https://lemmy.example/post/123", ("lemmy", "123")),
        ("https://lemmy.example/comment/9", ("lemmy", "9")),
        ("https://old.reddit.com/r/london/comments/1abcde/a_title/", ("reddit", "1abcde")),
        ("https://redd.it/1abcde", ("reddit", "1abcde")),
        ("https://www.reddit.com/r/london/comments/1abcde/a_title/k2345/", None),  # a comment
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", ("youtube", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ", ("youtube", "dQw4w9WgXcQ")),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", ("youtube", "dQw4w9WgXcQ")),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", ("youtube", "dQw4w9WgXcQ")),
        ("https://towns.tumblr.com/post/712345678/hello", ("tumblr", "712345678")),
        ("https://www.tumblr.com/towns/712345678/hello", ("tumblr", "712345678")),
        ("https://www.threads.com/@ann/post/DAbc-_1", ("threads", "DAbc-_1")),
        ("https://www.instagram.com/ann/reel/DAbc-_1/?igsh=x", ("instagram", "DAbc-_1")),
        ("  HTTPS://X.com/ann/status/5  ", ("x", "5")),
        ("https://x.com/ann/status/٣٤٥", None),
        ("javascript:x.com/ann/status/5", None),
        ("https://x.com:bad/ann/status/5", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_an_address_names_its_post(address, expected):
    assert told(address) == expected


def test_the_time_in_an_id_is_the_platform_s():
    # https://docs.x.com/fundamentals/x-ids, https://atproto.com/specs/tid: the first ids that there could be
    [x] = pointers(f"https://x.com/a/status/{1 << 22}", names())
    assert x.written_at == datetime(2010, 11, 4, 1, 42, 54, 658000, UTC)
    [bluesky] = pointers("https://bsky.app/profile/a.example/post/2222222222322", names())
    assert bluesky.written_at == datetime(1970, 1, 1, 0, 0, 0, 1, UTC)
    [mastodon] = pointers(f"https://towns.example/@a/{1_700_000_000_000 << 16}", names())
    assert mastodon.written_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_control_with_other_bits_the_time_is_another():
    rule = about("x").post
    assert rule.time == IdTime(per_second=1000, bits=22, since_ms=1288834974657)
    [x] = pointers(f"https://x.com/a/status/{1 << 23}", names())
    assert x.written_at != datetime(2010, 11, 4, 1, 42, 54, 658000, UTC)


@pytest.mark.slow
@given(
    st.text(max_size=60),
    st.sampled_from(["", "https://", "https://x.com/a/status/", "https://bsky.app/profile/"]),
)
def test_whatever_is_typed_it_is_no_fault(text, before):
    for one in pointers(before + text, names()):
        assert one.id in before + text
