"""The JSON of a report says what its schema says, and errors are JSON too."""

import json
from dataclasses import replace

import pytest

from dashboard import create_app
from monitor.core.errors import ArchiveError
from monitor.report import OwedReply, Report
from tests.dashboard.reports import NOW, a_figure, a_post, a_report, some_services

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")


def client(report=None):
    return create_app(some_services(report)).test_client()


def document():
    return client().get("/api/v1/openapi.json").json


def faults(answer, name: str = "Report") -> list[str]:
    """Return what of an answer is not as the document says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer)]


@pytest.mark.slow
def test_the_document_is_valid_openapi():
    validators = pytest.importorskip("openapi_spec_validator", reason="it is not installed")
    validators.validate(document())


@pytest.mark.parametrize(
    "address", ["", "?period=week", "?since=2026-11-01&until=2026-11-02&platform=bluesky"]
)
def test_a_report_is_as_the_document_says(address):
    answer = client().get("/api/v1/report" + address)
    assert answer.status_code == 200
    assert faults(answer.json) == []


@pytest.mark.heavy
def test_an_answer_that_is_not_as_documented_is_noticed():
    answer = client().get("/api/v1/report").json
    assert faults(answer | {"posts": 5})
    assert faults({name: value for name, value in answer.items() if name != "seen"})
    assert faults(answer | {"more": 1})


def test_of_what_waits_for_a_reply_only_the_numbers_are_in_it():
    waiting = OwedReply(post=a_post(id=77), posts=(77,), by="Zebedee", since=NOW, due=NOW.date())
    answer = client(a_report(7, owed=(waiting,), to_reply=3, overdue=1)).get("/api/v1/report")
    assert (answer.json["to_reply"], answer.json["overdue"], "Zebedee" in answer.text) == (3, 1, False)


def test_every_number_of_the_report_is_in_it_and_unknown_is_null():
    report = a_report(7, views=replace(a_figure("views", 0), value=None), seen=None)
    answer = client(report).get("/api/v1/report").json
    own = set(Report.__dataclass_fields__) - {"figures", "details", "owed"}
    assert set(answer) == {
        *own,
        *report.figures,
        "net_tone",
        "methods",
        "story",
    }
    assert answer["top"]
    assert not any("tone" in post for post in (*answer["top"], *answer["latest"]))  # its writer is beside it
    assert (answer["views"]["value"], answer["seen"]) == (None, None)
    assert answer["people"]["value"] == report.figures["people"].value
    assert answer["methods"]["posts"]["version"] == 1


@pytest.mark.parametrize("address", ["?period=year", "?track=none", "?platform=none", "?since=x"])
def test_what_makes_no_sense_is_answered_in_a_sentence(address):
    answer = client().get("/api/v1/report" + address)
    assert answer.status_code == 400
    assert faults(answer.json, "Error") == []
    assert answer.json["error"].endswith(".")


def test_an_archive_that_cannot_be_read_is_said_so():
    def broken(choice):
        raise ArchiveError("The archive is busy. Try again.")

    answer = client(broken).get("/api/v1/report")
    assert (answer.status_code, answer.json) == (503, {"error": "The archive is busy. Try again."})


def test_the_words_of_a_platform_cannot_become_markup():
    answer = client(a_report(7)).get("/api/v1/report")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    json.loads(answer.data)
