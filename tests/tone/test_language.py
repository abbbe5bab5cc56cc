"""Only English is scored: what is in another language is left alone, whatever its platform says."""

from pathlib import Path

import pytest

from monitor.campaign import subject_words
from monitor.tone import english_analyzer
from monitor.tone.language import is_english

SUBJECT = frozenset(subject_words(Path(__file__).parents[2] / "config/topic-words.toml"))
# Written for this test: the languages of east London, and those near to English.
OTHERS = """
Hoy firmé la petición contra la violencia en nuestro barrio, por favor firmad también
No me lo puedo creer, otra vez un robo en la calle
Nous avons signé la pétition contre les crimes violents dans notre ville
Wir haben die Petition gegen Gewalt unterschrieben, bitte macht alle mit
Podpisałem petycję przeciwko przemocy w naszej dzielnicy
Am semnat petiția împotriva violenței, vă rog să semnați și voi
Estou muito feliz com o apoio de todos vocês
Non è possibile che la polizia non faccia niente per noi
Het is een schande dat er niets gebeurt in onze straat
Mahallemizde şiddete karşı dilekçeyi imzaladım, lütfen siz de imzalayın
Pasirašiau peticiją prieš smurtą mūsų rajone
Waxaan saxiixay codsiga ka dhanka ah rabshadaha xaafadeena
Kam nënshkruar peticionin kundër dhunës në lagjen tonë
আমাদের এলাকায় সহিংসতার বিরুদ্ধে আবেদনে সই করেছি
میں نے تشدد کے خلاف درخواست پر دستخط کیے ہیں
ਅਸੀਂ ਹਿੰਸਾ ਦੇ ਵਿਰੁੱਧ ਪਟੀਸ਼ਨ ਤੇ ਦਸਤਖਤ ਕੀਤੇ
Rwy wedi llofnodi'r ddeiseb yn erbyn trais yn ein hardal ni
Mo ti fọwọ́ sí ìwé ẹ̀bẹ̀ náà lòdì sí ìwà ipá ní àdúgbò wa
Dette er en skam, politiet gjør ingenting i byen vår
Main ne petition par sign kar diya hai, aap bhi karo please
""".strip().splitlines()
ENGLISH = """
Knife crime took my cousin. I signed, please sign too, it matters so much
Stabbing near Becontree station again, police have closed the road
so proud of r kids 2day, gr8 turnout at the vigil innit
CALLING TIME ON CRIME!!! Who's coming on Saturday?
Barking, Dagenham and Romford councillors meet tonight about the robberies
Thank you to everyone who came along
""".strip().splitlines()


@pytest.mark.parametrize("said", [None, "en", "en-GB", "und"])
@pytest.mark.parametrize("text", OTHERS)
def test_another_language_is_seen_even_where_the_platform_says_english(text, said):
    assert not is_english(text, said, SUBJECT)


@pytest.mark.parametrize("said", [None, "", "en", "en_GB", "und", "qht"])
@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_taken_for_english(text, said):
    assert is_english(text, said, SUBJECT)


@pytest.mark.parametrize("said", ["fr", "pl-PL", "bn", "cy"])
def test_what_a_platform_says_is_in_another_language_is_believed(said):
    assert not is_english("Thank you to everyone who came along", said)


@pytest.mark.parametrize(
    "text", ["", "#CallingTimeOnCrime", "Gracias", "👏👏👏", "@mp https://e.example/ça-va"]
)
def test_too_few_words_to_tell_are_what_the_platform_says(text):
    assert is_english(text, None)
    assert is_english(text, "en")
    assert not is_english(text, "es")


def test_names_addresses_and_hashtags_say_nothing_of_the_language():
    assert is_english("Sign it now please #Gerechtigkeit #Widerstand #Unterschrift @freiheit", None)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["campaign", "textblob"])
def test_no_analyzer_scores_another_language(name):
    analyzer = english_analyzer(name, SUBJECT)
    assert analyzer.score("Thank you all, lovely evening", "en") is not None
    assert analyzer.score("Thank you all, lovely evening", "de") is None
    assert analyzer.score("Das ist eine Schande, die Polizei tut nichts") is None


@pytest.mark.parametrize("text", ["a" * 100_000, "é " * 50_000, "#" * 100_000, "\x00\ud800 und"])
def test_any_text_can_be_asked_about(text):
    assert is_english(text[:5000], None) in (True, False)
