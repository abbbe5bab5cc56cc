"""Questions about a few posts are answered as by the plain SQL that takes longer."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from monitor.archive import Archive, stats
from monitor.archive.events import TrackWord
from monitor.archive.posts import comparable
from monitor.archive.posts.comparable import ComparablePosts
from monitor.archive.schema.rollups import band
from monitor.archive.values import AuthorCount, Scope
from monitor.core.clock import stamp
from monitor.core.model import Author, Query
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

_HAS = """iif(w.value ->> 0 = 'tag', EXISTS (SELECT 1 FROM post_terms x JOIN terms t ON t.id = x.term_id
  WHERE x.post_id = p.id AND t.kind = 'tag' AND t.term = w.value ->> 1),
  instr(lower(ifnull(p.text, '')), w.value ->> 1) > 0)"""
_OLD_WORDS = f"""SELECT p.id, p.day, m.series, p.author_id,
    (SELECT w.value ->> 2 FROM json_each(:changed) w WHERE {_HAS}) AS word
  FROM posts p JOIN post_series m ON m.post_id = p.id
  WHERE m.series IN ({{ids}}) AND p.day >= :since AND p.day < :until AND word IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM json_each(:lasting) w WHERE {_HAS}) ORDER BY p.id, m.series"""
_LAST = "SELECT d.followers FROM author_days d WHERE d.series = b.series AND d.author_id = b.author_id"
_OLD_BRIDGES = f"""SELECT series, {band("followers")} AS band, count(*), sum(ifnull(followers, 0))
  FROM (SELECT series, ({_LAST} AND d.day BETWEEN :first AND :last ORDER BY d.day DESC LIMIT 1) AS followers
    FROM (SELECT DISTINCT m.series, p.author_id FROM posts p JOIN post_series m ON m.post_id = p.id
      WHERE p.copy_of IS NOT NULL AND p.day >= :since AND p.day < :until AND m.series IN ({{ids}})
        AND EXISTS (SELECT 1 FROM posts o JOIN post_series n ON n.post_id = o.id WHERE o.message = p.message
          AND o.copy_of IS NULL AND o.day >= :since AND o.day < :until AND n.series IN ({{ids}}))) b)
  GROUP BY 1, 2"""
_OLD_CROWD = """SELECT count(*), count(followers), ifnull(sum(followers), 0) FROM (
  SELECT DISTINCT d.series, d.author_id, (SELECT l.followers FROM author_days l WHERE l.series = d.series
    AND l.author_id = d.author_id AND l.day BETWEEN :first AND :last ORDER BY l.day DESC LIMIT 1) AS followers
  FROM author_days d WHERE d.series IN ({ids}) AND d.day BETWEEN :first AND :last)"""
_TAGS = ("old", "new", "other")
_WORDS = tuple(TrackWord(kind, word, None, None) for kind in ("tag", "phrase") for word in (*_TAGS, "none"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Yield an archive of days whose posts have words by chance, and copies by bridges for some of them."""
    chance = random.Random(5)
    with opened(tmp_path_factory.mktemp("words")) as archive:
        archive.history.save_words(Query(track="crime", tags=("old",), phrases=("new",)), NOON)
        for number in range(240):
            at = NOON + timedelta(hours=chance.randrange(24 * 20))
            tags = frozenset(tag for tag in _TAGS if chance.random() < 0.4)
            text = " ".join(["Post", str(number), *(tag.title() for tag in _TAGS if chance.random() < 0.2)])
            writer = Author(
                id=f"did{number % 40}", handle=f"w{number % 40}.example", followers=number * 97 % 4_000
            )
            post = a_post(
                id=f"{number}", platform="bluesky", url=f"https://one.example/{number}", author=writer,
                text=text, tags=tags, created_at=at,
            )  # fmt: skip
            bridge = replace(writer, id=f"b{number % 40}", followers=chance.choice((None, number)))
            copy = replace(
                post, platform="mastodon", id=f"copy {number}", url=f"https://two.example/{number}",
                author=bridge, copy_of=post.url, created_at=at + timedelta(hours=chance.choice((0, 1, 30))),
            )  # fmt: skip
            saved(archive, a_page(post, *[copy] * (number % 3 == 0)), now=copy.created_at)
        at = NOON + timedelta(days=3)
        saved(
            archive, a_page(a_post(author=Author(id=""), copy_of="https://one.example/none", created_at=at))
        )
        archive.history.save_words(
            Query(track="crime", tags=(*_TAGS, "none"), phrases=(*_TAGS, "none")), NOON
        )
        yield archive


def windows(counts: stats.Stats) -> list[Scope]:
    """Return some days, on both platforms and on one."""
    platforms = frozenset[str](), frozenset({"mastodon"})
    days = [(NOON + timedelta(days=n)).date() for n in range(22)]
    return [
        counts.scope("crime", first, last, some)
        for first, last in ((days[0], days[-1]), (days[3], days[9]), (days[5], days[5]))
        for some in platforms
    ]


@pytest.mark.heavy
@pytest.mark.parametrize("scanned", [0, 10**6], ids=["by their tags", "by their days"])
def test_posts_of_words_are_those_of_the_plain_sql(archive: Archive, monkeypatch, scanned):
    monkeypatch.setattr(comparable, "SCANNED", scanned)
    ask: ComparablePosts = archive.comparable
    numbers = set()
    for scope in windows(archive.stats):
        for changed in permutations(_WORDS, 2):
            for lasting in ((), _WORDS[:1], (_WORDS[2], _WORDS[5])):
                words = {
                    key: json.dumps([(word.kind, word.word, str(word)) for word in some])
                    for key, some in (("changed", changed), ("lasting", lasting))
                }
                plain = archive.stats.rows(scope, _OLD_WORDS, **words)
                posts = ask.by_words(scope, changed, lasting)
                assert sorted((*post[:4], post.reason) for post in posts) == plain
                assert ask.number_by_words(scope, changed, lasting) == len(plain)
                numbers.add(len(plain))
    assert len(numbers) > 50  # the control: the words differ


def test_bridged_accounts_are_taken_from_people_as_by_the_plain_sql(archive: Archive):
    bridged = 0
    for scope in windows(archive.stats):
        less = archive.stats.rows(scope, _OLD_BRIDGES)
        [everyone] = archive.stats.rows(scope, _OLD_CROWD)
        people = AuthorCount.of(archive.stats.audience(scope))
        assert people.authors == everyone[0] - sum(row[2] for row in less)
        assert people.followers_known == everyone[1] - sum(row[2] for row in less if row[1])
        assert people.followers == everyone[2] - sum(row[3] for row in less)
        bridged += len(less)
    assert bridged > 5  # the control


def test_a_bridged_post_without_a_writer_takes_nobody_from_the_people(tmp_path):
    with opened(tmp_path) as archive:
        original = a_post(id="1", by="ann")
        nameless = a_post(platform="bluesky", id="2", url=None, author=Author(id=""), copy_of=original.url)
        saved(archive, a_page(original, nameless))
        whole = archive.stats.scope("crime", NOON.date(), NOON.date())
        assert archive.db.number("SELECT count(*) FROM bridges") == 1  # the control
        for scope in (whole, replace(whole, is_whole=False)):
            assert AuthorCount.of(archive.stats.audience(scope)).authors == 1


def test_people_without_some_posts_are_those_of_the_rest(archive: Archive):
    [scope, *_] = windows(archive.stats)
    sql = "SELECT id, day, series, author_id FROM posts JOIN post_series ON post_id = id WHERE id % 4 > 0"
    out = {row[0]: row[1:] for row in archive.db.execute(sql)}
    rest = "SELECT count(DISTINCT author_id) FROM posts WHERE id % 4 = 0"
    people = archive.comparable.crowd(scope, out)
    assert people.authors == archive.db.execute(rest).fetchone()[0]
    kept = """SELECT count(followers), sum(followers) FROM (SELECT (SELECT d.followers FROM author_days d
      WHERE d.author_id = a.author_id ORDER BY d.day DESC LIMIT 1) AS followers
      FROM (SELECT DISTINCT author_id FROM posts WHERE id % 4 = 0) a)"""
    assert people[1:] == archive.db.execute(kept).fetchone()
    assert people.authors < archive.stats.everyone(scope).authors  # the control


@pytest.mark.parametrize("rare", [0, 10**6], ids=["by who wrote", "by the time"])
def test_posts_between_two_times_are_those_of_the_plain_sql(archive: Archive, monkeypatch, rare):
    monkeypatch.setattr(comparable, "_RARE", rare)
    plain = """SELECT p.id, p.day, m.series, p.author_id FROM posts p JOIN post_series m ON m.post_id = p.id
      JOIN series s ON s.id = m.series WHERE p.copy_of IS NULL AND s.platform = ?
      AND p.created_unix >= unixepoch(?) AND p.created_unix < unixepoch(?)"""
    begin, numbers = NOON + timedelta(days=2, hours=11.5), set()
    saved(archive, a_page(a_post(id="nobody's", author=Author(id=""), created_at=begin + timedelta(hours=1))))
    for platform in ("bluesky", "mastodon"):
        for hours in (1, 24, 30, 100):
            times = [(platform, begin, begin + timedelta(hours=hours)), ("none", begin, NOON)]
            posts = archive.comparable.between(windows(archive.stats)[0], times)
            rows = archive.db.execute(plain, [platform, *map(stamp, times[0][1:])])
            assert {key: post[:3] for key, post in posts.items()} == {row[0]: row[1:] for row in rows}
            numbers.add(len(posts))
    assert len(numbers) > 4  # the control


@pytest.mark.heavy
def test_a_day_of_a_rare_platform_is_come_by_without_the_posts_of_others(tmp_path):
    with opened(tmp_path) as archive:
        others = (a_post(id=f"{n}", platform="bluesky", by=f"b{n}") for n in range(300))
        saved(archive, a_page(a_post(), *others))
        scope = archive.stats.scope("crime", NOON.date(), NOON.date())
        steps = []
        for hours in (24, 23):  # the second is the control
            taken, time = [0], ("mastodon", NOON - timedelta(hours=12), NOON + timedelta(hours=hours - 12))
            archive.db.conn.set_progress_handler(lambda taken=taken: taken.append(0), 10)
            assert len(archive.comparable.between(scope, [time])) == 1
            archive.db.conn.set_progress_handler(None, 0)
            steps.append(len(taken))
    assert steps[0] * 5 < steps[1]


@pytest.mark.heavy
def test_copies_without_some_posts_are_those_of_the_rest(tmp_path):
    chance, numbers = random.Random(7), set()
    rows = "FROM copies WHERE bridge IS NULL AND series IN ({ids}) AND day BETWEEN :first AND :last"
    plain = f"SELECT count(*) - count(DISTINCT message) {rows} AND post_id NOT IN {comparable._THESE}"
    with opened(tmp_path) as archive:
        for number in range(200):
            at, platform = NOON + timedelta(hours=2.5 * number), chance.choice(("bluesky", "mastodon"))
            saved(archive, a_page(a_post(id=f"{number}", by=f"s{number}", platform=platform, created_at=at)))
        archive.db.execute("UPDATE posts SET message = 1 + id % 60")
        for scope in windows(archive.stats):
            ids = [post for (post,) in archive.stats.rows(scope, f"SELECT post_id {rows}")]
            for part in (0, 0.2, 0.6, 1):
                out = {post for post in ids if chance.random() < part}
                [(rest,)] = archive.stats.rows(scope, plain, these=json.dumps([*out]))
                assert archive.comparable.copies(scope, out) == rest
                numbers.add(rest)
    assert len(numbers) > 8  # the control


@pytest.mark.parametrize(
    ("sql", "step", "times"),
    [
        pytest.param(stats._BRIDGES, "author_days_by_author", 1, id="followers of bridged accounts"),
        pytest.param(comparable._ABSENT, "author_days_by_author", 2, id="people that are left out"),
        pytest.param(comparable._BY_TAGS, "MATERIALIZE ", 2, id="ids of hashtags"),
    ],
)
def test_what_is_looked_up_once_is_not_looked_up_for_each_use(archive: Archive, sql, step, times):
    [scope, *_] = windows(archive.stats)
    values = dict.fromkeys(("changed", "lasting"), "[]") | {"posts": "{}", "of": 1}
    plan = archive.stats.rows(scope, f"EXPLAIN QUERY PLAN {sql}", **values)
    assert sum(step in row[3] for row in plan) == times


def test_bridged_posts_of_each_day_are_those_of_the_plain_sql(archive: Archive):
    plain = (
        "SELECT p.day, m.series, count(*) FROM posts p JOIN post_series m ON m.post_id = p.id"
        " WHERE copy_of IS NOT NULL AND p.day >= :since AND p.day < :until AND series IN ({ids})"
        " GROUP BY 1, 2"
    )
    numbers = set()
    for scope in windows(archive.stats):
        bridged = Counter[tuple[str, int]]()
        for day, series, posts in archive.comparable.bridged(scope):
            bridged[day, series] += posts
        assert bridged == {row[:2]: row[2] for row in archive.stats.rows(scope, plain)}
        numbers.add(bridged.total())
        ids = f"SELECT p.id FROM posts p {plain.split('posts p ')[1].replace(' GROUP BY 1, 2', '')}"
        assert archive.comparable.bridged_ids(scope) == {row[0] for row in archive.stats.rows(scope, ids)}
    assert len(numbers) > 2  # the control
