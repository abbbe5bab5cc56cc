"""What may be told of a group of people without telling what one of them thinks. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5  # people: of fewer, a number would tell what each of them thinks
_Group = TypeVar("_Group", bound=Hashable)


def safe_groups(people: Mapping[_Group, int]) -> list[_Group]:
    """Return of which groups of posts the size may be told, given how many people wrote each.

    None where all think alike. Where a group is too small, the first of the large ones is held back with it:
    else the total less what is told would be the small one's size.
    """
    groups = [group for group, number in people.items() if number]
    large = [group for group in groups if people[group] >= LEAST]
    if len(groups) == 1:
        return []
    return large if len(large) == len(groups) else large[1:]
