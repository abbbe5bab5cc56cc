"""The offices of each test."""

import shutil

import pytest

from tests.lake.offices import OFFICES, added, alone, collected, counted


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


@pytest.fixture(scope="session")
def _counted(_collected, tmp_path_factory):
    folder = shutil.copytree(_collected, tmp_path_factory.mktemp("counted"), dirs_exist_ok=True)
    return counted(folder, alone).parent


@pytest.fixture
def counts(offices, _counted):
    """Return the folder of the counts of that lake, which several tests only look at: counted once."""
    return shutil.copytree(_counted, offices / _counted.name)
