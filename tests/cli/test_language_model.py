"""The small language model, an extra: chosen where it is not installed, it is missed in a sentence."""

import json
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from monitor.cli import Paths, group
from monitor.cli.wiring import accounts_of
from monitor.cli.wiring.live_settings import settings_files
from monitor.cli.wiring.web import live_app
from monitor.cli.wiring.worker import worker_settings
from monitor.collect.tone_scoring import rescore_some
from monitor.core.clock import utcnow
from monitor.core.errors import MissingModelError
from monitor.tone import _transformer
from tests.builders import a_page, a_post, a_sentiment
from tests.campaigns import ONE_TRACK

pytestmark = pytest.mark.heavy

CHOSEN = '[tone]\nanalyzer = "transformer"\n'
SAYS = "The small language model is not installed, or its files are damaged. Type: make tone. Without make,"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Return an office where the language model is not installed, wherever these tests run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("monitor.tone.find_spec", lambda name: None)
    (tmp_path / "campaign.toml").write_text(ONE_TRACK)
    return Paths(campaign=tmp_path / "campaign.toml", archive=tmp_path / "a.db")


def app(paths: Paths):
    accounts = accounts_of(paths)
    return live_app(settings_files(paths, accounts), paths, accounts)().test_client()


def choose(paths: Paths, analyzer: str):
    base = settings_files(paths, accounts_of(paths)).settings().version
    form = {"base": base, "was.analyzer": "campaign", "analyzer": analyzer}
    return app(paths).post("/settings/tone", data=form, headers={"Origin": "http://localhost"})


def run(paths: Paths, *words: str):
    files = ["--campaign", str(paths.campaign), "--archive", str(paths.archive)]
    return CliRunner().invoke(group, [*files, *words], input="Thank you all\n")


def test_chosen_in_settings_it_is_refused_with_what_to_type_and_nothing_changes(paths):
    answer = choose(paths, "transformer")
    assert answer.status_code == 422
    assert f'id="analyzer-wrong" role="alert">{SAYS}' in answer.text
    assert '<option value="transformer" selected>Small language model' in answer.text
    assert paths.campaign.read_text() == ONE_TRACK


def test_control_another_analyzer_is_chosen_in_settings(paths):
    assert choose(paths, "textblob").status_code == 303
    assert 'analyzer = "textblob"' in paths.campaign.read_text()


def test_once_another_is_chosen_settings_say_at_once_how_far_it_is(paths):
    analyzer = worker_settings(paths, settings_files(paths, accounts_of(paths)).settings()).analyzer
    with app(paths).application.extensions["services"].write() as archive:
        archive.ingest.save(
            a_page(a_post()), source="mastodon", track="calling-time-on-crime", scores=[a_sentiment()],
            analyzer=analyzer.name, started_at=utcnow(), now=utcnow(),
        )  # fmt: skip
    assert "So far, " not in app(paths).get("/settings/tone").text  # the control
    choose(paths, "textblob")
    for page in ("/settings", "/settings/tone", "/sources"):
        assert "So far, 0% of posts are done." in app(paths).get(page).text


def test_named_in_the_campaign_file_it_stops_nothing_and_is_missed_wherever_people_look(paths, caplog):
    paths.campaign.write_text(ONE_TRACK + CHOSEN)
    pages = app(paths)
    assert worker_settings(paths, settings_files(paths, accounts_of(paths)).settings()).analyzer.name == ""
    assert SAYS in caplog.text
    with pages.application.extensions["services"].write() as archive:
        archive.ingest.save(
            a_page(a_post()), source="mastodon", track="calling-time-on-crime", scores=[None], analyzer="",
            started_at=utcnow(), now=utcnow(),
        )  # fmt: skip
    for page in ("/settings", "/sources"):
        assert SAYS in pages.get(page).text
    checks = json.loads(run(paths, "doctor", "--json").stdout)
    [tone] = [check for check in checks if check["part"] == "tone"]
    assert (tone["state"], tone["says"].startswith(SAYS)) == ("fail", True)


@pytest.mark.parametrize("command", ["rescore", "score"])
def test_a_command_that_scores_says_what_to_type(paths, command):
    paths.campaign.write_text(ONE_TRACK + CHOSEN)
    error = run(paths, command).exception
    assert isinstance(error, MissingModelError)
    assert (SAYS in str(error), error.exit_code) == (True, 1)
    paths.campaign.write_text(ONE_TRACK)
    assert run(paths, command).exit_code == 0  # the control


def test_what_was_scored_before_stays_while_its_words_do_and_what_is_new_waits(paths):
    old, new = a_post(id="1", text="A lovely day"), a_post(id="2", text="An awful day")
    edited = a_post(id="1", text="A dreadful day")
    with app(paths).application.extensions["services"].write() as archive:

        def save(post, score, analyzer):
            archive.ingest.save(
                a_page(post), source="mastodon", track="calling-time-on-crime", scores=[score],
                analyzer=analyzer, started_at=utcnow(), now=utcnow(),
            )  # fmt: skip
            return archive.db.execute("SELECT post_id, analyzer FROM tones ORDER BY 1").fetchall()

        assert save(old, a_sentiment(), "transformer-1") == [(1, "transformer-1")]
        assert save(old, None, "") == [(1, "transformer-1")]
        assert save(new, None, "") == [(1, "transformer-1")]
        assert save(edited, None, "") == []
        assert save(new, None, "transformer-1") == []  # as of another language

        class Installed:
            name = "transformer-1"

            def score(self, text, lang=None):
                return a_sentiment()

        assert rescore_some(archive, Installed(), utcnow()) == 2
        assert archive.db.execute("SELECT post_id FROM tones").fetchall() == [(1,), (2,)]


def broken_model(monkeypatch):
    """Have a language model that looks whole, and cannot be loaded."""

    class TransformerAnalyzer:
        def __init__(self, subject):
            raise KeyError("0.wide")

    module = SimpleNamespace(TransformerAnalyzer=TransformerAnalyzer)
    monkeypatch.setitem(sys.modules, "monitor.tone.transformer", module)
    broken = Event()
    monkeypatch.setattr("monitor.tone._broken", broken)
    monkeypatch.setattr("monitor.tone._weights", lambda: "" if broken.is_set() else "7")
    _transformer.cache_clear()


def filled(paths: Paths) -> None:
    with app(paths).application.extensions["services"].write() as archive:
        archive.ingest.save(
            a_page(a_post(text="What a lovely day")), source="mastodon", track="calling-time-on-crime",
            scores=[a_sentiment()], analyzer="old-1", started_at=utcnow(), now=utcnow(),
        )  # fmt: skip


def test_whatever_cannot_be_loaded_is_not_chosen_in_settings_and_fails_the_doctor(paths, monkeypatch):
    broken_model(monkeypatch)
    assert SAYS in choose(paths, "transformer").text
    assert paths.campaign.read_text() == ONE_TRACK
    filled(paths)
    paths.campaign.write_text(ONE_TRACK + CHOSEN)
    broken_model(monkeypatch)
    checks = json.loads(run(paths, "doctor", "--json").stdout)
    [tone] = [check for check in checks if check["part"] == "tone"]
    assert (tone["state"], tone["says"].startswith(SAYS)) == ("fail", True)


@pytest.mark.parametrize("command", ["rescore", "score"])
def test_a_command_ends_with_a_sentence_if_the_model_cannot_be_loaded(paths, monkeypatch, command):
    filled(paths)
    paths.campaign.write_text(ONE_TRACK + CHOSEN)
    broken_model(monkeypatch)
    error = run(paths, command).exception
    assert isinstance(error, MissingModelError)
    assert SAYS in str(error)
    with app(paths).application.extensions["services"].read() as archive:
        assert archive.tone_scores.progress("old-1") == (1, 0)  # nothing is lost


def test_a_page_says_so_once_the_model_was_removed_while_it_ran(paths, monkeypatch):
    filled(paths)
    paths.campaign.write_text(ONE_TRACK + CHOSEN)
    monkeypatch.setattr("monitor.tone._weights", lambda: "7")
    pages = app(paths)
    assert SAYS not in pages.get("/sources").text
    monkeypatch.setattr("monitor.tone._weights", lambda: "")
    assert SAYS in pages.get("/sources?again").text  # a page is kept up to a minute
