"""Stances are off until the office has filled in its papers; what was said before stays."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard import create_app
from monitor.campaign.privacy import Privacy
from monitor.core.model import Tone
from tests.archive.saving import saved
from tests.builders import a_page
from tests.campaigns import PAPERS
from tests.dashboard.archived import THEN, TRACK, an_archive, archived_office, then
from tests.dashboard.reports import CAMPAIGN, NOW

pytestmark = pytest.mark.heavy

DAYS = "&since=2026-11-16&until=2026-11-22"
LISTED, OPPOSED = f"/posts?tone=neutral{DAYS}", f"/posts?stance=oppose{DAYS}"


def site(folder, papers):
    with an_archive(folder) as archive:
        for tone, number in ((Tone.NEUTRAL, 12), (Tone.NEGATIVE, 8)):  # fewer people could be told apart
            names = [f"{tone} {n}" for n in range(number)]
            posts = [then(id=name, by=name, text=f"What they said, {name}") for name in names]
            saved(archive, a_page(*posts), track=TRACK, tone=tone)
        archive.annotations.label([1, 2, 3, 4, 5, 6], "stance", "oppose", by="Jo", now=THEN)
    campaign = replace(CAMPAIGN, privacy=papers)
    return create_app(
        archived_office(folder, campaign=campaign, now=lambda: NOW + timedelta(days=7))
    ).test_client()


def act(client, act, listed):
    words = re.search(r'name="words" value="([^"]+)"', client.get(listed).text)[1]
    return client.post(listed, data={"act": act, "words": words})


@pytest.mark.parametrize("blank", ["controller", "contact", "lawful_basis"])
def test_without_papers_no_stance_is_offered_or_taken_and_the_page_says_why(tmp_path, blank):
    client = site(tmp_path, replace(PAPERS, **{blank: ""}))
    page = client.get(LISTED).text
    assert "stance:support" not in page
    assert "This stays off until the office has named" in page
    answer = act(client, "stance:support", LISTED)
    assert (answer.status_code, "Fill that in under Privacy" in answer.text) == (400, True)
    assert act(client, "tone:positive", LISTED).status_code == 303
    assert client.get(OPPOSED).text.count("Stance: oppose</span>") == 6
    assert act(client, "stance:", OPPOSED).status_code == 303
    assert client.get(OPPOSED).text.count("Stance: oppose</span>") == 5


def test_control_with_papers_a_stance_is_offered_and_taken(tmp_path):
    client = site(tmp_path, PAPERS)
    assert "stance:support" in client.get(LISTED).text
    assert act(client, "stance:support", LISTED).status_code == 303
    with an_archive(tmp_path) as archive:
        values = [
            work.latest("stance").value for work in archive.annotations.of_posts([*range(1, 21)]).values()
        ]
    assert sorted(values) == ["oppose"] * 6 + ["support"]


@pytest.mark.parametrize(("papers", "offered"), [(PAPERS, True), (Privacy(), False)], ids=["papers", "none"])
def test_a_sample_is_read_for_its_tone_alone_without_papers(tmp_path, papers, offered):
    client = site(tmp_path, papers)
    client.post("/tone/draw")
    week = "/tone/read?week=2026-11-16"
    assert ('name="stance"' in client.get(week).text) == offered
    answer = client.post(week, data={"post": 1, "tone": "neutral", "stance": "support"})
    assert answer.status_code == (303 if offered else 400)
