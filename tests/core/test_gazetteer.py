"""The file of places: what it may say, what is wrong in it, and odd texts."""

from dataclasses import replace

import pytest

from monitor.campaign import load
from monitor.core.errors import ConfigError
from monitor.core.gazetteer import Borough, Gazetteer, PlaceKind, PlacesFile, Unsure
from tests.builders import a_page, a_post
from tests.core.test_gazetteer_sentences import GAZETTEER

CAMPAIGN = """
name = "Test"
places = "near.toml"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
"""
SMALL = Gazetteer(
    PlacesFile(
        cues=("station",),
        ignored=("Marstan", "Marston, Yorkshire"),
        only_with_kind=("High Street",),
        persons=("Dr", "Ann"),
        borough=(
            Borough(
                title="Oxford",
                towns=("Cowley | Temple Cowley", "Marston", "Barton", "Botley Rising", "Kidlington"),
                wards=("Cowley",),
                streets=("Iffley Road", "Abingdon Road South", "High Street", "Marston Lane"),
                parks=("Florence Park",),
                landmarks=("Covered Market", "Ann's Court"),
            ),
        ),
        unsure=(
            Unsure(names=("Cowley",), beside=("ring road",), unless=("Uxbridge",)),
            Unsure(names=("Barton",), capitals=True, unless=("clothes",)),
        ),
    )
)


def test_three_boroughs_with_their_wards_are_known():
    def number(borough: str) -> int:
        return sum(one.kind == PlaceKind.WARD and one.borough == borough for one in GAZETTEER.places.values())

    assert (number("barking-and-dagenham"), number("havering"), number("redbridge")) == (19, 20, 22)


def test_every_title_is_found_in_its_borough_or_needs_a_second_cue():
    for place in GAZETTEER.places.values():
        borough = GAZETTEER.places[place.borough].title
        assert place.key in GAZETTEER.find(f"{place.title}, in the borough of {borough}"), place


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ""),
        ("Marston", "marston oxford"),
        ("MARSTON!", "marston oxford"),
        ("#SaveMarston", "marston oxford"),
        ("#SAVEMarstonNow", "marston oxford"),
        ("Cowley", ""),
        ("Cowley station", "cowley oxford"),
        ("Cowley, by the ring road", "cowley oxford"),
        ("Cowley and Marston", "cowley marston oxford"),
        ("Temple-Cowley", "cowley oxford"),
        ("Cowley station, Uxbridge", ""),
        ("Cowley ward", "cowley-ward oxford"),
        ("Marston Road", ""),
        ("𝗠𝗮𝗿𝘀𝘁𝗼𝗻 and Ｃｏｗｌｅｙ ｓｔａｔｉｏｎ", "cowley marston oxford"),
        ("Mar\u200bston, Temple\u2011Cowley", "cowley marston oxford"),
        ("＃SaveMarston", "marston oxford"),
        ("@marston www.marston.example", ""),
        ("Iffley Rd. is closed", "iffley-road oxford"),
        ("Abingdon Rd South", "abingdon-road-south oxford"),
        ("IFFLEY RD", "iffley-road oxford"),
        ("#IffleyRoad", "iffley-road oxford"),
        ("In Florence Park, by the covered market", "florence-park covered-market oxford"),
        ("High Street", ""),
        ("High Street station", ""),
        ("High Street, Marston", "high-street marston oxford"),
        ("Marston FC", ""),
        ("Marston street crime", "marston oxford"),
        ("Marston Street crime, says the news", "marston oxford"),
        ("Marston. Road closed", "marston oxford"),
        ("Ann Marston", ""),
        ("Ann, Marston", "marston oxford"),
        ("ann marston", "marston oxford"),
        ("Dr Ann Kidlington", ""),
        ("Ann's Court", "anns-court oxford"),
        ("seehttps://example.org/marston", ""),
        ("Marston: https://example.org", "marston oxford"),
        ("me@marston.example", ""),
        ("I like Barton", "barton oxford"),
        ("I like barton", ""),
        ("I like barton, by the station", ""),
        ("i like barton, by the station", "barton oxford"),
        ("Robbed in barton", "barton oxford"),
        ("Barton makes clothes", ""),
        ("BARTON", ""),
        ("BARTON STATION", "barton oxford"),
        ("Kidlingtn, Kidlingtoon, Kidlimgton or Kidlignton", "kidlington oxford"),
        ("Kidlintgno", ""),
        ("Middlington", ""),
        ("Marston's pub", "marston oxford"),
        ("Marston, Yorkshire", ""),
        ("Marston, in Yorkshire", "marston oxford"),
        ("Marstn", "marston oxford"),
        ("Marstan", ""),
        ("Oxfort", ""),
        ("\u0130stanbul \ud83d\ude00 \x00 Marston\u2019s", "marston oxford"),
    ],
)
def test_a_small_file_finds_its_places(text, found):
    assert SMALL.find(text) == frozenset(found.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cowley wants its police back #KeepOxfordSafe", "cowley oxford"),
        ("Cowley wants its police back, Oxford says", "cowley oxford"),
        ("#KeepOxfordSafe is what we say", ""),
        ("cowley wants it back #keepoxfordsafe", "cowley oxford"),
        ("Cowley says: safe in Oxfordshire", "cowley oxford"),
        ("Cowley in Uxbridge #KeepOxfordSafe", ""),
        ("Cowley and crime", ""),
    ],
)
def test_the_campaigns_own_tags_and_phrases_make_a_name_sure_and_those_of_other_tracks_do_not(
    tmp_path, text, found
):
    (tmp_path / "campaign.toml").write_text(
        CAMPAIGN.replace('["test"]', '["KeepOxfordSafe"]\nphrases = ["safe in Oxfordshire"]')
        + '[[track]]\nname = "crime"\ntitle = "Crime"\nphrases = ["crime"]'
    )
    (tmp_path / "near.toml").write_text(
        '[[borough]]\ntitle = "Oxford"\ntowns = ["Cowley"]\n'
        '[[unsure]]\nnames = ["Cowley"]\nunless = ["Uxbridge"]'
    )
    assert load(tmp_path / "campaign.toml").gazetteer.find(text) == frozenset(found.split())


def test_a_change_of_names_or_of_the_campaigns_tags_is_another_version():
    file = PlacesFile(borough=(Borough(title="Oxford"),))
    versions = {Gazetteer(file).version for _ in range(2)}
    versions |= {Gazetteer(replace(file, cues=("#Safe",))).version, Gazetteer(PlacesFile()).version}
    assert len(versions) == 3


def test_no_places_are_found_without_a_file():
    assert Gazetteer().find("Barking and Dagenham") == frozenset()


def test_posts_of_a_page_get_their_places_and_keep_all_else():
    posts = a_post(text="In Marston"), a_post(id="2", text="Nowhere")
    page = SMALL.with_places(a_page(*posts))
    assert [post.places for post in page.posts] == [{"marston", "oxford"}, frozenset()]
    assert [post.id for post in page.posts] == ["1", "2"]


def test_a_place_listed_twice_is_a_mistake():
    with pytest.raises(ConfigError, match="'Cowley' is listed twice"):
        Gazetteer(PlacesFile(borough=(Borough(title="Oxford", towns=("Cowley", "Cowley")),)))


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (None, "here is no file of places at"),
        ("[[borough]]\nnome = 'x'", "borough[0].nome: there is no such setting"),
        ("cues = [1]", "cues[0]: expected text"),
        ("cues = [", "cannot be understood"),
        ("[[borough]]\ntitle = 'A'\ntowns = ['A']", "'A' is listed twice"),
        ("[[borough]]\ntitle = 'A'\ntowns = ['']", "no letter in it"),
        ("[[borough]]\ntitle = 'A'\ntowns = ['?']", "no letter in it"),
        (
            "[[borough]]\ntitle = 'A'\n[[unsure]]\nnames = ['Bartn']",
            "'Bartn' is not the name of a place in this file. Correct it",
        ),
        (
            "only_with_kind = ['Abby']\n[[borough]]\ntitle = 'A'\nwards = ['Abbey']",
            "'Abby' is not the name of a place in this file. Correct it",
        ),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_name(tmp_path, places, said):
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    if places is not None:
        (tmp_path / "near.toml").write_text(places)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "campaign.toml")
    assert said in str(caught.value)
    assert "near.toml" in str(caught.value)


def test_the_file_is_looked_for_beside_the_campaign_file(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    (tmp_path / "campaign.toml").write_text(CAMPAIGN)
    (tmp_path / "near.toml").write_text("[[borough]]\ntitle = 'Oxford'")
    assert load(tmp_path / "campaign.toml").gazetteer.find("To Oxford!") == {"oxford"}
