"""The areas of the places file: which one is meant, and which borough has it."""

from pathlib import Path

import pytest

from monitor.campaign import load
from monitor.core.errors import ConfigError
from tests.campaigns import ONE_TRACK

SHIPPED = Path(__file__).parents[2] / "config/campaign.toml"
AREAS = load(SHIPPED).areas


def areas_of(folder: Path, places: str):
    (folder / "places.toml").write_text(places)
    (folder / "campaign.toml").write_text('places = "places.toml"\n' + ONE_TRACK)
    return load(folder / "campaign.toml").areas


def test_the_shipped_file_has_three_boroughs_and_a_tile_for_each_of_their_wards():
    wards = AREAS.of("ward")
    assert (len(AREAS.of("borough")), len(AREAS.of("constituency")), len(wards)) == (3, 8, 61)
    assert len({ward.tile for ward in wards}) == len({ward.code for ward in wards}) == 61


@pytest.mark.parametrize(
    ("text", "area", "borough", "name"),
    [
        ("rm9 ", "RM9", "barking-and-dagenham", "RM9"),
        ("RM6", "RM6", None, "RM6 (half Barking & Dagenham, half Redbridge)"),
        ("RM7", "RM7", None, "RM7 (87% Havering, 13% Barking & Dagenham)"),
        ("IG8", "IG8", None, "IG8 (78% Redbridge, 22% elsewhere)"),
        ("RM14", "RM14", "havering", "RM14"),
        ("goresbrook WARD", "goresbrook-ward", "barking-and-dagenham", "Goresbrook ward, Barking & Dagenham"),
        ("Heath", "heath-ward", "barking-and-dagenham", "Heath ward, Barking & Dagenham"),
        ("Romford", "romford", "havering", "Romford, Havering"),
        ("Romford constituency", "E14001448", "havering", "Romford, Havering"),
        (
            "Dagenham and Rainham", "E14001189", None,
            "Dagenham and Rainham, Barking & Dagenham and Havering",
        ),
        ("E14001334", "E14001334", None, "Leyton and Wanstead, Redbridge and Waltham Forest"),
        (
            "dagenham & rainham (constituency)", "E14001189", None,
            "Dagenham and Rainham, Barking & Dagenham and Havering",
        ),
        ("Ilford North BC", "E14001300", "redbridge", "Ilford North, Redbridge"),
        ("London Borough of Barking and Dagenham", "barking-and-dagenham", "barking-and-dagenham",
         "Barking & Dagenham"),
        ("Redbridge LB", "redbridge", "redbridge", "Redbridge"),
        ("St. Edward's", "st-edwards-ward", "havering", "St Edward's ward, Havering"),
        ("Ripple Road", "ripple-road", "barking-and-dagenham", "Ripple Road, Barking & Dagenham"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_an_area_is_known_however_it_is_written(text, area, borough, name):
    assert AREAS.area_of(text) == area
    assert (AREAS.borough_of(area), AREAS.area_name(area)) == (borough, name)


@pytest.mark.parametrize("text", ["", "RM99", "RM9 4AB", "Leeds", "=cmd()"])
def test_what_is_no_area_of_the_file_is_none(text):
    assert AREAS.area_of(text) is None


@pytest.mark.parametrize(
    ("text", "area"),
    [("Rainham, Essex", "rainham"), ("Dagenham, RM10", "dagenham"),
     ("London Borough of Havering", "havering"),
     ("near Collier Row", "collier-row"),
     ("Barking Riverside.", "barking-riverside"), ("RM6", "RM6"),
     ("Outside Barking", None),
     ("I feel unsafe in Romford", None), ("not Barking", None), ("Anywhere but Romford", None),
     ("Romford or Hornchurch", None), ("Romford Road", None), ("Leeds", None), ("Total", None), ("", None)],
)  # fmt: skip
def test_the_one_place_that_an_answer_names_is_its_area_and_of_several_none_is(text, area):
    assert AREAS.area_in(text) == area


def test_a_name_that_the_file_no_longer_has_is_shown_as_it_was_stored():
    assert (AREAS.area_name("old-town"), AREAS.borough_of("old-town")) == ("old-town", None)


def test_facts_change_nothing_of_what_is_found_in_texts(tmp_path):
    text = (SHIPPED.parent / "places.toml").read_text()
    assert "electors = 73_627" in text
    (tmp_path / "campaign.toml").write_text('places = "places.toml"\n' + ONE_TRACK)
    versions = set()
    for version in (text, text.replace("electors = 73_627", "electors = 75_000")):
        (tmp_path / "places.toml").write_text(version)
        versions.add(load(tmp_path / "campaign.toml").gazetteer.version)
    assert len(versions) == 1


def test_a_small_file_needs_no_facts(tmp_path):
    areas = areas_of(tmp_path, '[[borough]]\ntitle = "Leeds"\nwards = ["Armley"]\n')
    assert [area.name for area in areas.by_key.values()] == ["Leeds", "Armley ward, Leeds"]
    assert all(area.electors is None and not area.tile for area in areas.by_key.values())


@pytest.mark.parametrize(
    "facts",
    ['{ ward = "Bramley" }', '{ ward = "Armley", tile = [1] }', '{ ward = "Armley", tile = ["1", "2"] }'],
    ids=["no such ward", "half a tile", "a tile of texts"],
)
def test_a_mistake_in_the_facts_is_named(tmp_path, facts):
    with pytest.raises(ConfigError, match=r"facts|tile"):
        areas_of(tmp_path, f'[[borough]]\ntitle = "Leeds"\nwards = ["Armley"]\nfacts = [{facts}]\n')


def test_a_share_that_is_no_number_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"districts\.LS1: expected a whole number"):
        areas_of(tmp_path, '[[borough]]\ntitle = "Leeds"\ndistricts = { LS1 = "all" }\n')
