"""How well posts that pass on the share kit are told from own words, and what finding them costs.

A made-up week: forty copies word for word, as platforms and people leave them (other links, hashtags, names,
capitals, faces), twenty that were edited, five of half a text, and a hundred posts in own words, a third of
them with the kit's slogan. `python -m bench.kit`
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.ingest import START, ZONE, a_status, ours
from bench.ratios import Ratio, beside, table
from monitor.archive import Archive
from monitor.kit import Kit, KitItem

POSTS, COST = 4_000, 250  # microseconds a post
SLOGAN = "It is time to bring the police back to the streets where we live."
KIT = (
    f"Twelve years ago our ward had nine officers. This year it has two. I have signed, will you? {SLOGAN}",
    "My neighbour waited five hours for someone to come after a break-in. Nobody should. Add your name to"
    f" ours before the council meets on the fourteenth. {SLOGAN}",
    "We asked eight hundred people at the station what would make them feel safe after dark: more officers"
    " came first, better lights second. Tell us what you would choose, it takes three minutes.",
    "Come to the stall outside the library on Saturday from ten. Bring a friend, bring a question, and help"
    " us take the paper petition down your own road.",
    "Shops on our high street close early because staff are afraid. They asked for patrols, and got a"
    f" leaflet. Read what they told us, and pass it on. {SLOGAN}",
)
_AROUND = (
    "{}", "{} #CallingTimeOnCrime", "{} https://t.example/x{n}", "@jo@mas.example {}", "#RM10 #ours {} #safe",
    "{} https://petition.example/sign?s=kit-bluesky-v1", "{} 🚓🚓", "{}\n\n#one #two #three",
)  # fmt: skip
_OWN = (
    "Saw {a} outside {b} again this morning, third time {c}, and {d} simply walked past.",
    "Honestly {d} has no idea what it is like near {b} after nine. {a} everywhere {c}.",
    "Does anybody know who looks after {b}? {a} there {c} and I would like to tell {d}.",
    "Good meeting with {d} about {a} near {b}, more to say once the minutes are out {c}.",
)
_WORDS = {
    "a": ("two lads on a moped", "broken glass", "a patrol car", "our street warden", "shouting"),
    "b": ("the chemist", "Heathway", "my son's school", "the bus garage", "Parsloes Park"),
    "c": ("since half term", "this week", "in a month", "as far as I know", "before Christmas"),
    "d": ("the council", "my cousin", "the landlord", "our sergeant", "the headteacher"),
}


def _exact(chance: random.Random, n: int) -> str:
    text = chance.choice(_AROUND).format(chance.choice(KIT), n=n)
    return text.upper() if n % 9 == 0 else text.replace("'", "’")


def _edited(chance: random.Random, n: int) -> str:
    """Return a text with two words changed, others before or behind it, or one of its sentences left out."""
    words = chance.choice(KIT).split()
    ways = n % 4
    if ways == 0:
        for place in chance.sample(range(len(words)), 2):
            words[place] = chance.choice(("really", "Rainham", "everybody", "tonight"))
    elif ways == 1:
        words = ["So true, and my mum says the same:", *words]
    elif ways == 2:
        words += ["Done it, took me a minute, please do it as well!"]
    else:
        sentences = " ".join(words).split(". ")
        words = ". ".join(sentences[:1] + sentences[2:]).split()
    return " ".join(words)


def _half(chance: random.Random, n: int) -> str:
    words = chance.choice(KIT).split()
    return " ".join([*words[: len(words) // 2], *_own(chance, n).split()])


def _own(chance: random.Random, n: int) -> str:
    words = {key: chance.choice(some) for key, some in _WORDS.items()}
    return chance.choice(_OWN).format(**words) + f" {SLOGAN}" * (n % 3 == 0)


def week(seed: int = 1) -> list[tuple[str, str]]:
    """Return the texts of a week, each with what it is."""
    chance = random.Random(seed)
    kinds = (("exact", 40, _exact), ("edited", 20, _edited), ("half", 5, _half), ("own", 100, _own))
    return [(kind, write(chance, n)) for kind, times, write in kinds for n in range(times)]


def kit(texts: tuple[str, ...] = KIT) -> Kit:
    """Return what finds these texts."""
    return Kit([KitItem(id=n, version=1, words=text, code=f"v{n}") for n, text in enumerate(texts, 1)])


def verdicts(seed: int = 1) -> Counter[tuple[str, str]]:
    """Return how often texts of each kind are taken for what: "exact", "near" or "own"."""
    find = kit().matches
    ways = ((kind, [match.how for match in find(text, (), ())]) for kind, text in week(seed))
    return Counter((kind, how[0] if how else "own") for kind, how in ways)


def measure() -> list[Ratio]:
    """Return what the kit adds to taking in a post, in microseconds."""
    chance = random.Random(1)
    statuses = [a_status(n, chance) for n in range(POSTS)]
    for n in range(0, POSTS, 20):
        statuses[n]["content"] = f"<p>{KIT[n % len(KIT)]} #CallingTimeOnCrime</p>"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        acts, place = [], 0
        for texts in (KIT * 8, ()):
            archives = []
            for _ in range(3):
                place += 1
                archives.append(Archive.open(Path(folder, f"{place}.db"), ZONE))
                for n, text in enumerate(texts):
                    archives[-1].kit.save(KitItem(words=f"{text} {n}"), START)
            runs = iter([ours(archive, statuses, 40) for archive in archives])
            acts.append(lambda runs=runs: next(runs)())
        with_kit, without = beside(*acts, rounds=3)
    added = (with_kit - without) / POSTS * 1e6
    note = f"{with_kit / POSTS * 1e6:.0f} to {without / POSTS * 1e6:.0f} µs; a kit of {8 * len(KIT)} texts"
    return [Ratio(goal="the share kit, µs a post", value=added, target=COST, at_least=False, note=note)]


def main() -> int:
    """Print both; return 1 if finding costs too much."""
    for (kind, how), number in sorted(verdicts().items()):
        print(f"{kind}: {number} taken for {how}")
    ratios = measure()
    print(table(ratios))
    return 0 if all(ratio.is_met for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
