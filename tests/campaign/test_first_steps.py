"""The steps of the first run: each asks for settings that there are, by their whole keys."""

import tomllib
from pathlib import Path

import pytest

from monitor.campaign.edit import setting, with_settings
from monitor.campaign.first_steps import STEPS, questions

SHIPPED = (Path(__file__).parents[2] / "config/campaign.toml").read_text()
SOURCES = {"mastodon": "Mastodon", "gdelt": "GDELT", "lemmy": "Lemmy"}


def asked(step, text=SHIPPED):
    return {one.name: one for one in questions(step, tomllib.loads(text), SOURCES).settings}


@pytest.mark.parametrize("step", STEPS)
def test_each_setting_has_its_whole_key_and_the_value_of_the_file(step):
    for name, one in asked(step).items():
        assert one.value == setting(SHIPPED, name)


@pytest.mark.parametrize("step", [name for name, step in STEPS.items() if step.asks])
def test_each_setting_that_a_step_asks_for_is_there(step):
    keys = [("campaign." + name).split(".")[-3 if name.count(".") == 2 else -2 :] for name in asked(step)]
    assert {f"{key[0]}.{key[-1]}" for key in keys} == {*STEPS[step].asks}


def test_sources_are_called_by_their_titles_and_one_that_is_not_in_the_file_is_off():
    text = with_settings(SHIPPED, {"sources.lemmy": None, "sources.gdelt.on": None})
    assert {one.label: one.value for one in asked("sources", text).values()} == {
        "Mastodon": True,
        "GDELT": True,  # as the file has its table
        "Lemmy": False,
    }


def test_only_the_mail_has_keys():
    keys = {step: [*questions(step, tomllib.loads(SHIPPED), SOURCES).keys] for step in STEPS}
    assert [step for step in STEPS if keys[step]] == ["mail"]
    assert "MONITOR_SMTP_PASSWORD" in keys["mail"]


def test_what_is_no_step_is_refused():
    with pytest.raises(KeyError):
        asked("colours")
