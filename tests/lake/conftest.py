"""The offices of each test."""

import shutil

import pytest

from tests.lake.offices import OFFICES, added, collected


@pytest.fixture(scope="session")
def _collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offices")
    collected(folder)
    for office in OFFICES:
        added(folder, office)
    return folder


@pytest.fixture
def offices(_collected, tmp_path):
    """Return a folder of one's own with the archives of all, and the lake that they have filled."""
    shutil.copytree(_collected, tmp_path, dirs_exist_ok=True)
    return tmp_path
