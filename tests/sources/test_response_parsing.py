"""What reading an answer has in common: one odd item costs no other, and no number is made up."""

from typing import Any

import pytest

from monitor.core.errors import Unreadable
from monitor.sources.shared import response_parsing


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"posts": None}, {"posts": {"1": "one"}}])
def test_an_answer_without_its_list_is_unreadable(answer: Any) -> None:
    with pytest.raises(Unreadable, match="It is not in the usual format"):
        response_parsing.listing(answer, "posts", "It is not in the usual format.")


def test_control_a_list_is_given_as_it_came() -> None:
    assert response_parsing.listing({"posts": [1, None]}, "posts", "") == [1, None]


def test_an_item_that_makes_no_sense_is_put_aside_and_the_others_are_read() -> None:
    numbers, rejected = response_parsing.results(["1", "many", None, "4"], int)
    assert numbers == [1, 4]
    assert [item.raw for item in rejected] == ["many", "null"]


def test_control_an_error_of_our_own_is_not_taken_for_an_odd_item() -> None:
    def broken(item: object) -> object:
        raise MemoryError

    with pytest.raises(MemoryError):
        response_parsing.results([1], broken)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ({}, None),
        ({"likes": None}, None),
        ({"likes": 0}, 0),
        ({"favourites": 3}, 3),
        ({"likes": 7.0}, 7),
        ({"likes": float("nan")}, None),
    ],
)
def test_a_number_is_what_was_said_and_unknown_where_nothing_was(
    raw: dict[str, Any], number: int | None
) -> None:
    assert response_parsing.count(raw, "likes", "favourites") == number


@pytest.mark.parametrize("value", ["7", 7.5, True, [7]])
def test_a_number_that_is_not_whole_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"likes is .*, not a whole number"):
        response_parsing.count({"likes": value}, "likes")


@pytest.mark.heavy
def test_of_very_many_items_that_make_no_sense_all_are_counted_and_the_first_are_kept() -> None:
    _, rejected = response_parsing.results(["many"] * 50_000, int)
    assert (len(rejected), len({id(item) for item in rejected})) == (50_000, 100)


@pytest.mark.parametrize(
    "items", [None, "text", 7, {"id": "1"}, [], [None, "1", {}, {"id": None}, {"id": ["1"]}]]
)
def test_what_has_no_id_is_not_among_items_by_their_ids(items: Any) -> None:
    assert response_parsing.by_id(items) == {}


def test_control_items_are_found_by_the_id_of_the_name_that_was_asked_for() -> None:
    items = [{"id": "1"}, {"id": "2", "uri": "at://2"}]
    assert response_parsing.by_id(items) == {"1": items[0], "2": items[1]}
    assert response_parsing.by_id(items, "uri") == {"at://2": items[1]}
