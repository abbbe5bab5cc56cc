"""Likely seen: measured where enough posts say, assumed where not, and never above the ceiling."""

import pytest

from monitor.archive.values import Audience, ViewedPost
from monitor.report.figures.seen import likely_seen


def audience(platform: str = "x", band: int = 1, authors: int = 2, followers: int | None = 1000) -> Audience:
    return Audience(platform=platform, band=band, authors=authors, followers=followers)


def viewed(number: int, share: float, platform: str = "x", band: int = 1) -> list[ViewedPost]:
    """Return posts seen by about this share of 1,000 followers: from half of it to one and a half."""
    steps = [share * (0.5 + n / (number - 1)) for n in range(number)]
    return [
        ViewedPost(platform=platform, band=band, followers=1000, views=round(1000 * step)) for step in steps
    ]


def test_nobodys_followers_known_is_no_range_and_not_zero():
    assert likely_seen([], []) is None
    assert likely_seen([audience(band=0, followers=None)], viewed(40, 0.1)) is None


@pytest.mark.parametrize("known", [0, 29])
def test_with_fewer_than_30_posts_it_is_1_to_20_percent_and_says_so(known):
    found = likely_seen([audience()], viewed(known, 0.5) if known else [])
    assert (found.low, found.high, found.measured_on, found.assumed_for) == (10, 200, 0, ("x",))


def test_with_30_posts_it_is_their_10th_to_90th_percentile():
    found = likely_seen([audience()], viewed(31, 0.2))
    assert (found.low, found.high, found.measured_on, found.assumed_for) == (120, 280, 31, ())


def test_accounts_of_like_size_say_more_than_all_of_the_platform():
    posts = viewed(31, 0.2, band=1) + viewed(31, 0.02, band=3)
    small, large = (likely_seen([audience(band=band)], posts) for band in (1, 3))
    assert (small.low, small.high) == (120, 280)
    assert (large.low, large.high) == (12, 28)


def test_the_range_is_rounded_away_from_its_middle():
    found = likely_seen([audience(followers=1001)], viewed(31, 0.02))
    assert (found.low, found.high) == (12, 29)


def test_a_band_with_too_few_posts_takes_all_of_its_platform():
    found = likely_seen([audience(band=2)], viewed(20, 0.2, band=1) + viewed(20, 0.2, band=3))
    assert (found.low, found.high) == (120, 280)
    assert found.measured_on == 40


def test_another_platforms_posts_say_nothing():
    found = likely_seen([audience("mastodon")], viewed(100, 0.5, "x"))
    assert (found.low, found.high, found.assumed_for) == (10, 200, ("mastodon",))


def test_measured_and_assumed_platforms_are_added_up():
    found = likely_seen([audience("x"), audience("mastodon")], viewed(31, 0.2))
    assert (found.low, found.high, found.assumed_for) == (130, 480, ("mastodon",))


def test_more_views_than_followers_never_go_above_the_ceiling():
    found = likely_seen([audience()], viewed(31, 5.0))
    assert (found.low, found.high) == (1000, 1000)


def test_followers_that_are_zero_are_known():
    found = likely_seen([audience(followers=0)], [])
    assert (found.low, found.high) == (0, 0)
