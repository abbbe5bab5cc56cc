"""How well posts that say one thing once are told from posts that only look alike, on 500 labelled pairs.

Precision is the share of the pairs that were joined that are one message; recall the share of those that are
one message that were joined. A wrong join makes a campaign look smaller than it is, so that precision counts.
"""

import random
from collections import Counter
from collections.abc import Callable
from unittest.mock import patch

from bench.ingest import COLLECTED, TURNS, Status, a_status, collected, compared
from bench.message_pairs import Pair, pairs
from monitor.archive import Archive
from monitor.archive.posts import messages
from monitor.core.messages import Side, Wording, are_one, keys, sketch_of
from monitor.core.model import Post

TARGET, COST = 0.98, 1.05
_SAME_WORDS = {"kit texts", "slogans", "said again"}  # by many people: no message, but one place in a list


def wording(post: Post) -> Wording:
    """Return a post as it is compared with others."""
    return Wording(
        platform=post.platform, author=post.author.id, handle=post.author.handle, url=post.url,
        copy_of=post.copy_of, text=post.text, kind=post.kind,
    )  # fmt: skip


def are_joined(pair: Pair) -> bool:
    """Return whether the program takes a pair for one message."""
    sides, known_by = [], []
    for post in (pair.first, pair.second):
        words = wording(post)
        sketch = sketch_of(words)
        sides.append(Side(post.platform, post.author.id, post.kind, int(post.created_at.timestamp()), sketch))
        known_by.append(keys(words, sketch))
    shared = known_by[0] & known_by[1]
    return any(key > 0 and are_one(key, *sides) for key in shared)  # those below zero fold lists only


def scores(labelled: list[Pair]) -> tuple[float, float]:
    """Return precision and recall."""
    joined = [pair for pair in labelled if are_joined(pair)]
    right = sum(pair.is_one for pair in joined)
    return right / len(joined), right / sum(pair.is_one for pair in labelled)


def folding(labelled: list[Pair]) -> tuple[int, float]:
    """Return how many pairs lists show in one place, and which part of them (0 to 1) are the same words."""
    folded = [pair for pair in labelled if _fold(pair.first) & _fold(pair.second)]
    return len(folded), sum(pair.is_one or pair.kind in _SAME_WORDS for pair in folded) / len(folded)


def _fold(post: Post) -> set[int]:
    words = wording(post)
    return {key for key in keys(words, sketch_of(words)) if key < 0}


def without_messages(archive: Archive, statuses: list[Status], batch: int) -> Callable[[], None]:
    """Return what takes posts in as a collector does, and joins none."""
    run = collected(archive, statuses, batch)

    def patched() -> None:
        with patch.object(messages, "add"), patch.object(messages, "renew"):
            run()

    return patched


def cost() -> float:
    """Return how many times as long it takes a collector to store posts as it would without messages."""
    chance = random.Random(1)
    statuses = [a_status(n, chance) for n in range(COLLECTED)]
    joined, alone = compared(collected, without_messages, statuses, 40, TURNS)
    return alone / joined


def main() -> bool:
    """Print all of it, with each kind's joined pairs; return whether precision and cost are on target."""
    labelled = pairs()
    precision, recall = scores(labelled)
    joined = Counter(pair.kind for pair in labelled if are_joined(pair))
    for kind, of in Counter((pair.kind, pair.is_one) for pair in labelled).items():
        print(f"{kind[0]:20} {joined[kind[0]]:3} of {of} joined; {'all' if kind[1] else 'none'} should be")
    print(f"precision {precision:.3f} (target {TARGET}), recall {recall:.3f}")
    pairs_folded, right = folding(labelled)
    print(f"{pairs_folded} pairs are one place in a list; precision {right:.3f} (target {TARGET})")
    factor = cost()
    print(f"time of a collector with messages / without: {factor:.3f} (target {COST})")
    return min(precision, right) >= TARGET and factor <= COST


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
