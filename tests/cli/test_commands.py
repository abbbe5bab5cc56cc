"""The command line, as people use it: real commands on a real file."""

import json
import os
import pty
import re
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlite_utils.utils import sqlite3

from dashboard import create_app
from monitor import _command
from monitor.accounts import Accounts
from monitor.archive import Archive, ArchiveReader
from monitor.campaign import load
from monitor.cli import COMMANDS, Paths, group, message
from monitor.cli.serve import demo_campaign
from monitor.core.clock import utcnow
from monitor.core.errors import AlreadyRunning, ConfigError, MonitorError, NoArchive
from monitor.core.model import Outcome, Page, Rejected
from monitor.mail.store import MailStore
from monitor.report import wording
from monitor.worker import work_lock
from tests.archive.saving import places_of
from tests.builders import a_page, a_post
from tests.campaigns import ONE_TRACK, PAPERS_LINES
from tests.collect.test_file_import import STATUS
from tests.dashboard.reports import some_services
from tests.recorded import load as load_recorded

ROOT = Path(__file__).parents[2]
CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.mastodon]
on = false
[sources.x]
on = true
"""
    + PAPERS_LINES
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("X_BEARER_TOKEN", raising=False)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)

    def command(*words: str) -> Result:
        files = ["--campaign", "campaign.toml", "--archive", "a.db"]
        return CliRunner().invoke(group, [*files, *words], catch_exceptions=True)

    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run, name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_on_windows_it_says_what_to_use_instead(run, monkeypatch):
    monkeypatch.setattr("monitor.cli.sys.platform", "win32")
    done = run("status")
    assert isinstance(done.exception, MonitorError)
    assert "WSL" in str(done.exception)
    assert run("--help").exit_code == 0


@pytest.mark.slow
def test_it_runs_as_a_module_where_the_command_is_not_installed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--archive", "a.db", "status"], cwd=tmp_path, capture_output=True,
        text=True, check=False, timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("monitor: There is no archive at a.db yet.")


def loaded(code: str, heavy: list[str]) -> tuple[str, list[str]]:
    """Return what some code prints, and which of these libraries it has loaded in the end."""
    code = f"import json, sys; {code}; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.heavy
def test_help_names_every_command_without_loading_any(run):
    heavy = ["flask", "textblob", "tweepy", "praw", "sqlite_utils", "apscheduler", "requests"]
    said, found = loaded("from monitor.cli import group; group(['--help'], standalone_mode=False)", heavy)
    assert found == []
    assert all(name in said for name in COMMANDS)


@pytest.mark.slow
def test_a_worker_that_waits_has_loaded_neither_platforms_nor_the_web(tmp_path):
    heavy = [
        "flask",
        "textblob",
        "tweepy",
        "praw",
        "requests",
        "websockets",
        "feedparser",
        "jinja2",
        "numpy",
        "resvg_py",
        "email.policy",
        *(["_sqlite3"] if sqlite3.__name__ == "pysqlite3" else []),  # one SQLite is enough
    ]
    waiting = (
        "import monitor.worker.schedule, monitor.cli.wiring.mail as m; from pathlib import Path;"
        " from monitor.cli import Paths; from monitor.cli.wiring import campaign_of;"
        f" p = Paths(campaign=Path('config/campaign.toml'), archive=Path({str(tmp_path / 'a.db')!r}));"
        " m.mail_turn(p, campaign_of(p))(lambda: False)"
    )
    assert loaded(waiting, heavy)[1] == []
    assert loaded(f"{waiting}; import monitor.sources.platforms.mastodon", heavy)[1] == ["requests"]


@pytest.mark.heavy
def test_a_missing_campaign_file_is_one_sentence_and_exit_78(tmp_path):
    code = "from monitor.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--campaign", str(tmp_path / "none.toml"), "status"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 78
    assert done.stderr.startswith("monitor: There is no campaign file at")
    assert done.stderr.count("\n") == 1


def test_a_source_that_does_not_exist_is_named_with_those_that_do(run, tmp_path):
    (tmp_path / "campaign.toml").write_text(CAMPAIGN + "[sources.friendster]\n")
    error = run("status").exception
    assert isinstance(error, ConfigError)
    assert "sources.friendster" in str(error)
    assert "mastodon" in str(error)


def test_status_before_anything_was_collected_says_what_to_type(run):
    error = run("status").exception
    assert isinstance(error, MonitorError)
    assert "monitor collect" in str(error)


def test_collecting_without_a_key_says_which_key_and_stores_it(run):
    result = run("collect", "--source", "x")
    assert result.exit_code == 1
    assert "X_BEARER_TOKEN" in result.output
    state = json.loads(run("status", "--json").stdout)["sources"][1]
    assert (state["name"], state["outcome"], state["needs_person"]) == ("x", "refused", True)


def test_the_worker_is_last_seen_by_the_clock_of_the_campaign(run, tmp_path):
    run("collect", "--source", "x")
    (tmp_path / "a.db.worker-heartbeat").write_text("2020-06-01T11:30:00Z")
    assert "Worker last seen: Mon 1 Jun 2020, 12:30\n" in run("status").stdout


def test_collecting_beside_a_worker_asks_nobody_and_ends_with_75(run, tmp_path):
    with work_lock(tmp_path / "a.db"):
        error = run("collect", "--source", "x").exception
    assert isinstance(error, AlreadyRunning)
    assert error.exit_code == 75
    assert not (tmp_path / "a.db").exists()
    assert run("collect", "--source", "x").exit_code == 1  # control: alone it collects, and lacks a key


def test_collecting_from_an_unknown_source_names_those_in_the_file(run):
    assert "mastodon" in str(run("collect", "--source", "myspace").exception)


def test_the_doctor_finds_the_missing_key_and_ends_with_1(run):
    result = run("doctor", "--json")
    checks = {check["part"]: check for check in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert checks["campaign file"]["state"] == "ok"
    assert checks["X"]["state"] == "fail"
    assert "X_BEARER_TOKEN" in checks["X"]["says"]


@pytest.mark.slow
def test_the_doctor_finds_wrong_counts_and_rebuild_mends_them(run, tmp_path):
    csv = "platform,id,url,author,text,created_at\nmastodon,1,,a,hello #test,2026-11-01T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text(csv)
    assert run("import", "posts.csv").exit_code == 0
    with Archive.open(tmp_path / "a.db", load(tmp_path / "campaign.toml").zone) as archive:
        archive.db.execute("UPDATE hours SET posts = 9")
    assert run("rebuild", "--check").exit_code == 1
    assert "hours" in run("rebuild").output
    assert run("rebuild", "--check").exit_code == 0


@pytest.mark.heavy
def test_the_doctor_finds_a_part_of_the_archive_gone_and_rebuild_mends_it(run, tmp_path):
    zone = load(tmp_path / "campaign.toml").zone
    with Archive.open(tmp_path / "a.db", zone) as archive:
        archive.db.execute("DROP TRIGGER post_joins")
    [check] = [check for check in json.loads(run("doctor", "--json").stdout) if check["part"] == "archive"]
    assert (check["state"], check["mend"]) == ("fail", "run: monitor rebuild")
    assert "must be upgraded first" in check["says"]
    assert run("rebuild").exit_code == 0
    assert "ok   archive" in run("doctor").stdout


@pytest.mark.heavy
def test_status_and_doctor_say_since_when_nothing_is_collected(run, tmp_path):
    campaign, now = load(tmp_path / "campaign.toml"), utcnow()
    source = next(name for name, settings in campaign.sources.items() if settings.on)
    for age, is_stalled in ((timedelta(days=5), True), (timedelta(), False)):
        at = now - age
        with Archive.open(tmp_path / "a.db", campaign.zone) as archive:
            archive.coverage.save_break(source=source, track=campaign.tracks[0].name, now=at)
        since = wording.stalled(at.astimezone(campaign.zone))
        assert (since in run("status").stdout) == is_stalled
        assert bool(json.loads(run("status", "--json").stdout)["stalled_since"]) == is_stalled
        checks = {check["part"]: check for check in json.loads(run("doctor", "--json").stdout)}
        assert checks["collecting"]["state"] == ("fail" if is_stalled else "ok")


def test_status_and_doctor_tell_times_as_the_campaigns_clock_does(run, tmp_path, monkeypatch):
    monkeypatch.setenv("X_BEARER_TOKEN", "made-up")
    (tmp_path / "campaign.toml").write_text('time_zone = "Asia/Kolkata"\n' + CAMPAIGN)
    campaign, now = load(tmp_path / "campaign.toml"), utcnow()
    with Archive.open(tmp_path / "a.db", campaign.zone) as archive:
        page = a_page(stream="x", outcome=Outcome.UNREACHABLE)
        archive.coverage.save_failure(page, campaign.tracks[0].name, started_at=now, now=now)
    at = wording.moment(now.astimezone(campaign.zone))
    assert f"X: No answer ({at})." in run("status").stdout
    assert f"at the last check, {at}: No answer" in run("doctor", "--json").stdout


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.REFUSED, "fail"), (Outcome.UNREACHABLE, "warn"), (Outcome.COMPLETE, "ok")]
)
def test_the_doctor_ends_with_1_where_a_platform_refuses_the_key(run, tmp_path, monkeypatch, outcome, state):
    monkeypatch.setenv("X_BEARER_TOKEN", "made-up")
    campaign, now = load(tmp_path / "campaign.toml"), utcnow()
    with Archive.open(tmp_path / "a.db", campaign.zone) as archive:
        page = a_page(stream="x", outcome=outcome)
        archive.coverage.save_failure(page, campaign.tracks[0].name, started_at=now, now=now)
    result = run("doctor", "--json")
    [check] = [check for check in json.loads(result.stdout) if check["part"] == "X"]
    assert (result.exit_code, check["state"]) == (int(state == "fail"), state)


@pytest.mark.heavy
def test_status_and_doctor_say_what_waits_to_be_read_again_and_what_it_costs(run, tmp_path, monkeypatch):
    monkeypatch.setenv("X_BEARER_TOKEN", "made-up")
    campaign, now = load(tmp_path / "campaign.toml"), utcnow()
    post = a_post(platform="x", created_at=now - timedelta(days=3), reread_key="1")
    with Archive.open(tmp_path / "a.db", campaign.zone) as archive:
        archive.spend.reserve("x", 5_000, 10_000_000, now)
        for at in (now - timedelta(days=2), now):
            archive.ingest.save(
                a_page(post, stream="x"), source="x", track="test", scores=[None], analyzer="n",
                started_at=at, now=at,
            )  # fmt: skip
    checks = {check["part"]: check for check in json.loads(run("doctor", "--json").stdout)}
    assert checks["X"]["state"] == "warn"
    for says in (run("status").stdout, checks["X"]["says"]):
        assert "1 post of the last 30 days should have been read again by now" in says
        assert "Following deletions within 24 hours costs about $0.64 a month" in says


def test_the_doctor_says_that_the_file_of_accounts_cannot_be_used(run, tmp_path):
    accounts = Accounts.open(tmp_path / "access.db")
    with accounts._writing() as db:
        db.execute("DROP TABLE outbox")
    [check] = [check for check in json.loads(run("doctor", "--json").stdout) if check["part"] == "accounts"]
    assert check["state"] == "fail"
    assert "table outbox" in check["says"]


@pytest.mark.slow
def test_places_are_found_on_import_and_again_when_the_file_of_places_changes(run, tmp_path):
    (tmp_path / "campaign.toml").write_text('places = "near.toml"\n' + CAMPAIGN)
    (tmp_path / "near.toml").write_text("[[borough]]\ntitle = 'Oxford'")
    csv = "platform,id,url,author,text,created_at\nmastodon,1,,a,Oxford and Marston,2026-11-01T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text(csv)
    assert run("import", "posts.csv").exit_code == 0
    (tmp_path / "near.toml").write_text("[[borough]]\ntitle = 'Oxford'\ntowns = ['Marston']")
    assert "1 post changed." in run("rebuild", "--places").output
    assert "0 posts changed." in run("rebuild", "--places").output
    with ArchiveReader.open(tmp_path / "a.db", load(tmp_path / "campaign.toml").zone) as archive:
        assert places_of(archive, 1) == {1: ("marston", "oxford")}
    assert run("rebuild", "--check").exit_code == 0
    assert run("rebuild", "--check", "--places").exit_code == 2


@pytest.mark.slow
def test_what_is_before_the_break_of_a_list_is_imported(run, tmp_path):
    statuses = [STATUS | {"id": str(n), "uri": f"https://social.example/{n}"} for n in range(3)]
    (tmp_path / "posts.json").write_text(json.dumps(statuses)[:-40])
    result = run("import", "posts.json")
    assert "Everything before it was read" in str(result.exception)
    with ArchiveReader.open(tmp_path / "a.db", load(tmp_path / "campaign.toml").zone) as archive:
        assert archive.posts.count() == 2


@pytest.mark.slow
def test_importing_twice_knows_the_posts_the_second_time(run, tmp_path):
    csv = "platform,id,url,author,text,created_at\nmastodon,1,,a,hello #test,2026-11-01T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text(csv)
    expected = {"read": 1, "new": 1, "known": 0, "other": 0, "rejected": 0}
    assert json.loads(run("import", "posts.csv", "--json").stdout) == expected
    expected = {"read": 1, "new": 0, "known": 1, "other": 0, "rejected": 0}
    assert json.loads(run("import", "posts.csv", "--json").stdout) == expected


def test_an_item_that_cannot_be_kept_is_counted_as_not_read_and_ends_nothing(run, tmp_path):
    rows = (
        "1,,a,hello #test,2026-11-01T10:00:00Z,99999999999999999999",
        "2,,a,hi #test,2026-11-01T10:00:00Z,3",
    )
    lines = "".join(f"forum,{row}\n" for row in rows)
    (tmp_path / "posts.csv").write_text("platform,id,url,author,text,created_at,likes\n" + lines)
    status = {"uri": "https://m.example/1", "account": {"url": "https://m.example/@a", "acct": "a"}}
    status |= {"content": "\ud800", "created_at": "2026-11-01T10:00:00Z"}
    (tmp_path / "posts.jsonl").write_text(json.dumps(status))
    expected = {"read": 3, "new": 1, "known": 0, "other": 0, "rejected": 2}
    assert json.loads(run("import", "posts.csv", "posts.jsonl", "--json").stdout) == expected


@pytest.mark.heavy
def test_what_could_not_be_read_is_read_again(run, tmp_path):
    campaign, now = load(tmp_path / "campaign.toml"), datetime(2026, 11, 2, tzinfo=UTC)
    row = {"platform": "forum", "id": "1", "url": "", "author": "a", "text": "hello #test"}
    times = ("2026-11-01T10:00:00Z", "yesterday")
    items = tuple(Rejected.of("a fault of ours", row | {"created_at": time}) for time in times)
    with Archive.open(tmp_path / "a.db", campaign.zone) as archive:
        archive.ingest.save(
            Page(stream="import:a.csv", rejected=items), source="import", track=campaign.tracks[0].name,
            scores=[], analyzer="none", started_at=now, now=now,
        )  # fmt: skip
    assert run("replay").output == "1 item read: 1 new post. 1 still cannot be read.\n"
    assert run("replay").output == "0 items read: 0 new posts. 1 still cannot be read.\n"


def test_a_dry_run_makes_no_file_and_no_folder(run, tmp_path):
    csv = "platform,id,url,author,text,created_at\nmastodon,1,,a,hello #test,2026-11-01T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text(csv)
    before = sorted(tmp_path.rglob("*"))
    words = ("--archive", "new/a.db", "import", "posts.csv")
    assert "Nothing was changed" in run(*words, "--dry-run").output
    assert sorted(tmp_path.rglob("*")) == before
    expected = {"read": 1, "new": None, "known": None, "other": 0, "rejected": 0}
    assert json.loads(run(*words, "--dry-run", "--json").stdout) == expected
    run(*words)  # control
    assert (tmp_path / "new" / "a.db").exists()


@pytest.mark.slow
def test_matching_counts_a_post_once_and_those_of_no_track_apart(run, tmp_path):
    second = '[[track]]\nname = "again"\ntitle = "again"\nphrases = ["hello"]\n'
    (tmp_path / "campaign.toml").write_text(CAMPAIGN.replace("[sources.m", second + "[sources.m"))
    rows = ("hello #test", "other words", "hello you", "#test only")
    lines = [f"mastodon,{i},,a,{text},2026-11-01T10:00:00Z\n" for i, text in enumerate(rows)]
    broken = "mastodon,9,,a,hello,yesterday\n"
    (tmp_path / "posts.csv").write_text("platform,id,url,author,text,created_at\n" + "".join(lines) + broken)
    counts = json.loads(run("import", "posts.csv", "--matching", "--json").stdout)
    assert counts == {"read": 5, "new": 3, "known": 0, "other": 1, "rejected": 1}
    again = json.loads(run("import", "posts.csv", "--matching", "--json").stdout)
    assert again == {"read": 5, "new": 0, "known": 3, "other": 1, "rejected": 1}
    assert "1 left out because they match no track" in run("import", "posts.csv", "--matching").output


@pytest.mark.slow
def test_a_person_sees_how_far_a_long_file_is_and_a_script_does_not(tmp_path):
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    line = f"mastodon,1,,a,{'hello ' * 200},2026-11-01T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text("platform,id,url,author,text,created_at\n" + line * 5000)
    code = "from monitor.cli import main; main()"
    words = [sys.executable, "-c", code, "--campaign", str(tmp_path / "campaign.toml"), "import", "--dry-run",
             str(tmp_path / "posts.csv")]  # fmt: skip
    screen, behind = pty.openpty()
    shown = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=behind, check=True, timeout=300)
    os.close(behind)
    seen = b""
    with suppress(OSError):  # the end of a terminal
        while more := os.read(screen, 100_000):
            seen += more
    assert re.search(rb"100%  (00:00:00 left, )?5,000 read", seen)  # after a second it is known what is left
    assert shown.stdout.startswith(b"5000 read")
    piped = subprocess.run(words, cwd=ROOT, capture_output=True, check=True, timeout=300)
    assert b"%" not in piped.stderr


@pytest.mark.heavy
def test_an_export_holds_every_post_and_no_formula(run, tmp_path):
    rows = "mastodon,1,,a,=cmd #test,2026-11-01T10:00:00Z\nmastodon,2,,b,fine #test,2026-11-02T10:00:00Z\n"
    (tmp_path / "posts.csv").write_text("platform,id,url,author,text,created_at\n" + rows)
    run("import", "posts.csv")
    assert "'=cmd #test" in run("export").stdout
    lines = [json.loads(line) for line in run("export", "--format", "ndjson").stdout.splitlines()]
    assert [line["text"] for line in lines] == ["=cmd #test", "fine #test"]
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        archive.marks.set([1], "not ours", by="Jo", now=utcnow())
    after = run("export", "--format", "ndjson")
    assert [json.loads(line)["text"] for line in after.stdout.splitlines()] == ["fine #test"]
    assert after.stderr == "1 post written.\n"


@pytest.mark.heavy
def test_the_first_day_of_an_export_begins_when_it_does_in_the_office(run, tmp_path):
    rows = "mastodon,1,,a,before #test,2026-07-01T22:59:00Z\nmastodon,2,,b,after #test,2026-07-01T23:01:00Z\n"
    (tmp_path / "posts.csv").write_text("platform,id,url,author,text,created_at\n" + rows)
    run("import", "posts.csv")
    lines = run("export", "--format", "ndjson", "--since", "2026-07-02").stdout.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["after #test"]


@pytest.mark.slow
def test_the_demo_makes_an_archive_of_its_own_and_says_so(run, tmp_path, monkeypatch):
    logs = []
    monkeypatch.setattr("monitor.cli.demo.talk", lambda: logs.append("mails that nobody was sent"))
    started = time.process_time()
    made = run("demo", "--no-serve", "--posts", "200")
    assert made.exit_code == 0
    assert made.stderr.splitlines()[-1] == (
        "Posts made up in demo.db: 200. No mail was sent to anybody. To look at them:"
        " monitor --archive demo.db web"
    )
    assert logs == []
    assert time.process_time() - started < 60
    assert (tmp_path / "demo.db").is_file()
    assert not (tmp_path / "a.db").exists()


@pytest.mark.slow
def test_the_demo_shows_its_settings_which_nobody_can_change(run, monkeypatch):
    pages = []
    monkeypatch.setattr("monitor.cli.demo.talk", lambda: None)
    monkeypatch.setattr(
        "monitor.cli.demo.serve", lambda site, port: pages.append(site().test_client().get("/settings").text)
    )
    shipped = Path(__file__).parents[2] / "config/campaign.toml"
    assert run("--campaign", str(shipped), "demo", "--posts", "200").exit_code == 0
    assert "this is a demo" in pages[0]
    assert "CallingTimeOnCrime" in pages[0].partition("What is watched")[2].partition("</section>")[0]
    assert "On: checked every" in pages[0]
    assert "/settings/" not in pages[0]


@pytest.mark.slow
def test_the_demo_has_an_alert(run, tmp_path):
    shipped = Path(__file__).parents[2] / "config/campaign.toml"
    assert run("--campaign", str(shipped), "demo", "--no-serve", "--posts", "600").exit_code == 0
    with closing(MailStore.open(tmp_path / "demo-access.db")) as store:
        [alert, *_] = store.alerts(load(shipped).tracks[0].name)
    assert alert.at < datetime.now(UTC)


@pytest.mark.slow
def test_rescoring_an_archive_that_is_up_to_date_scores_nothing(run):
    run("demo", "--no-serve", "--posts", "50")
    assert "Nothing was scored: " in run("rescore").output
    assert "Nothing was scored: " in run("--archive", "demo.db", "rescore").output


def test_a_demo_never_replaces_real_posts(run, tmp_path):
    with Archive.open(tmp_path / "demo.db", load(tmp_path / "campaign.toml").zone):
        pass
    error = run("demo", "--posts", "5", "--no-serve").exception
    assert "Made-up and real posts cannot share an archive" in str(error)
    assert (tmp_path / "demo.db").is_file()


@pytest.mark.slow
def test_a_demo_replaces_one_that_an_earlier_version_made(run, tmp_path):
    load_recorded("archive", "066048c", tmp_path / "demo.db")
    assert run("demo", "--no-serve", "--posts", "5").exit_code == 0
    with ArchiveReader.open(tmp_path / "demo.db", load(tmp_path / "campaign.toml").zone) as archive:
        assert sum(1 for _ in archive.posts.every()) == 5


@pytest.mark.slow
def test_a_demo_replaces_an_earlier_demo_and_nothing_beside_it(run, tmp_path):
    (tmp_path / "demo.db.bak").write_text("kept")
    for posts in ("5", "7"):
        assert run("demo", "--posts", posts, "--no-serve").exit_code == 0
    with ArchiveReader.open(tmp_path / "demo.db", load(tmp_path / "campaign.toml").zone) as archive:
        assert archive.posts.count() == 7
    assert (tmp_path / "demo.db.bak").read_text() == "kept"


@pytest.mark.heavy
def test_a_table_of_entries_by_hand_is_imported_once_and_scored(run, tmp_path):
    rows = "Nextdoor,2026-11-01 18:30,A good day\nNextdoor,soon,x\n"
    (tmp_path / "seen.csv").write_text(f"where,when,text\n{rows}")
    first = run("import", "--by-hand", "seen.csv")
    assert "2 read: 1 new, 0 already here, 1 could not be read." in first.output
    assert "seen.csv, Row 3: when: 'soon' is not a date and time." in first.output
    assert "0 new, 1 already here" in run("import", "--by-hand", "seen.csv").output
    assert run("import", "seen.csv").exit_code != 0
    with ArchiveReader.open(tmp_path / "a.db", load(tmp_path / "campaign.toml").zone) as archive:
        [row] = archive.posts.every()
    assert (row.platform, row.tone is not None) == ("by-hand", True)


@pytest.mark.heavy
def test_why_a_post_is_not_here_is_said_for_what_was_imported_and_what_was_not(run, tmp_path):
    line = "x,1985000000000000000,https://x.com/ann/status/1985000000000000000,ann,#test,2025-11-02T15:04:14Z"
    (tmp_path / "posts.csv").write_text(f"platform,id,url,author,text,created_at\n{line}\n")
    run("import", "posts.csv")
    assert run("why", "https://twitter.com/i/web/status/1985000000000000000").output.startswith("It is here.")
    off = run("why", "https://mastodon.social/@ann/115446932983219999", "--words", "nothing of ours")
    assert off.output.startswith("Mastodon is switched off")
    assert off.exit_code == 0


@pytest.mark.heavy
def test_the_command_that_the_demo_names_shows_made_up_posts_and_no_set_up(run, monkeypatch):
    sites = []
    monkeypatch.setattr("monitor.cli.serve.serve", lambda site, *_: sites.append(site()))
    monkeypatch.setattr("monitor.cli.serve.talk", lambda: None)
    run("demo", "--no-serve", "--posts", "200", "--port", "8001")
    assert run("--archive", "demo.db", "web", "--port", "8002").exit_code == 0
    page = sites[0].test_client()
    assert page.get("/guide/words").status_code == 400
    assert "Made-up data" in page.get("/").text
    assert "http://127.0.0.1:8002" in run("--archive", "demo.db", "digest", "preview").output


@pytest.mark.parametrize(
    ("started", "typed"),
    [
        (".venv/bin/monitor", ".venv/bin/monitor"),
        ("HERE/.venv/bin/monitor", ".venv/bin/monitor"),
        ("/srv/the monitor/bin/monitor", "'/srv/the monitor/bin/monitor'"),
        ("HERE/bin/monitor", "monitor"),  # a shell finds it
        ("-m", "python -m monitor"),
        ("/usr/bin/gunicorn", "monitor"),
    ],
)
def test_what_to_type_is_what_the_program_was_started_by(tmp_path, monkeypatch, started, typed):
    installed = tmp_path / "bin/monitor"
    installed.parent.mkdir()
    installed.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(installed.parent))
    assert _command(started.replace("HERE", str(tmp_path))) == typed


def test_where_there_is_no_archive_the_made_up_one_is_pointed_to_if_it_is_there(tmp_path):
    with pytest.raises(NoArchive) as none:
        ArchiveReader.open(tmp_path / "archive.db", ZoneInfo("Europe/London"))
    assert "--archive" not in message(none.value)
    (tmp_path / "demo.db").touch()
    assert f"--archive {tmp_path / 'demo.db'}" in message(none.value)


@pytest.mark.heavy
def test_a_demo_opens_at_this_computer_whatever_address_the_campaign_names(tmp_path, monkeypatch):
    campaign = some_services().campaign
    digest = replace(campaign.digest, address="https://dashboard.example.org")
    public = replace(
        campaign, digest=digest, access=replace(campaign.access, names=("dashboard.example.org",))
    )
    monkeypatch.setattr("monitor.cli.serve.campaign_of", lambda paths: public)
    demo = demo_campaign(Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "demo.db"))
    accounts = Accounts.open(tmp_path / "demo-access.db")
    answers = [
        create_app(some_services(campaign=shown), accounts=accounts).test_client().get("/").status_code
        for shown in (demo, public)
    ]
    assert answers == [200, 303]
    accounts.close()


LAUNCH = date(2026, 11, 24)


@pytest.mark.heavy
def test_a_backup_is_made_and_put_back_in_a_command_each(run, tmp_path):
    assert "proven copy" not in run("doctor").stdout  # there is no archive yet
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        archive.events.add(LAUNCH, "Launch")
    assert "warn backup: There is no verified backup yet" in run("doctor").stdout
    assert "no verified backup" in str(run("restore").exception)
    assert "opened and verified, 0 posts" in run("backup").stdout
    assert "ok   backup: Last verified backup: today" in run("doctor").stdout
    assert "Last verified backup: today" in run("status").stdout
    (tmp_path / "a.db").unlink()
    said = run("doctor").stdout
    assert "a.db is missing, but there are backups of it" in said
    assert "Fix: stop the monitor, then type: monitor restore\n" in said
    said = run("restore").stdout
    assert "Restored from" in said
    assert "To bring them back" not in said  # there was nothing
    with ArchiveReader.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        assert archive.events.between(LAUNCH, LAUNCH) == [(LAUNCH, "Launch")]


def test_the_copy_of_an_archive_that_was_begun_again_is_taken_only_if_it_is_named(run, tmp_path):
    copies = tmp_path / "backups"
    for name, posts, day in (("full", 30, 27), ("new", 14, 29)):
        (copies / name).mkdir(parents=True)
        proof = {"at": f"2026-11-{day}T03:15:00Z", "posts": posts, "version": "0", "rows": {}, "sha256": {}}
        (copies / name / "manifest.json").write_text(json.dumps(proof))
    refused = str(run("restore").exception)
    assert "new, has 14 posts, but" in refused
    assert "full has 30" in refused
    assert "is not a backup" in str(run("restore", str(copies / "new")).exception)  # that one was looked into


@pytest.mark.slow
def test_damage_is_named_by_the_doctor_stops_backups_and_is_taken_from_the_copy(run, tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        archive.events.add(LAUNCH, "Launch")
    assert run("backup").exit_code == 0
    assert "ok   archive" in run("doctor", "--verify").stdout
    with closing(sqlite3.connect(tmp_path / "a.db")) as db, db:
        db.execute("UPDATE events SET title = 'Lunch'")
    said = run("doctor", "--verify").stdout
    assert "fail archive: damaged: events 1 (2026-11-24)\n" in said
    assert "Fix: stop the monitor, then type: monitor restore --only-damaged" in said
    assert "is damaged (events 1" in str(run("backup", "--to", "elsewhere").exception)
    said = run("restore", "--only-damaged").stdout
    assert "events 1 (2026-11-24): restored exactly, from the backup" in said
    with ArchiveReader.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        assert archive.events.between(LAUNCH, LAUNCH) == [(LAUNCH, "Launch")]
    assert "ok   archive" in run("doctor", "--verify").stdout
    assert run(*said.splitlines()[-1].partition("monitor ")[2].split()).exit_code == 0
    assert "events 1" in run("doctor", "--verify").stdout


@pytest.mark.slow
def test_the_doctor_ends_in_a_line_whatever_is_left_of_the_archive(run, tmp_path):
    Archive.open(tmp_path / "a.db", ZoneInfo("Europe/London")).close()
    whole = (tmp_path / "a.db").read_bytes()
    found = 0
    for place in range(0, len(whole), 4096 * 7):  # some pages are empty
        (tmp_path / "a.db").write_bytes(whole[:place] + b"\xff\xd7" * 300 + whole[place + 600 :])
        result = run("doctor", "--verify")
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)
        found += "fail archive" in result.stdout
    assert found > 5  # of about ten


def test_a_restore_is_refused_while_a_worker_runs(run, tmp_path):
    with work_lock(tmp_path / "a.db"):
        error = run("restore").exception
    assert isinstance(error, AlreadyRunning)
    assert "is already collecting into" in str(error)
    assert "pay for a post" not in str(error)  # a restore asks nobody


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_what_finds_no_room_where_it_is_written_to_ends_in_one_sentence(tmp_path):
    with Archive.open(tmp_path / "a.db", ZoneInfo("UTC")):
        pass
    (tmp_path / "campaign.toml").write_text('time_zone = "UTC"\n' + CAMPAIGN)
    program = [sys.executable, "-c", "from monitor.cli import main; main()", "--campaign", "campaign.toml"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*program, "--archive", "a.db", "export"], stdout=full, stderr=subprocess.PIPE, text=True,
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert ended.returncode == 74
    assert ended.stderr.splitlines()[-1].startswith("monitor: The disk is full.")
    assert "Error" not in ended.stderr


def test_a_source_that_lacks_the_offices_papers_is_off_and_each_command_says_why(run, tmp_path):
    (tmp_path / "campaign.toml").write_text(CAMPAIGN.replace(PAPERS_LINES, ""))
    why = "This stays off until the office has named the controller, a contact, a lawful basis."
    collected = run("collect")
    assert (collected.exit_code, why in collected.output) == (1, True)
    checks = {check["part"]: check for check in json.loads(run("doctor", "--json").stdout)}
    assert (checks["X"]["state"], checks["X"]["says"].startswith(why)) == ("warn", True)
    assert why in run("status").stdout
