"""Stances are off until the office has filled in its papers; what was said before stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.campaign.privacy import Privacy
from tests.archive.saving import saved
from tests.builders import a_page
from tests.campaigns import PAPERS
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW


def site(folder, papers):
    with an_archive(folder) as archive:
        saved(archive, a_page(then(), then(id="2", text="Another text")), track=TRACK)
        archive.annotations.label([2], "stance", "oppose", by="Jo", now=THEN)
    campaign = replace(CAMPAIGN, privacy=papers)
    return create_app(
        archived_office(folder, campaign=campaign, now=lambda: NOW + timedelta(days=7))
    ).test_client()


def act(client, act, post):
    return client.post("/posts/work", data={"act": act, "post": post, "back": "/posts"})


@pytest.mark.parametrize("blank", ["controller", "contact", "lawful_basis"])
def test_without_papers_no_stance_is_offered_or_taken_and_the_page_says_why(tmp_path, blank):
    client = site(tmp_path, replace(PAPERS, **{blank: ""}))
    page = client.get("/posts/1").text
    assert "stance:support" not in page
    assert "This stays off until the office has named" in page
    answer = act(client, "stance:support", 1)
    assert (answer.status_code, "Fill that in under Privacy" in answer.text) == (409, True)
    assert "Stance: oppose" in client.get("/posts/2").text
    assert act(client, "stance:", 2).status_code == 303
    assert "Stance: oppose" not in client.get("/posts/2").text


def test_control_with_papers_a_stance_is_offered_and_taken(tmp_path):
    client = site(tmp_path, PAPERS)
    assert "stance:support" in client.get("/posts/1").text
    assert act(client, "stance:support", 1).status_code == 303
    assert "Stance: support" in client.get("/posts/1").text


@pytest.mark.parametrize(("papers", "offered"), [(PAPERS, True), (Privacy(), False)], ids=["papers", "none"])
def test_a_sample_is_read_for_its_tone_alone_without_papers(tmp_path, papers, offered):
    client = site(tmp_path, papers)
    client.post("/tone/draw")
    week = "/tone/read?week=2026-11-16"
    assert ('name="stance"' in client.get(week).text) == offered
    answer = client.post(week, data={"post": 1, "tone": "neutral", "stance": "support"})
    assert answer.status_code == (303 if offered else 400)
