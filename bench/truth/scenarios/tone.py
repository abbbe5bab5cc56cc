"""T3 to T5: a program's tone thanks nobody, names nothing that it is unsure of, and a subject is no mood."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bench.truth.checks import Check, never, says
from bench.truth.faces import Words
from bench.truth.posts import arriving, burst, steady
from bench.truth.scenario import Scenario
from bench.truth.scenarios.sources import office
from bench.truth.world import World
from monitor.cli.wiring import analyzer_of
from monitor.core.model import Metrics, Post, Tone

_NO_THANKS = never(
    r"\bthank (?!you)|\bthank @|it helped|on your side|a supporter", "that somebody is to be thanked"
)
_NO_NAME = never("angry_?resident", "who it was", ("subject", "mail", "html"))
_TAG = " #CallingTimeOnCrime"
_SURE = 0.6  # of the likeliest tone, from which on it is named

# What people write who are not pleased, without a bad word, with a good one, in another's words or in signs.
UNPLEASED = {
    "sarcasm": "Oh wonderful, another petition. The moped gangs will be shaking in their boots",
    "more sarcasm": "Great work everyone, only the fourth break-in on our street this month, well done",
    "a complaint without a bad word": "You lot have had ten years to sort this out",
    "a wish that is a reproach": "We need bobbies on the beat, not press releases",
    "the words of another": "Minister says our streets are 'safe and thriving'. Tell that to my nan",
    "angry faces": "Third bike gone from the same stand 😡😡😡",
}
# Sixty ordinary posts: of good, of bad and of no mood.
ORDINARY = [
    f"{text} {when}"
    for text in (
        "Lovely turnout at the stall, thanks to all who came", "The bus is late again and it is raining",
        "Signed the petition with my mum", "What a brilliant evening with the neighbours",
        "The meeting is in the church hall at seven", "I am fed up with the noise on our road",
        "So proud of the volunteers", "The lights in the underpass are broken and it is frightening",
        "Leaflets are at the library", "Really happy to see the new playground open",
        "Awful service from the council again", "The survey takes five minutes",
    )
    for when in ("today", "this week", "again", "as usual", "near us")
]  # fmt: skip
SUBJECTS = (
    " - thread on hate crime, arson and drug dealing",
    " (part of our series on domestic abuse and child sexual exploitation)",
    " - more on anti-social behaviour, car theft and drink driving in our thread",
)


def one_loud(text: str, likes: int) -> Callable[[World], None]:
    """Return an office, and one post by somebody new that many react to."""

    def make(world: World) -> None:
        office(world)
        loud = {"by": "angry_resident", "text": text + _TAG, "metrics": Metrics(likes=likes)}
        world.post(arriving(burst("mastodon", world.chance, 1, 4, **loud)))

    return make


def these(texts: Sequence[str]) -> Callable[[World], None]:
    """Return an office whose told week has these texts and no others."""

    def make(world: World) -> None:
        world.post(arriving(steady("mastodon", world.chance, 6, -70, 0)))
        posts = steady("mastodon", world.chance, len(texts) / 7 + 1, 0, 7)
        world.post(arriving(_with(texts, posts)))
        world.watch("mastodon")
        world.mail(0)
        world.mail(7)

    return make


def _with(texts: Sequence[str], posts: Iterable[Post]) -> list[Post]:
    return [replace(post, text=text + _TAG) for text, post in zip(texts, posts, strict=False)]


def _likeliest(words: Words, text: str) -> tuple[Tone, float] | None:
    """Return the likeliest tone of a text, and how likely the program takes it to be."""
    score = analyzer_of(words.world.campaign).score(text + _TAG, "en")
    if score is None:
        return None
    return max(
        ((Tone.POSITIVE, score.positive), (Tone.NEUTRAL, score.neutral), (Tone.NEGATIVE, score.negative)),
        key=lambda pair: pair[1],
    )


def _unsure_is_unclear(texts: Sequence[str]) -> Check:
    """Return that all of which the program is less sure than 0.6 counts as unclear."""

    def faults(words: Words) -> list[str]:
        unsure = sum(best is None or best[1] < _SURE for text in texts if (best := _likeliest(words, text)))
        said = words.data["tones"].get("unclear", unsure)  # of too few people it is not told
        return [] if said >= unsure else [f"json: {unsure} of {len(texts)} are unsure, {said} are unclear"]

    return Check("what is unsure is unclear", faults)


def _net(words: Words, texts: Sequence[str]) -> float:
    tones = [best[0].net for text in texts if (best := _likeliest(words, text)) and best[1] >= _SURE]
    return 100 * sum(tones) / len(tones) if tones else 0.0


def _subject_moves_nothing(suffix: str, by: float = 10) -> Check:
    """Return that the net tone is that of the same posts without their subject, within some points."""

    def faults(words: Words) -> list[str]:
        tones = Counter(words.data["tones"])
        sure = sum(tones.values()) - tones["unclear"]
        net = 100 * (tones["positive"] - tones["negative"]) / sure if sure else 0.0
        plain = _net(words, ORDINARY)
        return (
            []
            if abs(net - plain) <= by
            else [f"json: net tone {net:+.0f} with{suffix}, {plain:+.0f} without"]
        )

    return Check("a subject is no mood", faults)


def _tone(kind: str, name: str, make: Callable[[World], None], *checks: Check) -> Scenario:
    return Scenario(kind=kind, name=name, make=make, checks=checks)


SCENARIOS = [
    *(
        _tone("T3", f"{what}, with 64 likes", one_loud(text, 64), _NO_THANKS, _NO_NAME)
        for what, text in UNPLEASED.items()
    ),
    _tone("T3", "a post of no mood, with 64 likes", one_loud("The stall is by the station on Saturday", 64),
          _NO_THANKS, says(r"64", "how many reacted", ("page", "mail"))),
    _tone("T4", "sixty ordinary posts, of which some are hard to tell", these(ORDINARY),
          _unsure_is_unclear(ORDINARY)),
    _tone("T4", "six posts that sound well and are not", these([*UNPLEASED.values()]),
          _unsure_is_unclear([*UNPLEASED.values()]),
          never(r"\d+% of posts sound|most posts sound", "how most sound")),
    *(
        _tone("T5", f"sixty ordinary posts, each with “{suffix.strip(' -')}”",
              these([text + suffix for text in ORDINARY]), _subject_moves_nothing(suffix))
        for suffix in SUBJECTS
    ),
]  # fmt: skip
