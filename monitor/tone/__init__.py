"""How a text sounds. Analyzers are named and versioned, so that scores can be made again."""

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import cache, lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol, Self
from zipfile import is_zipfile
from zlib import crc32

from monitor.core.errors import MissingModelError
from monitor.core.model import Sentiment, Tone
from monitor.tone.cleaning import MOST_CHARACTERS, Subject
from monitor.tone.language import VERSION, is_english
from monitor.tone.model_weights import VERSION as WEIGHTS
from monitor.tone.word_influence import Why, why

if TYPE_CHECKING:
    from monitor.tone.adjustment import Moves
    from monitor.tone.campaign_analyzer import CampaignAnalyzer
    from monitor.tone.transformer import TransformerAnalyzer

_PACKAGE = "campaign-monitor-tone"  # which has its weights, and asks for numpy
ABSENT = (
    "The small language model is not installed, or its files are damaged. Type: make tone. Without make,"
    " docs/run/install.md, in the monitor’s folder, says how. Then restart the monitor."
)
WAITING = f"{ABSENT} Until then new posts wait without a tone, and all others keep theirs."


class Analyzer(Protocol):
    """Something that scores a text."""

    @property
    def name(self) -> str:
        """Return the name and version that are stored with each score; "" if it can score nothing."""

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        """Return the tone of a text, UNCLEAR for an empty one; None if it is in another language.

        `lang` is what the platform says of its language. Raises MissingModelError.
        """

    def adjusted(self, moves: "Moves") -> Self:
        """Return an analyzer of another name, whose scores are moved."""


def english_analyzer(name: str, subject: frozenset[str]) -> "EnglishOnly":
    """Return the analyzer of this name: "campaign", "transformer" or "textblob".

    `subject` are words that are nobody's mood. It scores texts in English only. Where what it
    needs is not installed, or turns out to be damaged, it has no name.
    """
    if name == "textblob":
        return EnglishOnly(TextBlobAnalyzer(), subject)
    if name == "transformer":
        weights = _weights()
        ours = LateAnalyzer(weights and f"{name}-{weights}.{WEIGHTS}", partial(_transformer, subject))
    else:
        ours = LateAnalyzer(f"{name}-{WEIGHTS}", partial(_campaign_analyzer, subject))
    return EnglishOnly(ours, subject)


@lru_cache(maxsize=2000)  # of a campaign's posts, a third are copies of others, which often come together
def _score(by: "EnglishOnly", short: str, lang: str | None) -> Sentiment | None:
    return by.opinion(short) if is_english(short, lang, by.subject) else None


@lru_cache(maxsize=500)  # it scores a text once for each word, and a list is loaded again after each click
def _why(by: "EnglishOnly", short: str, lang: str | None) -> Why | None:
    return why(by.opinion, by._joined(short)) if is_english(short, lang, by.subject) else None


@lru_cache(maxsize=2)  # the same object each time: scores are remembered by it
def _adjusted(by: "EnglishOnly", moves: "Moves") -> "EnglishOnly":
    other = copy(by)
    other.moves = moves
    other._rules += f"-adjusted:{moves.scale:.2f}{moves.positive:+.2f}{moves.negative:+.2f}"
    return other


_loading = Lock()  # so that several threads do not load the same at once


@cache
def _textblob() -> Callable[[str], tuple[float, float]]:
    # Imported here: nltk, which it brings, is most of this program's start-up time and memory.
    from textblob.en import sentiment

    sentiment("")  # reads the word list now
    scorer: Callable[[str], tuple[float, float]] = sentiment
    return scorer


@lru_cache(maxsize=2)  # a campaign has one subject, until its file is changed
def _campaign_analyzer(subject: frozenset[str]) -> "CampaignAnalyzer":
    from monitor.tone.campaign_analyzer import CampaignAnalyzer  # for the same reason

    return CampaignAnalyzer(subject)


_broken = Event()  # the language model could not be loaded: not tried again until a restart


def _weights() -> str:
    """Return the version of the language model, by a look at its files; "" if they are not all there."""
    spec = find_spec(_PACKAGE.replace("-", "_"))
    with suppress(PackageNotFoundError):
        is_there = spec and spec.origin and is_zipfile(Path(spec.origin).with_name("weights.npz"))
        return version(_PACKAGE) if is_there and not _broken.is_set() else ""
    return ""


@lru_cache(maxsize=1)
def _transformer(subject: frozenset[str]) -> "TransformerAnalyzer":
    try:
        from monitor.tone.transformer import TransformerAnalyzer

        model = TransformerAnalyzer(subject)
        model.score("A long trial finds out whether all fits together. " * 20)
    except Exception as error:  # damaged files raise whatever they like
        _broken.set()
        raise MissingModelError(WAITING) from error
    return model


_calls = 0  # of the language model, up to the last look


def release() -> None:
    """Let go of the language model, if it has scored nothing since this was called the last time."""
    global _calls
    info = _transformer.cache_info()
    if info.currsize and info.hits + info.misses == _calls:
        _transformer.cache_clear()
    _calls = info.hits + info.misses if _transformer.cache_info().currsize else 0


class EnglishOnly:
    """An analyzer that does not guess: a text in another language is not scored."""

    moves: "Moves | None" = None  # by which scores are moved, as the office's labels taught

    def __init__(self, analyzer: "LateAnalyzer | TextBlobAnalyzer", subject: frozenset[str]) -> None:
        self.analyzer, self.subject = analyzer, subject
        # a phrase is left out whole: what is left of one would seem to have moved the tone
        self._joined = Subject(subject if isinstance(analyzer, LateAnalyzer) else ()).joined
        # the language rule's version, and a number made from the subject
        self._rules = f"-{VERSION}-{crc32(' '.join(sorted(subject)).encode()):08x}"

    @property
    def name(self) -> str:
        """Return the analyzer's name and version, with those of all else that a score depends on."""
        return self.analyzer.name and self.analyzer.name + self._rules

    def is_whole(self) -> bool:
        """Return whether it can score, by loading what it needs."""
        with suppress(MissingModelError):
            return bool(self.name and self.opinion(""))
        return False

    def adjusted(self, moves: "Moves") -> "EnglishOnly":
        """Return the same, by a name of its own, with its scores moved."""
        return _adjusted(self, moves)

    def opinion(self, text: str) -> Sentiment:
        """Return the tone of a text that is taken to be in English."""
        score = self.analyzer.score(text)
        return self.moves.of(score) if self.moves and text.strip() else score

    def score(self, text: str, lang: str | None = None) -> Sentiment | None:
        """Return the tone of a text; None if it is in another language than English."""
        return _score(self, text[:MOST_CHARACTERS], lang)

    def why(self, text: str, lang: str | None = None) -> Why | None:
        """Return which words moved the tone of a text; None if it is in another language than English."""
        with suppress(MissingModelError):
            return _why(self, text[:MOST_CHARACTERS], lang)
        return None


class TextBlobAnalyzer:
    """TextBlob's own lexicon, cut into three by its polarity. Uncalibrated for this subject."""

    @property
    def name(self) -> str:
        """Return "textblob-" and its version, without loading it."""
        return f"textblob-{version('textblob')}"

    def score(self, text: str) -> Sentiment:
        """Return the tone by polarity: above 0 positive, below 0 negative, 0 neutral."""
        if not text.strip():
            return Sentiment(tone=Tone.UNCLEAR, positive=0.0, neutral=1.0, negative=0.0)
        with _loading:
            sentiment = _textblob()
        polarity = float(sentiment(text[:MOST_CHARACTERS])[0])
        tone = Tone.POSITIVE if polarity > 0 else Tone.NEGATIVE if polarity < 0 else Tone.NEUTRAL
        return Sentiment(
            tone=tone,
            positive=max(0.0, polarity),
            neutral=1.0 - abs(polarity),
            negative=max(0.0, -polarity),
        )


class LateAnalyzer:
    """An analyzer of ours, loaded at the first text: it takes most of start-up time and memory."""

    def __init__(self, name: str, load: "Callable[[], CampaignAnalyzer]") -> None:
        self.name, self._load = name, load

    def score(self, text: str) -> Sentiment:
        """Return the tone of a text; an empty one, and one that could be either, is UNCLEAR."""
        try:
            with _loading:
                analyzer = self._load()
        except MissingModelError:
            self.name = ""
            raise
        return analyzer.score(text)
