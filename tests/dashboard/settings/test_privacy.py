"""The office fills in its papers in the browser: nothing is chosen for it, and what waited goes on."""

import pytest
from lxml import html

from monitor.campaign.privacy import BASES, CONDITIONS
from tests.dashboard.settings.office import Office, fields

pytestmark = pytest.mark.heavy

PATH = "/settings/privacy"


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    yield made
    made.accounts.close()


@pytest.mark.parametrize(("name", "names"), [("lawful_basis", BASES), ("condition", CONDITIONS)])
def test_a_choice_is_explained_and_none_is_made(office, name, names):
    page = office.client().get(PATH).text
    options = html.fromstring(page).xpath(f"//select[@name='{name}']/option")
    assert [option.get("value") for option in options] == ["", *names]
    assert options[0].text == "Not decided"
    assert fields(page)[name] == ""
    assert all(html.fromstring(page).text_content().count(meaning) == 1 for meaning in names.values())


def test_what_is_filled_in_stands_in_the_file_and_on_the_notice(office):
    typed = {"controller": "Jo Example MP", "contact": "a@b.example", "lawful_basis": "consent"}
    assert office.files.settings().campaign.privacy.why_off
    assert office.send(PATH, typed).status_code == 303
    changed = sorted(line.split(" =")[0] for line in office.difference())
    assert changed == sorted([f"{sign}{name}" for name in typed for sign in "+-"])
    assert not office.files.settings().campaign.privacy.why_off
    assert "is Jo Example MP. Write to a@b.example" in office.client().get("/privacy").text


def test_a_contact_that_is_no_address_is_refused_beside_its_field(office):
    answer = office.send(PATH, {"contact": "nobody"})
    assert (answer.status_code, office.difference()) == (422, [])
    assert (
        "name@example.org" in html.fromstring(answer.text).xpath("//p[@id='contact-wrong']")[0].text_content()
    )
