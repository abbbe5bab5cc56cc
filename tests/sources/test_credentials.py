"""Keys are read from the environment, and a refusal names one without showing it."""

import pytest

from monitor.core.errors import Refused
from monitor.sources.shared import credentials


def test_keys_come_in_order_and_without_the_spaces_around_them() -> None:
    assert credentials.read(("B", "A"), {"A": " one\n", "B": "two|3-_."}, "") == ["two|3-_.", "one"]


@pytest.mark.parametrize("env", [{}, {"A": ""}, {"A": " \n"}])
def test_a_missing_key_is_named_with_how_to_get_it(env: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"^A and B are missing from \.env\. Ask\.$"):
        credentials.read(("A", "B"), env, "Ask.")


@pytest.mark.parametrize(
    "key", ["canary 7391", '"canary7391"', "canary7391\u2026", "canary\n7391", "canary\x007391"]
)
def test_what_cannot_be_a_key_is_refused_before_it_is_sent_and_is_not_shown(key: str) -> None:
    with pytest.raises(Refused, match=r"^A in \.env cannot be right") as refused:
        credentials.read(("A", "B"), {"A": key, "B": "fine"}, "")
    assert "canary" not in str(refused.value)
