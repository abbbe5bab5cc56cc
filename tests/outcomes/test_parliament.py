"""What was said in Parliament is looked for in three services, and looked through again."""

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

import monitor.outcomes
from monitor.archive.outcomes.echoes import Echo
from monitor.core.model import Outcome
from monitor.outcomes import due_services, services_of, visit
from tests.archive.saving import opened
from tests.outcomes.petition_server import a_campaign
from tests.sources.loopback import as_html, as_json, serving

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HANSARD = "https://hansard.parliament.uk"
PHRASE = "calling time on crime"
SPEECH = {
    "MemberName": "B Member", "AttributedTo": "B Member (Somewhere)", "ContributionExtId": "C-1",
    "ContributionText": "...", "ContributionTextFull": "<p>I back <em>Calling</em> time on crime.</p>",
    "DebateSection": "Policing: London", "DebateSectionExtId": "D-2", "SittingDate": "2026-11-24T00:00:00",
    "House": "Commons",
}  # fmt: skip
QUESTION = {
    "id": 9, "uin": "8024", "dateTabled": "2026-11-20T00:00:00", "dateAnswered": None, "askingMember": None,
    "heading": "Police: London", "questionText": f"What he makes of {PHRASE}.", "answerText": None,
}  # fmt: skip
MOTION = {
    "Id": 65001, "Title": "Calling time on crime", "MotionText": "That this House notes it.",
    "DateTabled": "2026-11-19T00:00:00", "PrimarySponsor": {"Name": "B Member"},
}  # fmt: skip
PATHS = {
    "/search/contributions/Spoken.json": ("Results", lambda item: item),
    "/api/writtenquestions/questions": ("results", lambda item: {"value": item}),
    "/EarlyDayMotions/list": ("Response", lambda item: item),
}


class House:
    """Parliament's services on 127.0.0.1: lists by path, and single questions by id."""

    def __init__(self) -> None:
        self.items: dict[str, list] = dict(zip(PATHS, ([SPEECH], [QUESTION], [MOTION]), strict=True))
        self.whole: dict[str, dict] = {}

    def answer(self, method, path, query):
        if path not in PATHS:
            return as_json({"value": self.whole[path.rpartition("/")[2]]})
        key, form = PATHS[path]
        skip = int(next(value for name, value in query.items() if name.endswith("skip")))
        return as_json({key: [*map(form, self.items[path][skip : skip + 50])]})


@pytest.fixture
def house(monkeypatch):
    house = House()
    with serving(house.answer) as server:
        house.server = server
        names = {name: (title, server.url) for name, (title, _) in monitor.outcomes._PARLIAMENT.items()}
        monkeypatch.setattr(monitor.outcomes, "_PARLIAMENT", MappingProxyType(names))
        yield house


@pytest.fixture
def archive(tmp_path):
    with opened(tmp_path) as archive:
        yield archive


def looks(archive, now=NOON):
    campaign = a_campaign(parliament=True)
    return [visit(service, campaign, archive, {}, lambda: now) for service in services_of(campaign)]


def test_what_was_said_is_stored_with_who_said_it_and_where_it_stands(archive, house):
    assert {page.outcome for page in looks(archive)} == {Outcome.COMPLETE}
    assert archive.echoes.latest() == [
        Echo("speech", "C-1", date(2026, 11, 24), "Policing: London", "B Member",
             f"{HANSARD}/Commons/2026-11-24/debates/D-2/PolicingLondon#contribution-C-1", None),
        Echo("question", "9", date(2026, 11, 20), "Police: London", None,
             "https://questions-statements.parliament.uk/written-questions/detail/2026-11-20/8024", None),
        Echo("motion", "65001", date(2026, 11, 19), "Calling time on crime", "B Member",
             "https://edm.parliament.uk/early-day-motion/65001", None),
    ]  # fmt: skip
    asked = {request.path: request.query for request in house.server.requests}
    assert asked["/search/contributions/Spoken.json"]["queryParameters.searchTerm"] == f'"{PHRASE}"'
    assert asked["/api/writtenquestions/questions"]["tabledWhenFrom"] == "2025-11-28"
    assert archive.echoes.by_day() == {date(2026, 11, day): 1 for day in (19, 20, 24)}


@pytest.mark.heavy
def test_an_answered_question_gets_its_answer_and_is_no_second_one(archive, house):
    looks(archive)
    answered = QUESTION | {"dateAnswered": "2026-11-27T00:00:00", "askingMember": {"name": "C Member"}}
    house.items["/api/writtenquestions/questions"] = [answered]
    looks(archive)
    [question] = [echo for echo in archive.echoes.latest() if echo.kind == "question"]
    assert (question.answered_on, question.member) == (date(2026, 11, 27), "C Member")
    house.items["/api/writtenquestions/questions"] = [QUESTION]  # an old copy
    looks(archive)
    assert question in archive.echoes.latest()


def test_what_a_loose_search_finds_is_left_out(archive, house):
    for path, item in zip(PATHS, (SPEECH, QUESTION, MOTION), strict=True):
        loose = dict.fromkeys(
            ("ContributionTextFull", "questionText", "Title"), "Time was called on a crime."
        )
        house.items[path] = [item | {name: text for name, text in loose.items() if name in item}]
    looks(archive)
    assert archive.echoes.latest() == []


def test_a_question_that_the_list_cuts_is_read_whole(archive, house):
    start = "To ask the Secretary of State " + "what steps he has taken " * 12
    house.items["/api/writtenquestions/questions"] = [QUESTION | {"questionText": start[:255]}]
    house.whole["9"] = QUESTION | {"questionText": f"{start} on {PHRASE}."}
    looks(archive)
    assert "question" in {echo.kind for echo in archive.echoes.latest()}
    house.whole["9"] = QUESTION | {"questionText": f"{start} on something else."}
    house.items["/api/writtenquestions/questions"] = [QUESTION | {"id": 10, "questionText": start[:255]}]
    house.whole["10"] = house.whole["9"]
    looks(archive)  # the control
    assert [echo.native_id for echo in archive.echoes.latest() if echo.kind == "question"] == ["9"]


def test_a_whole_question_that_makes_no_sense_costs_its_service_alone(archive, house):
    house.items["/api/writtenquestions/questions"] = [QUESTION | {"questionText": "to ask " * 40}]
    house.whole["9"] = {"id": 9}
    assert [page.outcome for page in looks(archive)] == [
        Outcome.COMPLETE, Outcome.UNREADABLE, Outcome.COMPLETE,
    ]  # fmt: skip


@pytest.mark.heavy
def test_more_than_is_read_at_one_time_is_said(archive, house):
    house.items["/EarlyDayMotions/list"] = [MOTION | {"Id": number} for number in range(300)]
    assert looks(archive)[2].outcome is Outcome.CAPPED
    assert len(archive.echoes.latest(1000)) == 202
    cut = QUESTION | {"questionText": "to ask " * 40}
    house.items["/api/writtenquestions/questions"] = [cut | {"id": number} for number in range(40)]
    house.whole = {str(number): cut for number in range(40)}
    assert looks(archive)[1].outcome is Outcome.CAPPED


@pytest.mark.parametrize(
    "changes",
    [
        {"ContributionExtId": "<script>"}, {"House": "../x"}, {"SittingDate": None}, {"SittingDate": "soon"},
        {"DebateSection": 5}, {"DebateSection": "<b></b>"}, {"SittingDate": "2099-01-01"},
        {"SittingDate": "0001-01-01"}, {"dateAnswered": "2099-01-01"}, {"dateAnswered": 5},
        {"DebateSectionExtId": ""}, {"MemberName": 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_hostile_item_costs_itself_alone(archive, house, changes):
    house.items["/search/contributions/Spoken.json"] = [
        SPEECH | changes,
        SPEECH | {"ContributionExtId": "ok"},
    ]
    [page, *_] = looks(archive)
    assert len(page.rejected) == 1
    assert [echo.native_id for echo in archive.echoes.latest() if echo.kind == "speech"] == ["ok"]


def test_a_service_that_answers_otherwise_costs_itself_and_says_so(archive, house):
    house.items["/EarlyDayMotions/list"] = [5]
    assert [page.outcome for page in looks(archive)] == [
        Outcome.COMPLETE,
        Outcome.COMPLETE,
        Outcome.UNREADABLE,
    ]
    with serving(lambda *_: as_html()) as server:
        service = services_of(a_campaign(parliament=True))[0]
        strange = type(service)(
            **{name: getattr(service, name) for name in service.__slots__} | {"address": server.url}
        )
        page = visit(strange, a_campaign(parliament=True), archive, {}, lambda: NOON)
    assert page.outcome is Outcome.UNREADABLE


def test_a_long_title_makes_no_long_address(archive, house):
    house.items["/search/contributions/Spoken.json"] = [SPEECH | {"DebateSection": "a" * 100_000}]
    looks(archive)
    speech = archive.echoes.latest()[0]
    assert (len(speech.title), len(speech.url) < 300) == (300, True)


def test_markup_in_titles_and_names_is_stored_as_text(archive, house):
    bad = {"DebateSection": "<b>Policing</b>\u202e &amp; more", "MemberName": "<i>B</i> Member"}
    house.items["/search/contributions/Spoken.json"] = [SPEECH | bad]
    looks(archive)
    speech = archive.echoes.latest()[0]
    assert (speech.title, speech.member) == ("Policing & more", "B Member")


def test_parliament_is_asked_every_six_hours_if_there_is_a_phrase_and_it_is_on(archive, house):
    campaign = a_campaign(parliament=True)
    assert len(due_services(campaign, archive, NOON)) == 3
    looks(archive)
    later = [len(due_services(campaign, archive, NOON + timedelta(hours=n))) for n in (5, 6)]
    assert later == [0, 3]
    assert services_of(a_campaign(parliament=False)) == []
