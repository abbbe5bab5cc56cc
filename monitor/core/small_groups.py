"""What may be told of a group of people without telling what one of them thinks. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5  # people: of fewer, a number would tell what each of them thinks
_Group = TypeVar("_Group", bound=Hashable)


def safe_groups(people: Mapping[_Group, int]) -> list[_Group]:
    """Return of which groups of posts the size may be told, given how many people wrote each.

    No group may be told where all but a few are in it. Where one is too small, the first of the large ones is
    held back with it: else the total less what is told would be the small one's size. The group None is of
    posts of which nobody's opinion is known.
    """
    large = [group for group, number in people.items() if number >= LEAST]
    is_one_small = any(0 < number < LEAST for group, number in people.items() if group is not None)
    return [] if len(large) < 2 else large[1:] if is_one_small else large
