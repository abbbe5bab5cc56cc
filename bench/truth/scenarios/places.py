"""T13: a place is counted where it is meant, and a club, a film or a person is none."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.truth.checks import Check, never, number
from bench.truth.scenario import Scenario
from bench.truth.scenarios.tone import these
from bench.truth.world import World

_PLACES = Path(__file__).parents[3] / "config/places.toml"
BOROUGHS = {"barking-and-dagenham": "Barking and Dagenham", "havering": "Havering", "redbridge": "Redbridge"}

NO_PLACE = (
    "Dagenham & Redbridge FC drew at home, poor second half", "Seven Kings of Rome is on telly tonight",
    "Jim Romford retires from the darts", "That Queens hospital drama series on Netflix is good",
    "Made in Dagenham on DVD, one careful owner, eBay link", "The neighbour's dog is barking mad",
    "My old Ilford HP5 film came out well", "Redbridge in Southampton has a new cafe",
    "Rainham in Kent had the same trouble", "Hornchurch FC won at the weekend",
)  # fmt: skip
MEANT = {
    "barking-and-dagenham": (
        "Barking is not safe any more", "Parsloes Ave again last night", "Mugged on Ripple Road",
        "Stabbing near Barking Park", "Dagenam needs police", "Trouble at Vicarage Field again",
        "Fighting on Dagenham Heathway", "Three cars broken into at Valence House",
    ),
    "havering": (
        "Romford Market was full of police", "Nobody answers at Romford station", "Hornchurch residents met",
        "Harold Hill needs patrols", "Upminster station car park again", "Gidea Park is going downhill",
    ),
    "redbridge": (
        "ILFORD LANE SHOOTING", "Redbridge council voted it down", "Seven Kings park after dark",
        "Valentines Park was closed", "Gants Hill roundabout, again", "Redbridge is not listening to us",
    ),
}  # fmt: skip


def _naming(texts: Sequence[str]) -> Callable[[World], None]:
    def make(world: World) -> None:
        world.places = str(_PLACES)
        these(texts)(world)

    return make


def _counts(data: dict[str, Any]) -> dict[str, int]:
    return {place["key"]: place["posts"] or 0 for place in data["places"] if place["key"] in BOROUGHS}


def _at_least(key: str, least: int) -> Check:
    return number(f"{least} posts or more name {key}", lambda data: _counts(data)[key] >= least, _counts)


def _at_most(most: int, *keys: str) -> Check:
    """Return that no more posts than these name the boroughs."""
    return number(f"at most {most} posts name {', '.join(keys)}",
                  lambda data: sum(_counts(data)[key] for key in keys) <= most, _counts)  # fmt: skip


def _others(key: str) -> tuple[str, ...]:
    return tuple(other for other in BOROUGHS if other != key)


def _scenario(name: str, texts: Sequence[str], *checks: Check) -> Scenario:
    return Scenario(kind="T13", name=name, make=_naming(texts), checks=checks)


_NOT_NAMED = never(r"(?:Dagenham|Redbridge|Havering): [1-9]\d* posts?", "that a borough was named",
                   ("mail", "html"))  # fmt: skip
_EVERY = [text for texts in MEANT.values() for text in texts]

SCENARIOS = [
    _scenario("ten posts on clubs, films, persons and other towns", NO_PLACE, _at_most(0, *BOROUGHS),
              _NOT_NAMED),
    *(
        _scenario(f"{len(texts)} posts on {BOROUGHS[key]}", texts, _at_least(key, len(texts)),
                  _at_most(0, *_others(key)))
        for key, texts in MEANT.items()
    ),
    _scenario("posts on all three boroughs, and ten on none", [*_EVERY, *NO_PLACE],
              *(_at_least(key, len(texts) - 1) for key, texts in MEANT.items()),
              _at_most(len(_EVERY) + 1, *BOROUGHS)),
]  # fmt: skip
