"""The picture of the rooms in docs/ is made from the imports, and is not older than they are."""

import pytest

from docs.picture import ROOT, floors, picture
from tests.house.graph import graph

pytestmark = pytest.mark.heavy

SVG = ROOT / "docs" / "architecture.svg"


def test_the_picture_is_drawn_from_the_imports_of_today():
    assert picture() == SVG.read_text(encoding="utf-8"), "type: make docs"


def test_a_room_that_imports_another_changes_the_picture(monkeypatch):
    nosy = graph()
    before = picture()
    monkeypatch.setattr("docs.picture.grimp.build_graph", lambda *names, **how: _with_import(nosy))
    assert picture() != before


def test_every_floor_is_in_the_picture():
    drawn = SVG.read_text(encoding="utf-8")
    rooms = {room.split(".")[1] if "." in room else room for floor in floors() for room in floor}
    assert all(f">{room}</text>" in drawn for room in rooms)


def _with_import(graph):
    import copy

    changed = copy.deepcopy(graph)
    changed.add_import(importer="monitor.tone", imported="monitor.campaign")
    return changed
