"""The API, asked by Schemathesis for what its own document allows, and for what it does not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings

from dashboard import posts as page_of_posts
from monitor.accounts import Role
from monitor.archive import Archive
from monitor.cli import Paths
from monitor.cli.wiring import accounts_of, campaign_of
from monitor.cli.wiring.web import flask_app
from monitor.core.clock import utcnow
from tests.archive.saving import saved
from tests.builders import a_page, a_post
from tests.chaos.experiment import Experiment, Outcome
from tests.cli.test_serve import CAMPAIGN
from tests.dashboard.reports import served

MANY = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def ask(folder: Path, times: int) -> Outcome:
    """Ask each operation so many times, and as often in a way that the document forbids."""
    from schemathesis import openapi

    (folder / "campaign.toml").write_text(CAMPAIGN)
    paths = Paths(campaign=folder / "campaign.toml", archive=folder / "a.db")
    campaign = campaign_of(paths)
    with Archive.open(paths.archive, campaign.zone) as archive:
        many = (a_post(id=str(n), text=f"Post {n}", created_at=utcnow()) for n in range(120))
        saved(archive, a_page(*many), track="test")
    accounts = accounts_of(paths)
    ann = accounts.add("Ann", Role.ADMIN, by="an experiment", now=utcnow(), password="three odd words")
    key = {"Authorization": f"Bearer {accounts.add_token(ann, 'a program', utcnow())}"}
    accounts.close()
    answers: Counter[int] = Counter()
    with served(flask_app(paths, campaign)) as address:
        schema = openapi.from_url(f"{address}/api/v1/openapi.json", headers=key)
        faults = [*_faults(schema, key, times, answers)]
    figure = f"{answers.total()} requests, of which {answers[200]} were answered and {answers[400]} refused"
    return Outcome(f"{figure}, {len(faults)} faults", tuple(faults))


def _faults(schema: object, key: dict[str, str], times: int, answers: Counter[int]) -> Iterator[str]:
    from schemathesis.core.failures import FailureGroup
    from schemathesis.generation import GenerationMode

    for found in schema.get_all_operations():  # type: ignore[attr-defined]
        operation = found.ok()
        for mode in GenerationMode:

            @settings(
                max_examples=times, deadline=None, database=None, derandomize=True,
                report_multiple_bugs=False, suppress_health_check=MANY,
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def answered(case: object) -> None:
                answer = case.call(headers=key)  # type: ignore[attr-defined]
                answers[answer.status_code] += 1
                case.validate_response(answer, checks=_checks())  # type: ignore[attr-defined]

            try:
                answered()
            except (Exception, FailureGroup) as error:  # whatever it is, it is what we look for
                yield f"{operation.label}: {' '.join(str(error).split())[:500]}"


def _checks() -> list[object]:
    from schemathesis import checks
    from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

    return [checks.not_a_server_error, content_type_conformance, response_schema_conformance]


def ask_trusting(folder: Path, times: int) -> Outcome:
    """Do the same with a program to which whatever should be a number is one."""
    with patch.object(page_of_posts, "number", int):
        return ask(folder, times)


EXPERIMENT = Experiment(
    promise="No request to the API ends in a fault of ours, and each answer is as its document says",
    method="Schemathesis makes requests from the OpenAPI document, as it allows and as it forbids",
    run=ask,
    control_method="a program to which whatever should be a number is one",
    control=ask_trusting,
    times=250,
    few=0,  # tests/dashboard/api
    control_times=100,
    tool="schemathesis",
)
