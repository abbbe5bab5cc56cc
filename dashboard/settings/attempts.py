"""What is tried before it is saved: sources' new keys, servers and addresses, each asked once."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from dashboard.services import services
from monitor.campaign import SourceSettings

_MOST = 8  # at once: somebody waits
_OFF = SourceSettings(on=False, every_minutes=15)
_Question = tuple[str, str, str, dict[str, Any]]  # a whole key, its source, what is new, what to ask it with


def attempts(changes: Mapping[str, Any], keys: Mapping[str, str], owner: str) -> list[tuple[str, bool, str]]:
    """Return for changes, by whole keys, and new keys of a source what platforms answer.

    Each with the key, whether it works, and a sentence. What is off is not asked.
    """
    questions = list(islice(_questions(changes, owner if keys else ""), _MOST))
    attempt = services().attempt
    with ThreadPoolExecutor(_MOST) as pool:
        answers = pool.map(lambda question: attempt(question[1], question[3], keys), questions)
    return [  # an answer may name what is new itself
        (key, works is True, says if item in says else f"{item}: {says}")
        for (key, _, item, _), (works, says) in zip(questions, answers, strict=True)
    ]


def _questions(changes: Mapping[str, Any], owner: str) -> Iterator[_Question]:
    sources = {key.split(".")[1] for key in changes if key.startswith("sources.")}
    for source in sorted(sources | {owner} - {""}):
        start, now = f"sources.{source}.", services().campaign.sources.get(source, _OFF)
        new = {key.removeprefix(start): value for key, value in changes.items() if key.startswith(start)}
        if not new.get("on", now.on):
            continue
        own = {**now.own, **{name: new[name] for name in new if name not in ("on", "every_minutes")}}
        for name in [name for name, items in new.items() if isinstance(items, list)]:
            for item in [item for item in new[name] if item not in now.own.get(name, ())]:
                yield start + name, source, item, own | {name: [item]}
        if source == owner or not now.on:
            yield start + "on", source, "", own
