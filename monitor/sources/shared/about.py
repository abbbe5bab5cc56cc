"""What people are told of each platform before they switch it on: one text for every place that shows it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from monitor.campaign.reader import read

Sentences = tuple[str, ...]
HEADINGS = {
    "key": "Key", "price": "Price", "sees": "Sees", "never": "Never sees", "fast": "How fast",
    "reread": "Reading again", "terms": "Terms",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTime:
    """How to read from a post's id when it was written: a number whose lowest bits are something else."""

    per_second: int
    bits: int
    since_ms: int = 0  # after 1970, in milliseconds
    digits: str = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAddress:
    """How a platform writes the address of a post, after https:// and www."""

    address: str  # an expression with the group `id`, and perhaps others
    reread_key: str = ""  # what the source needs to read it, of these groups
    time: IdTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A platform, in sentences."""

    key: Sentences
    price: Sentences
    sees: Sentences
    never: Sentences
    fast: Sentences
    reread: Sentences
    terms: Sentences
    optional: tuple[str, ...] = ()  # keys that add something; all of them or none
    consent: str = ""  # what a person must say yes to before it is switched on; "" for nothing
    probe: str = ""  # a tag that costs nothing to ask for; "" where each question is free
    common: str = (
        ""  # a word that is always found, to test the search by; "" where there is none, or it costs
    )
    post: PostAddress | None = None  # None: its posts have addresses of all kinds

    def facts(self) -> Iterator[tuple[str, Sentences]]:
        """Yield each heading with its sentences, in the order in which people ask."""
        for name, heading in HEADINGS.items():
            yield heading, getattr(self, name)


@cache
def about(name: str) -> About:
    """Return what is told of a platform; its library is not loaded."""
    said = files("monitor.sources") / "about" / f"{name}.toml"
    return read(About, tomllib.loads(said.read_text(encoding="utf-8")), name)
