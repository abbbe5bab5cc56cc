"""The weekly mail from the command line, on a real file, with mails put into a folder."""

from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from monitor.archive import ArchiveReader
from monitor.cli import group
from monitor.core.clock import utcnow
from monitor.core.errors import AccessError, ConfigError
from monitor.report.window import last_week
from tests.campaigns import ONE_TRACK
from tests.mail.servers import MailServer

CAMPAIGN = (
    ONE_TRACK
    + """\
[sources.mastodon]
on = true
[digest]
recipients = ["ann@example.org", "bob@example.org"]
address = "https://dash.example.org"
"""
)
SMTP = {
    "MONITOR_SMTP_HOST": "127.0.0.1",
    "MONITOR_SMTP_TLS": "none",
    "MONITOR_MAIL_FROM": "office@example.org",
}


def command(*words: str, archive: str = "a.db") -> Result:
    return CliRunner().invoke(group, ["--campaign", "campaign.toml", "--archive", archive, *words])


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    (folder / "campaign.toml").write_text(CAMPAIGN)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        command("demo", "--no-serve", "--posts", "200", archive="demo.db")
    return (folder / "demo.db").read_bytes()


@pytest.fixture
def run(tmp_path, monkeypatch, posts):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    (tmp_path / "a.db").write_bytes(posts)  # as if they were real posts
    return command


def mails(folder):
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]


@pytest.mark.heavy
def test_the_mail_is_previewed_as_text_html_and_a_file_and_nothing_is_sent(run, tmp_path):
    text = run("digest", "preview").stdout
    assert text.startswith("Subject: #Test: ")
    assert "Made-up data" in text
    assert "nothing was sent" in text.replace("\n", " ")
    page = run("digest", "preview", "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert "data:image/png;base64," in page
    file = message_from_bytes(run("digest", "preview", "--format", "eml").stdout_bytes, policy=policy.default)
    assert file["To"] == "reader@example.org"
    assert file.get_body(("plain",)).get_content().split() == text.partition("\n\n")[2].split()
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize("week", ["2026-47", "soon", "2026-W54"])
def test_a_week_that_is_none_is_told_how_to_write_it(run, week):
    with pytest.raises(ConfigError, match=r"is not a week. Write it as 2"):
        raise run("digest", "preview", "--week", week).exception


def test_a_week_that_is_not_over_is_not_written_of(run):
    with pytest.raises(ConfigError, match=r"is not over yet. The last full week is"):
        raise run("digest", "preview", "--week", f"{utcnow():%G-W%V}").exception


@pytest.mark.heavy
def test_a_week_is_sent_to_each_reader_once_and_once_more_to_who_asks(run, tmp_path):
    assert run("digest", "send", "--dry-run").stdout.split() == ["ann@example.org", "bob@example.org"]
    assert not (tmp_path / "mail").exists()
    sent = run("digest", "send", "--yes")
    assert sent.exit_code == 0
    assert "ann@example.org: saved, not sent. No mail server is set" in sent.stdout
    assert "No mail server is set" in sent.stderr
    assert [one["To"] for one in mails(tmp_path / "mail")] == ["ann@example.org", "bob@example.org"]
    with ArchiveReader.open(tmp_path / "a.db", ZoneInfo("Europe/London")) as archive:
        monday = last_week(utcnow().astimezone(archive.zone).date())
        posts = archive.history.mailed_posts("test", monday)
    assert f" {posts} " in f" {mails(tmp_path / 'mail')[0]['Subject']} "
    assert "Everyone on the list has had it" in run("digest", "send", "--yes").stderr
    again = run("digest", "resend", "ann@example.org")
    assert (again.exit_code, again.stdout.split()[:4]) == (
        0, ["ann@example.org:", "saved,", "not", "sent."]
    )  # fmt: skip
    assert sorted(one["To"] for one in mails(tmp_path / "mail")) == ["ann@example.org"] * 2 + [
        "bob@example.org"
    ]
    listed = run("digest", "list").stdout
    assert "sent. Sent by hand." in listed
    assert "bob@example.org: saved, not sent." in listed


def test_nothing_is_sent_unless_a_person_says_yes(run, tmp_path):
    assert run("digest", "send").exit_code == 1
    assert not (tmp_path / "mail").exists()


def test_a_mail_that_somebody_was_not_sent_cannot_be_sent_again(run):
    with pytest.raises(AccessError, match="digest list"):
        raise run("digest", "resend", "cat@example.org").exception


@pytest.mark.heavy
def test_a_test_goes_by_the_mail_server_to_one_address_and_says_how_it_went(run, monkeypatch):
    with MailServer() as server:
        for name, value in (SMTP | {"MONITOR_SMTP_PORT": str(server.port)}).items():
            monkeypatch.setenv(name, value)
        done = run("digest", "test", "Cat@example.org")
        assert done.exit_code == 0
        assert "from office@example.org" in done.stderr
        assert "cat@example.org: sent." in done.stdout
        assert [one.readers for one in server.taken] == [("cat@example.org",)]
        server.answers["RCPT"] = ["550 nobody here"]
        refused = run("digest", "test", "dan@example.org")
    assert refused.exit_code == 1
    assert "not sent. The mail server answered: 550 nobody here" in refused.stdout


@pytest.mark.heavy
def test_made_up_numbers_never_leave_the_machine(run, monkeypatch, tmp_path):
    with MailServer() as server:
        for name, value in (SMTP | {"MONITOR_SMTP_PORT": str(server.port)}).items():
            monkeypatch.setenv(name, value)
        (tmp_path / "a.db").rename("demo.db")
        assert run("digest", "test", "ann@example.org", archive="demo.db").exit_code == 0
        assert server.taken == []
    assert len(mails(tmp_path / "mail")) == 1


@pytest.mark.heavy
def test_the_doctor_says_where_mails_go_and_what_did_not_arrive(run, monkeypatch):
    said = run("doctor").stdout
    assert "mail: No mail server is set" in said
    assert "this computer only" not in said  # the address is one that others can open
    assert "did not arrive" not in said
    with MailServer() as server:
        server.answers["RCPT"] = ["550 nobody here"]
        for name, value in (SMTP | {"MONITOR_SMTP_PORT": str(server.port)}).items():
            monkeypatch.setenv(name, value)
        run("digest", "test", "dan@example.org")
    said = run("doctor").stdout
    assert "mail: Mails are sent by 127.0.0.1" in said
    assert "1 mail did not arrive" in said
    monkeypatch.setenv("MONITOR_SMTP_TLS", "ssl")
    wrong = run("doctor")
    assert (wrong.exit_code, "starttls, tls or none" in wrong.stdout) == (1, True)


def test_with_nobody_on_the_list_it_is_said_where_to_add_people(run, tmp_path):
    campaign = (tmp_path / "campaign.toml").read_text()
    (tmp_path / "campaign.toml").write_text(campaign.replace('["ann@example.org", "bob@example.org"]', "[]"))
    assert "Add addresses as recipients under [digest]" in run("digest", "send").stderr
    assert "No weekly mail has been due yet" in run("digest", "list").stderr
