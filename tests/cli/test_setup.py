"""Setting up from the command line: real files, and a platform on this machine that answers."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.accounts import Role
from monitor.archive import Archive
from monitor.campaign import first_steps
from monitor.cli import Paths, group
from monitor.cli.wiring import accounts_of, campaign_of
from monitor.cli.wiring.web import flask_app
from monitor.core.clock import utcnow
from monitor.core.errors import ConfigError
from monitor.mail import heartbeat
from monitor.platform_info import about
from tests.sources.loopback import as_json, closed_port, serving

ROOT = Path(__file__).parents[2]
CANARY = "canary7391key"
CAMPAIGN = """
name = "Test"  # a note that stays
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
[sources.tumblr]
on = false  # another
api = "{api}"
[sources.x]
on = false
api = "{api}"
"""
FOUND = as_json({"meta": {"status": 200, "msg": "OK"}, "response": []})
BAD = as_json({"meta": {"status": 401, "msg": f"Unauthorized {CANARY}"}, "response": []}, 401)
PROGRAM = "from monitor.cli import main; main()"


def tumblr(method, path, query):
    return FOUND if query.get("api_key") == CANARY else BAD


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("TUMBLR_API_KEY", "X_BEARER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with serving(tumblr) as server:
        (tmp_path / "campaign.toml").write_text(CAMPAIGN.format(api=server.url))
        yield server


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(group, ["--campaign", "campaign.toml", "setup", *words], input=said)


def test_a_key_is_tried_saved_for_its_owner_only_and_the_source_switched_on(site):
    Path(".env").write_text("# mine\nOTHER=1\nTUMBLR_API_KEY=\n")
    done = run("tumblr", said=f"{CANARY}\n")
    assert done.exit_code == 0, done.output
    assert "It works." in done.output
    assert CANARY not in done.output
    assert Path(".env").read_text() == f"# mine\nOTHER=1\nTUMBLR_API_KEY={CANARY}\n"
    assert Path(".env").stat().st_mode & 0o777 == 0o600
    said = Path("campaign.toml").read_text()
    assert "on = true  # another" in said
    assert "# a note that stays" in said
    assert len(site.requests) == 1
    assert sorted(os.listdir()) == [".env", ".env.previous", "campaign.toml", "data"]
    assert Path(".env.previous").read_text() == "# mine\nOTHER=1\nTUMBLR_API_KEY=\n"
    assert Path(".env.previous").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", ["badkey99", "bad key99", "badkey99é"])
def test_a_refused_key_is_not_saved_not_shown_and_can_be_given_again(site, key):
    done = run("tumblr", said=f"{key}\ny\n{CANARY}\n")
    assert done.exit_code == 0, done.output
    assert "Enter the key again?" in done.output
    assert "key99" not in done.output.replace(" ", "")
    assert f"TUMBLR_API_KEY={CANARY}" in Path(".env").read_text()


def test_giving_up_changes_nothing(site):
    before = Path("campaign.toml").read_text()
    done = run("tumblr", said="wrongkey99\nn\n")
    assert "Nothing was changed" in done.output
    assert not Path(".env").exists()
    assert Path("campaign.toml").read_text() == before


def test_a_platform_that_is_not_reached_is_said_and_the_key_kept(site):
    Path("campaign.toml").write_text(CAMPAIGN.format(api=closed_port()))
    done = run("tumblr", said=f"{CANARY}\n")
    assert "could not be checked" in done.output
    assert CANARY in Path(".env").read_text()


def test_run_again_it_says_what_is_set_and_enter_keeps_it(site):
    run("tumblr", said=f"{CANARY}\n")
    done = run("tumblr", said="\n")
    assert "Tumblr is switched on." in done.output
    assert "press Enter to keep it" in done.output
    assert CANARY not in done.output
    assert CANARY in Path(".env").read_text()


@pytest.mark.parametrize("answer", ["", "no", "y", "maybe"])
def test_x_is_not_switched_on_without_a_whole_yes(site, answer):
    done = run("x", said=f"{answer}\n{CANARY}\n")
    assert "Enterprise plan" in done.output
    assert "Nothing was changed" in done.output
    assert not Path(".env").exists()
    assert site.requests == []


def test_x_asks_for_a_word_that_costs_nothing(site):
    run("x", said=f"yes\n{CANARY}\nn\n")
    assert all("nobodyeverwrote" in request.query["query"] for request in site.requests)
    assert site.requests


def test_answers_that_end_early_change_nothing_more(site):
    done = run("tumblr")
    assert done.exit_code == 130
    assert "nothing else was changed" in done.output
    assert not Path(".env").exists()


def test_the_list_of_commands_says_what_setup_does():
    said = CliRunner().invoke(group, ["--help"]).output
    assert re.search(r"setup +Set up the campaign in five steps", said)


def test_what_is_no_platform_is_told(site):
    with pytest.raises(ConfigError, match="nothing called 'tumbler'"):
        raise run("tumbler").exception


@pytest.mark.heavy
def test_the_doctor_says_what_a_source_last_said_and_not_only_that_it_is_set_up(site):
    run("tumblr", said=f"{CANARY}\n")
    Path("campaign.toml").write_text(CAMPAIGN.format(api=closed_port()).replace("false  # an", "true  # an"))

    def doctor() -> str:
        return CliRunner().invoke(group, ["--campaign", "campaign.toml", "doctor"]).output

    assert "ok   Tumblr: set up, not checked yet" in doctor()
    CliRunner().invoke(group, ["--campaign", "campaign.toml", "collect"])
    assert "warn Tumblr: set up; at the last check, " in doctor()
    assert "It could not be reached" in doctor()


def test_the_real_dashboard_shows_what_setup_tells(site):
    places = Paths(campaign=Path("campaign.toml"), archive=Path("a.db"))
    page = flask_app(places, campaign_of(places)).test_client().get("/sources").text
    assert page.count("<dt>Never sees</dt>") == 2
    assert about("tumblr").price[0] in page


def test_the_mail_server_is_kept_as_it_is_where_nothing_is_typed(site):
    Path(".env").write_text("MONITOR_SMTP_PORT=25\n")
    done = run("mail", said=f"mail.example.org\n\n\nme@example.org\n{CANARY}\nme@example.org\n")
    assert done.exit_code == 0, done.output
    assert CANARY not in done.output
    said = Path(".env").read_text()
    assert said.startswith("MONITOR_SMTP_PORT=25\nMONITOR_SMTP_HOST=mail.example.org\n")


@contextmanager
def _on_a_terminal(what: str = "tumblr") -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", PROGRAM, "--campaign", "campaign.toml", "setup", what]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A shell's background job ignores Ctrl-C, and hands that on to all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        os.close(theirs)
        try:
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


def _until(ours: int, word: str) -> str:
    """Return what the terminal shows until the word; for two minutes at most."""
    seen, end = b"", time.monotonic() + 120
    while word.encode() not in seen and select.select([ours], [], [], max(0, end - time.monotonic()))[0]:
        try:
            seen += os.read(ours, 4096)
        except OSError:  # the other end is gone
            break
    return seen.decode()


@pytest.mark.kills
def test_on_a_terminal_the_key_is_not_shown_while_it_is_typed(site):
    with _on_a_terminal() as (process, ours):
        _until(ours, "TUMBLR_API_KEY: ")
        os.write(ours, f"{CANARY}\n".encode())
        seen = _until(ours, "Done.")
        process.wait(120)
    assert "It works." in seen
    assert CANARY not in seen
    assert CANARY in Path(".env").read_text()


@pytest.mark.parametrize(
    ("has_archive", "says"), [(True, "ann@example.org: saved, not sent"), (False, "There is no archive at")]
)
@pytest.mark.kills
def test_on_a_terminal_a_test_mail_follows_the_mail_server(site, has_archive, says):
    if has_archive:
        Path("data").mkdir()
        Archive.open(Path("data/archive.db"), ZoneInfo("Europe/London")).close()
    with _on_a_terminal("mail") as (process, ours):
        for question in ("Mail server", "port", "encryption", "user name", "password", "Sender"):
            _until(ours, question)
            os.write(ours, b"\n")
        _until(ours, "Send a test mail to")
        os.write(ours, b"ann@example.org\n")
        seen = _until(ours, "Done.")
        process.wait(120)
    assert says in seen
    assert len([*Path("data/mail").glob("*.eml")]) == has_archive


@pytest.mark.kills
def test_a_stop_while_a_key_is_asked_for_loses_nothing(site):
    Path(".env").write_text("OTHER=1\n")
    with _on_a_terminal() as (process, ours):
        _until(ours, "TUMBLR_API_KEY: ")
        process.send_signal(signal.SIGINT)
        assert "nothing else was changed" in _until(ours, "changed.")
        assert process.wait(120) == 130
    assert Path(".env").read_text() == "OTHER=1\n"
    assert "on = false  # another" in Path("campaign.toml").read_text()


def test_a_key_in_a_file_with_crlf_changes_its_line_only(site):
    Path(".env").write_bytes(b"# mine\r\nTUMBLR_API_KEY=\r\nOTHER='1'")
    Path("campaign.toml").write_bytes(CAMPAIGN.format(api=site.url).replace("\n", "\r\n").encode())
    run("tumblr", said=f"{CANARY}\n")
    assert Path(".env").read_bytes() == f"# mine\r\nTUMBLR_API_KEY={CANARY}\r\nOTHER='1'".encode()
    changed = CAMPAIGN.replace("on = false  # another", "on = true  # another").format(api=site.url)
    assert Path("campaign.toml").read_bytes() == changed.replace("\n", "\r\n").encode()


@pytest.fixture
def watcher(site, monkeypatch):
    """Return a service that hears signs of life under /ours only, on this machine for once."""
    monkeypatch.delenv("MONITOR_PING", raising=False)
    monkeypatch.setattr(heartbeat, "problem", lambda url: None)
    with serving(lambda method, path, query: as_json({}, 200 if path == "/ours" else 404)) as server:
        yield server


def test_a_service_that_notices_when_this_computer_stops_is_offered_tried_and_kept(watcher):
    Path(".env").write_text("# mine\nOTHER=1\n")
    done = run("ping", said=f"{watcher.url}/ours\n")
    assert done.exit_code == 0, done.output
    assert "nothing on it can tell you" in done.output
    assert "It answered 200" in done.output
    assert "/ours" not in done.output
    assert Path(".env").read_text() == f"# mine\nOTHER=1\nMONITOR_PING={watcher.url}/ours\n"
    assert len(watcher.requests) == 1
    offered = run(said="\n" * 30).output  # among all that is asked for
    assert "Set up a service that notices when this computer stops?" in offered


@pytest.mark.parametrize(("keep", "kept"), [("n\nn\n", False), ("y\n", True)])
def test_an_address_that_is_not_taken_is_kept_only_if_one_says_so(watcher, keep, kept):
    done = run("ping", said=f"{watcher.url}/mistyped\n{keep}")
    assert "It was not accepted: 404." in done.output
    assert Path(".env").exists() is kept
    assert ("Nothing was changed" in done.output) is not kept


def test_an_address_in_the_own_network_is_refused_and_another_can_be_given(site):
    done = run("ping", said="https://192.168.1.9/x\ny\nhttp://93.184.215.14/x\nn\n")
    assert "its own network" in done.output
    assert "must begin with https" in done.output
    assert "Nothing was changed" in done.output
    assert not Path(".env").exists()


def test_enter_keeps_the_address_that_is_there(watcher):
    Path(".env").write_text("MONITOR_PING=https://example.org/secret\n")
    done = run("ping", said="\n")
    assert "already set; press Enter to keep it" in done.output
    assert "secret\n" not in done.output
    assert Path(".env").read_text() == "MONITOR_PING=https://example.org/secret\n"
    assert watcher.requests == []


STEPS = {
    "words": "Safer Streets\n#test, #SafeStreets\n\n",
    "sources": "\n\ny\n\n\n" + "\n" * 7,  # those without a key, and whether to set up one of the others
    "mail": "friday\n25\n17\nann@example.org, bob@example.org\n\n\n",
    "account": "y\n",
    "address": "https://dashboard.example.org\n",
}


@pytest.mark.heavy
def test_without_a_name_the_five_steps_of_the_guide_are_asked_and_saved(site):
    done = run(said="".join(STEPS.values()))
    assert done.exit_code == 0, done.output
    for number, step in enumerate(first_steps.STEPS.values(), 1):
        assert f"Step {number} of 5: {step.title}\n{step.why}" in done.output
    assert "25 cannot be used here. Type 0 to 23." in done.output
    assert "http://127.0.0.1:8000/set-up/" in done.output
    campaign = campaign_of(Paths(campaign=Path("campaign.toml"), archive=Path("data/archive.db")))
    assert (campaign.name, campaign.tracks[0].tags) == ("Safer Streets", ("test", "SafeStreets"))
    assert campaign.sources["gdelt"].on
    assert (campaign.digest.day, campaign.digest.hour) == ("friday", 17)
    assert campaign.digest.recipients == ("ann@example.org", "bob@example.org")
    assert "nobody has an account yet" in done.output  # so the address stays as it was
    assert campaign.digest.address == "http://127.0.0.1:8000"
    assert 'name = "Safer Streets"  # a note that stays' in Path("campaign.toml").read_text()


def test_enter_keeps_everything_as_it_is_and_what_opens_here_only_is_said(site):
    before = Path("campaign.toml").read_bytes()
    done = run(said="\n" * 30)
    assert done.exit_code == 0, done.output
    assert Path("campaign.toml").read_bytes() == before
    assert not Path(".env").exists()
    assert "Saved" not in done.output
    assert "opens on this computer only" in done.output


@pytest.mark.parametrize(("given", "saved"), [(1, "words"), (2, "sources"), (3, "mail")])
def test_answers_that_end_early_keep_the_steps_before(site, given, saved):
    done = run(said="".join([*STEPS.values()][:given]))
    assert done.exit_code == 130
    assert "What was already saved is kept" in done.output
    changed = {"words": "SafeStreets", "sources": "[sources.gdelt]", "mail": "friday"}
    text = Path("campaign.toml").read_text()
    assert [name for name, word in changed.items() if word in text] == [*changed][:given]
    assert saved in changed


def test_somebody_with_an_account_is_not_offered_the_first(site):
    accounts = accounts_of(Paths(campaign=Path("campaign.toml"), archive=Path("data/archive.db")))
    accounts.add("Ann", Role.ADMIN, by="a test", now=utcnow(), password="three odd words")
    done = run(said="\n" * (sum(answers.count("\n") for answers in STEPS.values()) - 3) + STEPS["address"])
    assert done.exit_code == 0, done.output
    assert "There is an account already." in done.output
    assert "Create a link for it?" not in done.output
    assert 'address = "https://dashboard.example.org"' in Path("campaign.toml").read_text()
