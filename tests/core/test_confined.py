"""A confined process may neither use much, nor write, nor start anything; and it is asked in plain JSON."""

import pytest

from monitor.core.errors import MonitorError
from monitor.core.files.confined import confined

ME = "tests.core.confined_work"


def test_what_is_asked_is_answered():
    assert confined(ME, b"abc", {"act": "length"}) == 3


def test_a_refusal_is_said_in_its_own_words():
    with pytest.raises(MonitorError, match="Not this one"):
        confined(ME, b"", {"act": "refuse"})


@pytest.mark.parametrize("act", ["memory", "write", "process", "exit"])
def test_what_takes_too_much_is_ended_with_one_sentence(act, tmp_path):
    with pytest.raises(MonitorError, match="more time or memory"):
        confined(ME, str(tmp_path / "file").encode(), {"act": act})
    assert [path.stat().st_size for path in tmp_path.iterdir()] in ([], [0])


def test_no_key_of_the_environment_is_there(monkeypatch):
    monkeypatch.setenv("X_BEARER_TOKEN", "secret")
    assert "X_BEARER_TOKEN" not in confined(ME, b"", {"act": "environment"})


@pytest.mark.heavy
@pytest.mark.parametrize("act", ["memory", "write", "process"])
def test_control_without_limits_each_of_these_works(act, tmp_path):
    assert confined(ME, str(tmp_path / "file").encode(), {"act": act, "limited": False}) is not None
