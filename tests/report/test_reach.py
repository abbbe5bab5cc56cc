"""Likely seen: measured where enough posts say, assumed where not, and never above the ceiling."""

import pytest

from bench import reach
from monitor.archive.values import Audience, LargestAccount, ViewedPost
from monitor.report import Seen
from monitor.report.figures.seen import likely_seen, most_of


def audience(platform: str = "x", band: int = 1, authors: int = 2, followers: int | None = 1000) -> Audience:
    return Audience(platform=platform, band=band, authors=authors, followers=followers)


def viewed(number: int, share: float, platform: str = "x", band: int = 1) -> list[ViewedPost]:
    """Return posts seen by about this share of 1,000 followers: from half of it to one and a half."""
    steps = [share * (0.5 + n / (number - 1)) for n in range(number)]
    return [
        ViewedPost(platform=platform, band=band, followers=1000, views=round(1000 * step)) for step in steps
    ]


def same(number: int, share: float, band: int = 1) -> list[ViewedPost]:
    """Return posts that are all seen by this share of 1,000 followers."""
    return [ViewedPost(platform="x", band=band, followers=1000, views=round(1000 * share))] * number


def test_nobodys_followers_known_is_no_range_and_not_zero():
    assert likely_seen([], []) is None
    assert likely_seen([audience(band=0, followers=None)], viewed(40, 0.1)) is None


@pytest.mark.parametrize("known", [0, 29])
def test_with_fewer_than_30_posts_it_is_1_to_20_percent_and_says_so(known):
    found = likely_seen([audience()], viewed(known, 0.5) if known else [])
    assert (found.low, found.high, found.measured_on, found.assumed_for) == (10, 200, 0, ("x",))


def test_with_30_posts_it_is_measured():
    found = likely_seen([audience(followers=1001)], same(30, 0.2))
    assert (found.low, found.high, found.measured_on, found.assumed_for) == (200, 201, 30, ())


def test_accounts_of_like_size_say_more_than_all_of_the_platform():
    posts = same(30, 0.2, band=1) + same(30, 0.02, band=3)
    small, large = (likely_seen([audience(band=band)], posts) for band in (1, 3))
    assert (small.low, small.high) == (200, 200)
    assert (large.low, large.high) == (20, 20)


def test_a_band_with_too_few_posts_takes_all_of_its_platform():
    few = viewed(20, 0.2, band=1) + viewed(20, 0.2, band=3)
    found = likely_seen([audience(band=2)], few)
    all_alike = likely_seen([audience(band=2)], [post._replace(band=2) for post in few])
    assert (found.low, found.high, found.measured_on) == (all_alike.low, all_alike.high, 40)
    assert 100 < found.low < 200 < found.high < 400


def width(found: Seen) -> float:
    return found.high / found.low


def test_more_accounts_make_the_range_narrower():
    few, more, many = (likely_seen([audience(authors=n)], viewed(60, 0.2)) for n in (1, 10, 1000))
    assert width(few) > 1.5 * width(more) > 1.5 * width(many) > 1.5


def test_more_posts_make_the_range_narrower():
    few, many = (likely_seen([audience(authors=500)], viewed(n, 0.2)) for n in (30, 300))
    assert width(few) - 1 > 3 * (width(many) - 1) > 0


def test_accounts_of_one_platform_share_what_is_not_known_of_its_measure():
    """Twice as many accounts do not make a measure by the same posts any surer."""
    one = likely_seen([audience(authors=10**6, followers=10**8)], viewed(60, 0.2))
    both = likely_seen(
        [audience(band=n, authors=10**6, followers=10**8) for n in (2, 3)],
        [post._replace(band=1) for post in viewed(60, 0.2)],
    )
    assert width(both) == pytest.approx(width(one), abs=0.001)


def test_of_one_account_it_is_hardly_less_than_the_least_seen_posts():
    found = likely_seen([audience(authors=1)], [*same(2, 0.002), *same(28, 0.005), *same(10, 1.0)])
    assert found.low == 5  # one post in twenty is seen by less


def test_posts_that_nobody_saw_are_a_measure():
    found = likely_seen([audience()], same(30, 0.0))
    assert (found.low, found.high, found.measured_on) == (0, 0, 30)


@pytest.mark.slow
@pytest.mark.parametrize("accounts", reach.ACCOUNTS)
@pytest.mark.parametrize("spread", reach.SPREADS)
def test_the_truth_is_in_the_range_in_nine_of_ten_cases_and_the_range_is_no_wider_than_that_needs(
    accounts, spread
):
    rules = reach.ours, reach.percentiles
    (held, wide), (_, control) = reach.coverage(rules, accounts, spread, 300, 0.05, cases=400)
    assert 0.88 <= held <= 0.985  # by 400 cases; the bench asks for 0.90 to 0.97 by more
    if accounts == 400:
        assert wide <= reach.WIDEST < control  # control: the percentiles of single posts


def test_one_account_with_most_of_the_followers_is_not_in_the_range():
    giant = LargestAccount(platform="x", handle="@giant", followers=1_500_000)
    crowd = [audience(authors=9, followers=1_400), audience(band=5, authors=1, followers=1_500_000)]
    found = likely_seen([*crowd, audience("mastodon", followers=600)], [], giant)
    assert (found.low, found.high, found.huge, found.huge_handle) == (20, 400, 1_500_000, "@giant")
    assert found.assumed_for == ("mastodon", "x")


def test_its_platform_is_not_named_where_it_is_the_only_account_there():
    giant = LargestAccount(platform="x", handle=None, followers=9_000)
    found = likely_seen([audience("mastodon"), audience(band=2, authors=1, followers=9_000)], [], giant)
    assert (found.low, found.high, found.assumed_for) == (10, 200, ("mastodon",))


@pytest.mark.parametrize(
    ("accounts", "above"),
    [
        pytest.param([audience(authors=3)], 99_999, id="nobody is huge"),
        pytest.param(
            [audience(authors=2, followers=300_000), audience(authors=1)], 150_500, id="half of all"
        ),
        pytest.param([audience(authors=2, followers=300_000)], None, id="too few accounts"),
        pytest.param([audience(authors=2), audience(band=0, followers=None)], None, id="too few are known"),
    ],
)
def test_a_huge_account_is_set_apart_with_more_than_half_of_the_followers(accounts, above):
    assert most_of(accounts) == above


def test_another_platforms_posts_say_nothing():
    found = likely_seen([audience("mastodon")], viewed(100, 0.5, "x"))
    assert (found.low, found.high, found.assumed_for) == (10, 200, ("mastodon",))


def test_measured_and_assumed_platforms_are_added_up():
    found = likely_seen([audience("x"), audience("mastodon")], same(31, 0.2))
    assert (found.low, found.high, found.assumed_for) == (210, 400, ("mastodon",))


def test_more_views_than_followers_never_go_above_the_ceiling():
    found = likely_seen([audience()], viewed(31, 5.0))
    assert (found.low, found.high) == (1000, 1000)


def test_followers_that_are_zero_are_known():
    found = likely_seen([audience(followers=0)], [])
    assert (found.low, found.high) == (0, 0)
