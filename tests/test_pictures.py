"""The pictures of the documentation are of the pages as they are today, small, and shown."""

import re
import shutil
from pathlib import Path

import pytest

from docs.pictures.build import FINGERPRINT, FOLDER, ROOT, SIGHT, fingerprint

PAGES = ("README.md", "docs/index.md", "docs/mail.md")


def shown(page: str) -> list[Path]:
    """Return the pictures that a page of the documentation shows."""
    text = (ROOT / page).read_text(encoding="utf-8")
    addresses = re.findall(r'(?:src|srcset)="([^"]+\.webp)"|\]\(([^)]+\.webp)\)', text)
    return [(ROOT / page).parent / "".join(pair) for pair in addresses]


def test_the_pictures_are_of_the_pages_as_they_are():
    assert FINGERPRINT.read_text().strip() == fingerprint(), "type: make pictures"


def test_control_another_style_is_noticed(tmp_path):
    for room in SIGHT:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert fingerprint(tmp_path) == fingerprint()
    style = tmp_path / "dashboard/static/style.css"
    style.write_text(style.read_text() + "\n")
    assert fingerprint(tmp_path) != fingerprint()


def test_they_are_small_together():
    assert 30_000 < sum(path.stat().st_size for path in FOLDER.glob("*.webp")) < 300_000


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_people_read_first_shows_one_near_its_top(page):
    head = (ROOT / page).read_text(encoding="utf-8")[:1200]
    assert ".webp" in head
    assert all(path.is_file() for path in shown(page))


def test_every_picture_is_shown_somewhere():
    assert {path.resolve() for page in PAGES for path in shown(page)} == set(FOLDER.glob("*.webp"))
