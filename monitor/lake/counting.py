"""The posts of all offices in a lake, counted bucket by bucket, by this process or by many."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_SH
from itertools import chain
from tempfile import TemporaryDirectory

import dask
import duckdb
from distributed import Client, LocalCluster

from monitor import COMMAND
from monitor.archive.posts.lake import LakeCounts, Rows
from monitor.archive.schema.rollups import counted_by
from monitor.core.errors import ArchiveError
from monitor.core.messages import first_of
from monitor.core.model import Tone
from monitor.lake import BUCKETS, Lake
from monitor.lake.adding import BUCKET, opened
from monitor.report.wording import quantity

Task = tuple[list[str], str, int, str]
Run = Callable[[Sequence[Task]], Sequence[str]]

# What the archive's own SQL counts from. A post that several offices have is one: as the office has it that
# read it last, with the followers of its first sight, as in one archive that had met it everywhere.
_VIEWS = {
    "posts": """
      SELECT * REPLACE (arg_min(w.followers, w.seen_unix) OVER same AS followers,
          flatten(list(w.tracks) OVER same) AS tracks,
          format('{:012d} {}', min(w.seen_unix) OVER same, post) AS id),
        platform || ' ' || author AS author_id, nullif(is_copy, 0) AS copy_of
      FROM rows w WINDOW same AS (PARTITION BY platform, post)
      QUALIFY row_number() OVER (PARTITION BY platform, post ORDER BY read_unix DESC, filename) = 1""",
    "post_series": "SELECT DISTINCT id AS post_id, unnest(tracks) || ' ' || platform AS series FROM posts",
    "post_terms": "SELECT DISTINCT id AS post_id, unnest(terms) AS term_id FROM posts",
    "authors": """
      SELECT platform || ' ' || author AS id, platform, author AS native_id, min(seen_unix) AS since,
        arg_max(followers, read_unix) AS followers, arg_max(handle, read_unix) AS handle,
        arg_max(name, read_unix) AS name, arg_max(url, read_unix) AS url FROM rows GROUP BY ALL""",
    "messages": """
      SELECT p.id, r.is_copy, regexp_extract(r.filename, '[0-9a-f]{16}-') || r.message AS message
      FROM rows r JOIN posts p USING (platform, post) WHERE r.message IS NOT NULL""",
    "terms": "SELECT term_id AS id, min(post_id) AS since FROM post_terms GROUP BY ALL",
}
# Posts that offices know by other writers, or by none, and that would not meet: as first met.
_STRAYS = """
  SELECT * EXCLUDE bucket REPLACE (arg_min(w.author, w.seen_unix) OVER same AS author)
  FROM read_parquet(?, filename = true) w WINDOW same AS (PARTITION BY platform, post)
  QUALIFY min(w.author) OVER same <> max(w.author) OVER same"""
_NUMBERS = "likes, reposts, replies, quotes, engagement, views, followers"
# What holds of each post that this program writes: another office's file may be damaged, or made to harm.
_UNSOUND = f"""
  SELECT filename FROM read_parquet(?, filename = true) WHERE NOT ifnull(bucket = {BUCKET}
    AND ifnull(tone IN {(*map(str, Tone),)}, true) AND regexp_full_match(platform, '[a-z0-9_-]+')
    AND try_cast(day AS DATE) IS NOT NULL AND starts_with(hour, day)
    AND regexp_full_match(hour, '.{{10}}T([01]\\d|2[0-3])[-+][\\d:]+')
    AND regexp_full_match(array_to_string(tracks, '-'), '([a-z0-9]+-)*[a-z0-9]+')
    AND ifnull(least({_NUMBERS}) >= 0 AND greatest({_NUMBERS}) < 1e15, true), false) LIMIT 1"""
_COUNTED = ("hours", "author_days", "author_totals", "days", "spans", "term_days")
_NUMBERED = {  # in about the order in which one archive would have met them
    "series": "SELECT DISTINCT series, split_part(series, ' ', 1) AS track, split_part(series, ' ', 2) AS"
    " platform, series AS since, dense_rank() OVER (ORDER BY track) AS track_id FROM ({days})",
    "author_id": "SELECT id AS author_id, * EXCLUDE id FROM ({authors})",
    "term_id": "SELECT id AS term_id, min(since) AS since FROM ({terms}) GROUP BY ALL",
}
_JOINED = "FROM joined j JOIN post_series m ON m.post_id = j.id JOIN series_ids s USING (series)"
_NAMES = {  # of what is numbered: a table of the archive, its columns, and what they are here
    "tracks": "SELECT DISTINCT track_id AS id, track AS name FROM series_ids",
    "series": "SELECT n AS id, track_id, platform FROM series_ids",
    "authors": "SELECT n AS id, platform, native_id, handle, name, url, followers FROM author_id_ids",
    "terms": "SELECT n AS id, split_part(term_id, ' ', 1) AS kind, substr(term_id, strpos(term_id, ' ') + 1)"
    " AS term FROM term_id_ids",
    # Accounts that a bridge made are told from people by posts: these come along, and those that they repeat.
    "posts": "SELECT j.n AS id, p.platform, post AS native_id, a.n AS author_id, created_unix, utc_offset,"
    " kind, p.followers, likes, reposts, replies, quotes, views, seen_unix, j.message,"
    " if(j.is_copy > 0, '', NULL) AS copy_of FROM joined j JOIN posts p USING (id)"
    " JOIN author_id_ids a USING (author_id) WHERE has_copy",
    "post_series": f"SELECT j.n AS post_id, s.n AS series {_JOINED} WHERE has_copy",
    "copies": f"SELECT s.n AS series, CAST(replace(j.day, '-', '') AS INTEGER) AS day, j.message,"
    f" j.n AS post_id, if(j.is_copy > 0, a.n, NULL) AS bridge {_JOINED}"
    " JOIN posts p ON p.id = j.id JOIN author_id_ids a USING (author_id)",
}
_PATIENT = {  # however often a worker dies, and however long it takes to start again
    "distributed.scheduler.allowed-failures": 1000,
    "distributed.deploy.lost-worker-timeout": "1 hour",
}
_KEYS = {*_NUMBERED, "hour", "day", "next_day", "band"}  # of the counts; all else is added up


def count(lake: Lake, counts: LakeCounts, run: Run) -> str:
    """Put the counts of all offices into an archive's tables; return of how much they are, in words.

    `run` has `count_bucket` do each task, wherever that is. Raises ArchiveError if there are no posts.
    """
    with opened(lake, LOCK_SH) as db, TemporaryDirectory(dir=lake.path("")) as folder:
        offices = lake.offices()
        if not (files := lake.files(offices)):
            raise ArchiveError(f"The lake in {lake.folder} has no posts yet. Type: {COMMAND} lake add FOLDER")
        if unsound := db.execute(_UNSOUND, [files]).fetchone():
            raise ArchiveError(
                f"{unsound[0]} has posts that cannot be. Delete it, and have its office add again."
            )
        if strays := f"{folder}/strays.parquet" if len(offices) > 1 else "":
            db.sql(_STRAYS, params=[files]).project(f"*, {BUCKET} AS bucket").write_parquet(strays)
        parts = run([(files, strays, bucket, f"{folder}/{bucket}.duckdb") for bucket in range(BUCKETS)])
        _gather(db, parts)
        _join(db)
        queries = _NAMES | {table: _sums(db, table) for table in _COUNTED}
        rows = {table: _rows(db, sql) for table, sql in queries.items()}
        seen = [row for office in offices for row in office.seen]
        posts, people = (len(db.table(name)) for name in ("posts", "author_id_ids"))
        words = f"{quantity(posts, 'post', 'posts')} by {quantity(people, 'person', 'people')}"
        counts.fill(rows, seen, words := f"{words}, from {quantity(len(offices), 'archive', 'archives')}")
    return words


def count_bucket(task: Task) -> str:
    """Count one bucket by the archive's own SQL; return the file of the counts, which comes whole."""
    files, strays, bucket, path = task
    part = f"{path}.{os.getpid()}"  # what a worker that was killed leaves is never read
    with duckdb.connect(part, config={"worker_threads": 1}) as db:
        db.read_parquet(files, filename=True).filter(f"bucket = {bucket}").create("rows")
        if strays:
            db.execute(
                "DELETE FROM rows WHERE (platform, post) IN (SELECT platform, post FROM read_parquet(?))",
                [strays],
            )
            db.execute("INSERT INTO rows BY NAME FROM read_parquet(?) WHERE bucket = ?", [strays, bucket])
        for table, sql in (_VIEWS | {table: counted_by(table) for table in _COUNTED}).items():
            db.execute(f"CREATE TABLE {table} AS {sql}")
    os.replace(part, path)
    return path


@contextmanager
def runner(workers: int, cluster: str | None) -> Iterator[Run]:
    """Give what has tasks done: by this process, by some of its own, or by those of a cluster."""
    if not (workers or cluster):
        yield lambda tasks: [*map(count_bucket, tasks)]
        return
    with dask.config.set(_PATIENT):
        own = None if cluster else LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        )  # fmt: skip
        try:
            with Client(own or cluster) as client:
                yield lambda tasks: client.gather(client.map(count_bucket, tasks, pure=False))
        finally:
            if own:
                with suppress(TimeoutError):  # it may wait for a worker that was killed
                    own.close(timeout=10)


def _gather(db: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> None:
    """Make views of all buckets together, and number what they name."""
    for number, part in enumerate(parts):
        db.execute(f"ATTACH ? AS b{number} (READ_ONLY)", [part])
    every = {
        table: " UNION ALL ".join(f"FROM b{number}.{table}" for number in range(len(parts)))
        for table in (*_VIEWS, *_COUNTED)
    }
    for table, sql in every.items():
        db.execute(f"CREATE VIEW {table} AS {sql}")
    for key, sql in _NUMBERED.items():
        rows = sql.format_map({name: f"FROM {name}" for name in every})
        numbered = f"SELECT *, row_number() OVER (ORDER BY since, {key}) AS n FROM ({rows})"
        db.execute(f"CREATE TABLE {key}_ids AS {numbered}")


def _join(db: duckdb.DuckDBPyConnection) -> None:
    """Number the posts that are a message with others: with those of any office that shares one of them."""
    pairs = db.execute("SELECT id, message FROM messages").fetchall()
    first: dict[str, str] = {}
    for post, message in pairs:
        first[first_of(first, post)] = first_of(first, message)
    db.execute(
        """CREATE TABLE joined AS SELECT *, min(n) OVER same AS message, bool_or(is_copy > 0) OVER same AS
        has_copy FROM (SELECT id, any_value(root) AS root, any_value(p.day) AS day, max(m.is_copy) AS is_copy,
        row_number() OVER (ORDER BY id) AS n FROM messages m JOIN posts p USING (id) JOIN
        (SELECT unnest(?) AS id, unnest(?) AS root) USING (id) GROUP BY id)
        WINDOW same AS (PARTITION BY root)""",
        [[post for post, _ in pairs], [first_of(first, post) for post, _ in pairs]],
    )


def _sums(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return the SQL of a table of counts: the sums of all buckets, by the numbers of what they name."""
    names = [name for name, *_ in db.execute(f"DESCRIBE {table}").fetchall() if name != "last_id"]
    ids = [name for name in names if name in _NUMBERED]
    chosen = {name: name for name in _KEYS} | {name: f"n_{name}" for name in ids}
    columns = (f"{chosen.get(name, f'sum({name})')} AS {name}" for name in names)
    joins = " ".join(f"JOIN (SELECT {name}, n AS n_{name} FROM {name}_ids) USING ({name})" for name in ids)
    return f"SELECT {', '.join(columns)} FROM {table} {joins} GROUP BY ALL"


def _rows(db: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    """Return the columns and rows of a query; of the rows a part at a time is in memory."""
    cursor = db.cursor()
    names = [name for name, *_ in cursor.execute(sql).description]
    return ", ".join(names), chain.from_iterable(iter(lambda: cursor.fetchmany(10_000), []))
