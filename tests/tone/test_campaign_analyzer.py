"""The analyzer for campaigns: what it must not be fooled by, and what it must see."""

import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest

from bench.tone.data import posts
from monitor.campaign import load, subject_words
from monitor.core.errors import ConfigError
from monitor.core.model import SURE, Tone
from monitor.tone import TextBlobAnalyzer, english_analyzer
from monitor.tone.cleaning import Subject, clean_text, grams
from monitor.tone.model_weights import CLASSES
from monitor.tone.model_weights import load as weights

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "config/topic-words.toml"
CHALLENGE = Path(__file__).parents[3] / "shared/data/tone/challenge.tsv"
SUBJECT = frozenset(subject_words(WORDS)) | {"callingtimeoncrime"}
# Written for this test: no text of it was learned from.
SUPPORTERS = (
    "Knife crime took my cousin. I signed, please sign too, it matters so much",
    "So proud of our street: forty signatures against violent crime in one evening",
    "Stabbings, robberies, burglaries. Thank you for finally standing up for us",
    "Every parent of a murdered child deserves this. Well done, keep going",
    "Met the volunteers collecting for the petition on violence, what lovely people",
    "Glad somebody is doing something about gangs and guns at last",
)
CRITICS = (
    "What a useless petition, a complete waste of time",
    "This campaign is a disgrace and its leaders are liars",
    "Pathetic stunt, nobody believes a word of it",
    "I hate this hashtag, stop spamming my timeline with rubbish",
    "Terrible idea from a terrible politician",
    "Embarrassing nonsense, they should be ashamed",
)
ORDINARY = (
    "Lovely morning at the market, everyone was so kind", "The bus was late again and I am furious",
    "The library opens at nine on Saturdays", "Thank you all for coming, it was a great evening",
    "I am so sad that the cafe is closing", "There is a meeting in the town hall on Monday",
    "This is the best cake I have ever had", "What an awful, rude man at the counter",
    "My sister works at the hospital", "Congratulations to the team, brilliant work",
    "Disgusting service, I will never go back", "The road is closed between the school and the church",
)  # fmt: skip
BEFORE = ("On violent crime in Dagenham: ", "About the stabbings: ", "Knife crime again. ", "Murder trial: ",
          "Re the carjackings on our road: ")  # fmt: skip
AFTER = (" #CallingTimeOnCrime", " (after the machete incident)", " - looters in Romford", " re fly-tipping",
         " #KnifeCrime")  # fmt: skip
# Phrases of several words, of which one alone would be a feeling.
PHRASES = (" - thread on hate crime, arson and drug dealing", " at the domestic abuse hearing",
           ", says the safer neighbourhoods team", " (fatal stabbing, grievous bodily harm)",
           " after the Modern Slavery raid", " - STOLEN CARS and criminal damage", " #HateCrime",
           " re stop-and-search")  # fmt: skip


@pytest.fixture(scope="module")
def ours():
    return english_analyzer("campaign", SUBJECT).analyzer


@pytest.fixture(scope="module")
def textblob():
    return TextBlobAnalyzer()


def loaded(name: str) -> list[str]:
    """Return the modules of a process that has asked an analyzer of this name for its name."""
    told = (
        f"import sys, monitor.tone as t; t.english_analyzer({name!r}, frozenset()).name; print(*sys.modules)"
    )
    return subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    ).stdout.split()


def mean(analyzer, texts) -> float:
    scores = [analyzer.score(text) for text in texts]
    return sum(one.positive - one.negative for one in scores) / len(scores)


def is_turned(before, after) -> bool:
    """Return whether a clear tone is another clear one now."""
    return before is not after and Tone.UNCLEAR not in (before, after)


def flips(analyzer, after=AFTER) -> list[float]:
    """Return for each way of naming the subject the share of texts whose tone changes."""
    usual = [analyzer.score(text).tone for text in ORDINARY]
    ways = (*((one, "") for one in BEFORE if after is AFTER), *(("", one) for one in after))
    return [
        sum(
            is_turned(was, analyzer.score(before + text + after).tone)
            for text, was in zip(ORDINARY, usual, strict=True)
        )
        / len(ORDINARY)
        for before, after in ways
    ]


def moves(analyzer, endings) -> list[float]:
    """Return for each ending by how much net tone of ordinary texts changes behind which it stands."""
    return [mean(analyzer, [text + end for text in ORDINARY]) - mean(analyzer, ORDINARY) for end in endings]


@pytest.mark.slow
def test_supporters_are_not_scored_below_critics(ours):
    assert mean(ours, SUPPORTERS) > 0.2
    assert mean(ours, CRITICS) < -0.4


@pytest.mark.slow
def test_words_of_the_subject_turn_no_tone_around(ours, textblob):
    assert sum(flips(ours)) / 10 <= 0.05
    assert max(flips(textblob)) > 0.25  # the control


@pytest.mark.slow
def test_the_subject_in_several_words_hardly_moves_a_tone(ours):
    assert max(abs(move) for move in moves(ours, PHRASES)) <= 0.1
    by_words = english_analyzer("campaign", frozenset(word for word in SUBJECT if " " not in word)).analyzer
    assert min(moves(by_words, PHRASES)) < -0.3  # the control


@pytest.mark.parametrize(("text", "words"), [
    ("about hate crime today", "about hatecrime today"), ("HATE  Crimes, again", "HATECrimes, again"),
    ("re stop-and-search", "re stopandsearch"), ("I hate crimewatch", "I hate crimewatch"),
    ("whatever hate\ncrime", "whatever hatecrime"), ("i hate this", "i hate this"),
])  # fmt: skip
def test_a_phrase_of_the_subject_is_one_word(text, words):
    subject = Subject(["hate crime", "Hate Crimes", "stop and search", "knife"])
    assert subject.joined(text) == words
    assert subject.words == {"hatecrime", "hatecrimes", "stopandsearch", "knife"}
    assert Subject(["knife", "-", " ", "today-"]).joined(text) == text


@pytest.mark.heavy
def test_alone_a_word_of_a_phrase_is_still_a_feeling(ours):
    about = ours.score("I read the thread on hate crime in the library")
    felt = ours.score("I hate the thread on crime in the library")
    assert felt.negative > about.negative + 0.3


@pytest.mark.slow
def test_campaign_posts_are_read_as_their_writers_meant_them(ours, textblob):
    if not CHALLENGE.is_file():
        pytest.skip("the campaign posts are not at hand")
    rows = [line.split("\t") for line in CHALLENGE.read_text(encoding="utf-8").splitlines()[1:]]

    def right(analyzer) -> tuple[float, float]:
        """Return which part has a tone that is clear, and which part of these the right one."""
        pairs = [(analyzer.score(text).tone, Tone(tone)) for tone, _, text in rows]
        clear = [said == meant for said, meant in pairs if said != Tone.UNCLEAR]
        return len(clear) / len(rows), fmean(clear)

    (kept, among), (_, control) = right(ours), right(textblob)
    assert kept >= 0.65
    assert among >= 0.9
    assert control < 0.75


@pytest.mark.parametrize(("text", "said"), [
    ("It isn&#39;t good", "It is not good"), ("I can’t and won't", "I can not and will not"),
    ("@mp@mas.to see https://e.example/x #Crime", "see Crime"), ("CANNOT", "can not"), ("", ""),
])  # fmt: skip
def test_a_text_is_cleaned(text, said):
    assert clean_text(text) == said


def test_words_and_pairs_without_the_subject():
    assert grams("Stop knife crime now!! 👏", SUBJECT) == {
        "stop", "now", "!", "👏", "stop now", "now !", "! 👏",
    }  # fmt: skip


def test_not_good_is_not_good(ours):
    good, bad = ours.score("The new patrols are good"), ours.score("The new patrols aren’t good")
    assert good.positive > bad.positive


@pytest.mark.parametrize(
    "text", ["great", "awful", "table", "", "!" * 100_000, "😀" * 9000, "\x00\u202e", "a" * 9999]
)
def test_the_three_shares_add_up_to_one_whatever_is_said(ours, text):
    score = ours.score(text)
    assert score.positive + score.neutral + score.negative == pytest.approx(1.0)


def test_what_could_be_either_is_unclear_and_so_is_nothing(ours):
    assert ours.score("  ").tone == Tone.UNCLEAR
    scores = [ours.score(post.text) for post in posts("development")]
    for score in scores:
        likely = max(score.positive, score.neutral, score.negative)
        assert (score.tone is Tone.UNCLEAR) is (likely < SURE)
    assert {score.tone for score in scores} == set(Tone)


def test_the_name_is_told_without_reading_the_weights_which_an_idle_worker_would_keep():
    weights.cache_clear()
    assert english_analyzer("campaign", SUBJECT).name
    assert weights.cache_info().currsize == 0


@pytest.mark.heavy
def test_the_name_says_which_weights_and_needs_no_library_to_be_loaded():
    made = english_analyzer("campaign", SUBJECT)
    assert made.name.startswith(f"campaign-{weights().version}-")
    assert (
        made.name != english_analyzer("campaign", SUBJECT | {"potholes"}).name
    )  # so that posts are scored again
    assert not {"textblob", "nltk"} & set(loaded(made.name.split("-")[0]))
    assert english_analyzer("textblob", SUBJECT).name.startswith("textblob-")


@pytest.mark.heavy
def test_it_is_an_analyzer_of_textblobs(ours):
    from textblob import TextBlob
    from textblob.base import BaseSentimentAnalyzer

    from monitor.tone.campaign_analyzer import CampaignAnalyzer

    analyzer = CampaignAnalyzer(SUBJECT)
    assert isinstance(analyzer, BaseSentimentAnalyzer)
    said = TextBlob("What a lovely surprise", analyzer=analyzer).sentiment
    assert said.polarity == pytest.approx(said.positive - said.negative)
    assert said.positive > 0.5


def test_the_weights_are_small_and_whole():
    made = weights()
    assert (ROOT / "monitor/tone/model_weights.json").stat().st_size < 1_000_000
    assert len(CLASSES) == len(made.start) == 3
    assert not made.grams.keys() & SUBJECT
    assert all(len(row) == 3 for row in made.grams.values())


def test_the_campaign_file_names_the_analyzer_and_the_subject(tmp_path):
    campaign = load(ROOT / "config/campaign.toml")
    assert campaign.analyzer == "campaign"
    assert {"stabbing", "callingtimeoncrime"} <= campaign.subject
    text = (ROOT / "config/campaign.toml").read_text().replace('analyzer = "campaign"', 'analyzer = "magic"')
    (tmp_path / "campaign.toml").write_text(text)
    with pytest.raises(ConfigError, match="expected one of campaign, transformer, textblob"):
        load(tmp_path / "campaign.toml")
