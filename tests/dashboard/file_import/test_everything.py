"""Whether a file is everything: asked when it has been taken in, and counted as time that was seen."""

from dataclasses import replace

import pytest

from monitor.campaign import Track
from tests.dashboard.file_import.conftest import Office, bring, table, take_in, wait
from tests.dashboard.reports import CAMPAIGN, a_report

pytestmark = pytest.mark.heavy

TRACK = CAMPAIGN.tracks[0].name
SURE = {
    "act": "everything",
    "platform": "mastodon",
    "first": "2026-11-03",
    "last": "2026-11-09",
    "sure": "on",
}


def claims(office, track=TRACK):
    with office.archive() as archive:
        return archive.coverage.file_claims(track)


def test_it_is_asked_with_the_days_of_the_file(office):
    client = office.browser()
    shown = client.get(take_in(office, client, table(9, 3, 5), track=TRACK)).text
    assert "Is this file complete for Mastodon?" in shown
    assert 'name="first" value="2026-11-03"' in shown
    assert 'name="last" value="2026-11-09"' in shown


def test_for_a_file_of_several_platforms_it_is_explained_once(office):
    client = office.browser()
    both = table(3) + table(4).partition("\n")[2].replace("mastodon", "lemmy")
    shown = client.get(take_in(office, client, both, track=TRACK)).text
    assert shown.count("Is this file complete for ") == 2
    assert shown.count("skip this") == 1


def test_said_its_days_count_as_seen_and_that_is_told(office):
    client = office.browser()
    at = take_in(office, client, table(3, 9), track=TRACK)
    assert "these days count as covered" in client.post(at, data=SURE, follow_redirects=True).text
    [claim] = claims(office)
    assert (claim.source, claim.file, claim.at) == ("mastodon", "posts.csv", office.now)
    with office.archive() as archive:
        [(source, since, until)] = archive.coverage.covered(TRACK, claim.since, claim.until)
        assert (source, (until - since).days) == ("mastodon", 7)
        assert archive.coverage.last_polls(office.now) == {}
    assert "complete for mastodon, 3 to 9 November 2026" in office.accounts.trail()[0].what
    assert "from posts.csv, imported on" in client.get("/bring-a-file").text


def test_sources_and_methods_say_that_time_is_known_from_a_file(office):
    x = replace(a_report().covered[0], file_from=office.now.date())
    office.start(report=lambda choice: a_report(covered=(x,)))
    for path in ("/sources", "/methods"):
        shown = office.browser("viewer").get(path).text
        assert f"from a file imported on {office.now.day} November 2026" in shown
    office.start()  # control
    assert "from a file" not in office.browser("viewer").get("/sources").text


@pytest.mark.parametrize(
    "change",
    [
        {"sure": None}, {"platform": "x"}, {"platform": ""}, {"first": ""}, {"last": "2026-13-01"},
        {"first": "2026-11-10"}, {"first": "2027-01-01", "last": "2027-01-02"},
    ],
    ids=["not ticked", "another platform", "no platform", "no day", "no such day", "backwards", "to come"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_words(office, change):
    client = office.browser()
    at = take_in(office, client, table(3, 9), track=TRACK)
    form = {name: value for name, value in (SURE | change).items() if value is not None}
    answer = client.post(at, data=form)
    assert (answer.status_code, "Nothing was saved." in answer.text, claims(office)) == (400, True, [])


def test_of_a_file_that_was_not_taken_in_it_cannot_be_said(office):
    client = office.browser()
    at = bring(client, table(3, 9)).location
    assert client.post(at, data=SURE).status_code == 400
    assert claims(office) == []


def test_it_can_be_taken_back_by_another_editor(office):
    client = office.browser()
    client.post(take_in(office, client, table(3, 9), track=TRACK), data=SURE)
    [claim] = claims(office)
    viewer = {"act": "withdraw", "track": TRACK, "claim": claim.stream}
    assert office.browser("viewer").post("/bring-a-file", data=viewer).status_code == 403
    office.browser().post("/bring-a-file", data=viewer | {"claim": "file:other"})
    assert claims(office) == [claim]
    office.browser("admin").post("/bring-a-file", data=viewer)
    assert claims(office) == []
    assert office.posts() == 2
    assert "no longer complete for mastodon" in office.accounts.trail()[0].what


def test_it_holds_for_the_tracks_that_the_file_was_taken_into(tmp_path):
    second = Track(name="again", title="again", tags=(), phrases=("hello",))
    office = Office(tmp_path, replace(CAMPAIGN, tracks=(*CAMPAIGN.tracks, second)))
    client = office.browser()
    client.post(take_in(office, client, table(3, 9), track="again"), data=SURE)
    assert (len(claims(office)), len(claims(office, "again"))) == (0, 1)
    client.post(take_in(office, client, table(3, 9)), data=SURE)  # those that match
    assert (len(claims(office)), len(claims(office, "again"))) == (1, 1)
    wait(office)
    office.accounts.close()
