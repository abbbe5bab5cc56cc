"""The inventory of what the program is made of has all that its lock has, and says so the same each time."""

import re

import pytest

from tests.sbom import NAME, ROOT, sbom

LOCK = (ROOT / "requirements.txt").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()


@pytest.fixture(scope="module")
def made():
    return sbom(LOCK, PYPROJECT)


def pins(lock: str) -> set[str]:
    return set(re.findall(r"(?m)^([\w.-]+)==", lock))


def test_every_library_of_the_lock_is_in_it_with_all_its_hashes(made):
    assert {part["name"] for part in made["components"]} == pins(LOCK)
    assert sum(len(part["hashes"]) for part in made["components"]) == LOCK.count("--hash=sha256:")
    assert all(part["hashes"] for part in made["components"])


def test_control_a_library_that_is_left_out_is_noticed():
    without = re.sub(r"(?m)^flask==(?:.*\\\n)*.*\n", "", LOCK)
    assert {part["name"] for part in sbom(without, PYPROJECT)["components"]} == pins(LOCK) - {"flask"}


def test_each_library_that_is_installed_names_its_licence(made):
    silent = {part["name"] for part in made["components"] if not part.get("licenses")}
    # Those two say nothing of it, and the third is for Windows only.
    assert silent <= {"pysqlite3", "resvg-py", "colorama"}


def test_its_form_is_cyclonedx_and_each_reference_leads_to_a_part(made):
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["serialNumber"])
    refs = [NAME, *(part["bom-ref"] for part in made["components"])]
    assert len(refs) == len(set(refs))
    assert [edge["ref"] for edge in made["dependencies"]] == refs
    assert {ref for edge in made["dependencies"] for ref in edge["dependsOn"]} == set(refs) - {NAME}


@pytest.mark.heavy
def test_the_same_lock_gives_the_same(made):
    assert sbom(LOCK, PYPROJECT) == made
    assert sbom(LOCK.replace("flask==", "flask==9"), PYPROJECT)["serialNumber"] != made["serialNumber"]
