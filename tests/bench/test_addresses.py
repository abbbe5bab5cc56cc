"""The bench of all addresses: no page is forgotten, what grows is called a miss, and copies are counted."""

from contextlib import ExitStack
from math import inf, nan
from pathlib import Path

import pytest

from bench import __main__ as board
from bench import addresses
from bench.archives import CAMPAIGN, Subject, filled, multiplied
from bench.ratios import Ratio
from monitor.archive import Archive
from monitor.campaign import load


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("archives")


@pytest.fixture(scope="module")
def usual(folder):
    return filled(folder, 400)


@pytest.fixture
def site(usual):
    with ExitStack() as stack:
        yield stack.enter_context(addresses.opened(Subject("few posts", usual, CAMPAIGN.read_text())))


@pytest.mark.heavy
def test_every_route_that_is_read_has_an_address(site):
    routes = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in rule.methods}
    assert {endpoint for endpoint, _ in addresses.paths(site.app)} == routes


@pytest.mark.heavy
def test_control_a_route_without_an_example_is_not_passed_over(site):
    site.app.view_functions["planted"] = lambda part: part
    site.app.url_map.add(site.app.url_rule_class("/planted/<part>", endpoint="planted", methods=["GET"]))
    with pytest.raises(LookupError, match="planted"):
        list(addresses.paths(site.app))


@pytest.mark.heavy
def test_no_example_and_no_filter_is_of_a_route_that_there_is_not(site):
    routes = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert routes >= addresses.EXAMPLES.keys() | addresses.FILTERS.keys()


@pytest.mark.heavy
def test_every_address_of_a_list_of_posts_and_of_live_answers(site):
    found = [one for one in addresses.addresses(site) if one.startswith(("/posts?", "/live", "/people"))]
    assert len(found) > 50
    for n, address in enumerate(found):
        site.milliseconds(address, n)


@pytest.mark.heavy
def test_pages_that_read_days_are_asked_for_several_and_others_once(site):
    found = set(addresses.addresses(site))
    assert {f"/people?{days}" for days in addresses.PERIODS if days} <= found
    assert {one for one in found if one.startswith("/account")} == {"/account", "/account/phone"}


@pytest.mark.heavy
def test_what_breaks_costs_its_own_line(usual, capsys, monkeypatch):
    monkeypatch.setattr(addresses, "ROUNDS", 1)
    monkeypatch.setattr(addresses, "addresses", lambda site, only: iter(["/healthz", "/posts?tone=wrong"]))
    subjects = [Subject(name, usual, CAMPAIGN.read_text()) for name in ("one", "the same")]
    [ratio] = addresses.measure(subjects)
    said = capsys.readouterr()
    assert "it answered 400" in said.err
    assert ratio.goal == "slowest growth of an address, the same / one"
    assert not ratio.is_met
    assert "/posts?tone=wrong" in ratio.note


GROWTHS = {
    "both quick": (1, 4.9, 1), "twice": (10, 20, 2), "quick no more": (2, 9, 4.5), "broken": (1, nan, inf),
}  # fmt: skip


@pytest.mark.parametrize(("small", "large", "right"), GROWTHS.values(), ids=GROWTHS)
def test_growth_is_a_ratio_where_an_answer_can_be_felt(small, large, right):
    assert addresses.growth(small, large) == right


@pytest.mark.heavy
def test_an_archive_of_copies_has_the_counts_of_a_rebuild(usual, folder):
    zone = load(CAMPAIGN).zone
    path = multiplied(usual, folder / "copies.db", 3)
    with Archive.open(usual, zone, demo=True) as one, Archive.open(path, zone, demo=True) as three:
        assert three.db.number("SELECT count(*) FROM posts") == 3 * one.db.number(
            "SELECT count(*) FROM posts"
        )
        for table in ("authors", "scores", "spans", "days"):
            column = {"spans": "sum(authors)", "days": "sum(newcomers)"}.get(table, "count(*)")
            sql = f"SELECT {column} FROM {table}"
            assert three.db.number(sql) == 3 * one.db.number(sql), table
        wrong = [line for line in three.differences() if not line.startswith(("post_keys", "sketches"))]
    assert wrong == []


def test_a_bench_that_breaks_costs_its_own_rows(capsys):
    def broken():
        yield Ratio(goal="first", value=1, target=1)
        raise ValueError("no room")

    found = list(board.measured({"one": broken, "other": lambda: [Ratio(goal="second", value=1, target=1)]}))
    assert [one and one.goal for one in found] == ["first", None, "second"]
    assert "one broke" in capsys.readouterr().err


def test_every_bench_that_measures_is_on_the_board():
    modules = Path(board.__file__).parent.glob("*.py")
    measuring = {module.stem for module in modules if "\ndef measure(" in module.read_text()}
    assert "size" in measuring
    assert measuring <= set(vars(board))
