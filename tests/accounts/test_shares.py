"""Links for those without an account: what can be made, and when it ends."""

from datetime import timedelta

import pytest

from monitor.accounts import ShareRequest
from monitor.core.errors import AccessError
from tests.accounts.conftest import NOW


def share(accounts, **wanted):
    return accounts.share(ShareRequest(**{"name": "the MP"} | wanted), by="Ann", now=NOW)


def test_a_link_shows_what_was_wanted_and_hides_names_unless_asked(accounts):
    slug = share(accounts, shows="tone", query="period=week", sites=("https://Example.org/".lower(),))
    found = accounts.share_of(slug, NOW)
    assert (found.name, found.shows, found.query, found.sites) == (
        "the MP", "tone", "period=week", ("https://example.org",),
    )  # fmt: skip
    assert (found.handles, found.texts, found.made_by) == (False, False, "Ann")


def test_a_link_ends_after_its_days_or_when_revoked(accounts):
    usual, short = share(accounts), share(accounts, days=1)
    assert accounts.share_of(usual, NOW + timedelta(days=29, hours=23))
    assert accounts.share_of(usual, NOW + timedelta(days=30)) is None
    assert accounts.share_of(short, NOW + timedelta(days=1)) is None
    newest, oldest = accounts.shares()
    assert (newest.works(NOW), newest.works(NOW + timedelta(days=2))) == (True, False)
    accounts.revoke(oldest.id, by="Ed", now=NOW)
    assert accounts.share_of(usual, NOW) is None
    assert accounts.trail()[0].what == f"share {oldest.id}: ended"
    assert not any("the MP" in line.what for line in accounts.trail())


def test_a_link_cannot_be_read_from_the_file_or_guessed(accounts, tmp_path):
    slug = share(accounts)
    assert len(slug) >= 21  # 128 bits
    assert accounts.share_of(slug[:-1], NOW) is None
    accounts.close()
    assert slug.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_share_that_is_not_there_cannot_be_ended(accounts):
    with pytest.raises(AccessError, match="no share link with the number 9"):
        accounts.revoke(9, by="Ann", now=NOW)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"name": " "}, "Give the link a name"),
        ({"shows": "posts"}, "Choose one of: overview"),
        ({"days": 0}, "1 to 366 days"),
        ({"days": 367}, "1 to 366 days"),
        ({"sites": ("example.org",)}, "Write it as https"),
        ({"sites": ("https://a.example; script-src *",)}, "Write it as https"),
        ({"sites": ("https://*",)}, "Write it as https"),
        ({"sites": ("https://a.example/page",)}, "without a page"),
        ({"sites": ("https://a.example\r\nX: y",)}, "Write it as https"),
    ],
)
def test_what_cannot_be_shared_is_told(accounts, wanted, says):
    with pytest.raises(AccessError, match=says):
        share(accounts, **wanted)
    assert accounts.shares() == ()
