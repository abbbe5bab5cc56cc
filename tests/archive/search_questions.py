"""Sixty questions as people type them into a search box, over a made-up archive, and what each should find.

They were written before the search was changed: what people mean by a question, not what a program finds.
A word means its family (sign, signs, signed, signing); the last word may be half typed; a name, a hashtag or
a place means the posts by it, with it or about it, however they say so; a typing error means the right word.
"""

from itertools import product
from typing import NamedTuple

from monitor.core.gazetteer import Gazetteer
from monitor.core.model import Author, Post
from monitor.core.text import hashtags
from tests.builders import a_post


class Question(NamedTuple):
    """What is typed, and the keys of the posts that are meant."""

    words: str
    posts: str

    @property
    def keys(self) -> set[str]:
        """Return the keys; 'stall*' is each that begins so."""
        patterns = self.posts.split()
        return {
            key
            for key in TEXTS
            for pattern in patterns
            if key == pattern or (pattern.endswith("*") and key.startswith(pattern[:-1]))
        }


TEXTS = {
    # families of words
    "petition-sign": "Please put your name to the petition at the library desk",
    "petition-many": "Two petitions lie on the counter of the corner shop",
    "petition-ed": "We petitioned the council in spring and heard nothing back",
    "petition-ing": "Months of petitioning, and at last an answer from the minister",
    "petty": "All this over a petty row about bins",
    "burglary-one": "Another burglary in our road last night, through the back window",
    "burglary-many": "Burglaries are up again, says the residents’ association",
    "burglar": "The burglar took my bike and my grandmother’s ring",
    "stall-one": "Come to our stall outside the station on Saturday",
    "stall-many": "Three stalls this week, each with tea",
    "stall-rain": "Our stall was packed away early because of the rain",
    "stalling": "The minister is stalling again and we know it",
    "robbed": "My son was robbed at the bus stop for his phone",
    "robbing": "They go about robbing pensioners outside the bank",
    "robbery": "Police ask for witnesses of the robbery in the high road",
    "sign-base": "Sign it today, it takes a minute",
    "sign-ed": "I have signed, my mother has, and so has our vicar",
    "sign-ing": "Signing took me one minute on the phone",
    "sign-s": "He signs whatever is put before him",
    "signature": "One more signature and the street is complete",
    "officer-one": "An officer came the same day and was very kind",
    "officer-many": "We ask for more officers on our estates, nothing else",
    "knife-one": "A knife was found behind the playground",
    "knives-many": "Forty knives were handed in this month",
    "knifepoint": "Held at knifepoint in broad daylight",
    "patrol-one": "The night patrol is back, thank goodness",
    "patrol-many": "Regular patrols made all the difference",
    "patrol-ing": "They were patrolling until midnight",
    # words that are half typed
    "vandal-one": "Some vandal broke the swing again",
    "vandal-ism": "Vandalism costs the parks team thousands",
    "vandal-ised": "The new bus shelter was vandalised within a week",
    "neighbour-hood": "Our neighbourhood deserves better than this",
    "neighbour-one": "My neighbour looks after everyone's parcels",
    "light-many": "Half of the street lights are out in our close",
    "light-ing": "Better street lighting would help more than cameras",
    "light-heavy": "Light traffic today, and a dark street as ever",
    "catalytic": "My catalytic converter was cut off on the drive",
    "graffiti-one": "Graffiti all over the underpass, again",
    "graffiti-two": "Volunteers cleaned off the graffiti by the canal",
    # who writes, and who is named
    "rita-petition": "I carried the petition through rain and wind",
    "rita-other": "Lovely morning on the marshes",
    "news-own": "Tonight at seven: our report from the town hall",
    "news-own-stall": "Our reporter visits the stall of the campaign",
    "news-named": "Well said by @dagenhamnews this morning",
    "kofi-own": "Brilliant turnout, thank you all",
    "kofi-named": "Thanks to @kofi_barking for the loan of the table",
    "kofi-own-two": "Back again tomorrow with leaflets",
    # hashtags
    "knives-tag": "No more funerals #StopTheKnives",
    "knives-tag-two": "Listen to the mothers. #stoptheknives",
    "stop-tag": "Not in our name #StopTheViolence",
    "night-tag": "Waited fifty minutes in the dark #NightBus",
    "last-tag": "Missed it by a hair #lastbus",
    "safer-camera": "One camera will not do it #SaferStreets",
    "safer-walk": "Walk with us on Thursday #SaferStreets",
    "open-meeting": "Doors at six, biscuits provided",
    # what belongs together, or is left out
    "mugging": "A mugging in plain sight and nobody stopped",
    "mugging-two": "After the mugging she will not go out alone",
    "search-phrase": "Stop and search is not the answer, say the youth workers",
    "search-apart": "We will not stop until the search for him is over",
    "bus-phrase": "She took the last bus home and was followed",
    "bus-apart": "Home at last, the bus was full",
    "night-bus": "Nobody feels safe on the night bus",
    "camera-speed": "They put up a speed camera, of all things",
    "camera-park": "A camera over the park gate, please",
    "camera-both": "There is a speed camera but no camera at the cash machine",
    "moped-theft": "Moped theft has doubled on our side of the river",
    "scooter-theft": "Third scooter theft in the car park this year",
    "moped-loud": "That moped keeps the whole close awake",
    "theft-other": "Theft from gardens, even the gnomes",
    "lamp-broken": "The lamp by the steps is broken",
    "lamp-new": "A new lamp by the steps, well done",
    "library": "The library stays open on Thursdays",
    # accents and apostrophes
    "cafe-accent": "Meet us at the café by the clock tower",
    "cafe-plain": "The cafe gave us free cups, bless them",
    "cafe-apart": "Shutters down at the cafe\u0301, broken window",
    "park-curly": "It’s our park and we want it back",
    "park-straight": "It's our park too, say the skaters",
    "obrien-curly": "Inspector O’Brien answered every question",
    "obrien-straight": "Ask Inspector O'Brien about the budget",
    "brien": "Old Brien from the allotments has the key",
    # letters that look like others, and such that nobody sees
    "whistle-bold": "𝗧𝗵𝗲 𝘄𝗵𝗶𝘀𝘁𝗹𝗲 𝗰𝗮𝗺𝗽𝗮𝗶𝗴𝗻 starts here",
    "whistle-plain": "Every pupil gets a whistle",
    "lantern-wide": "ｌａｎｔｅｒｎ walk for the victims",
    "lantern-unseen": "Bring a lan\u200btern and a friend",
    "lantern-plain": "The lantern walk ends at the church",
    # places
    "chadwell-words": "Two more break-ins in Chadwell Heath",
    "chadwell-tag": "Where are they when you need them #ChadwellHeath",
    "chadwell-slip": "Nobody comes out to Chadwel Heath any more",
    "hants-words": "Speeding through Gants Hill all night",
    "hants-tag": "Proud of this street #GantsHill",
    "hill-other": "Up the hill and no gants in sight",
    "dagenham-town": "Dagenham deserves its police station back",
    "community": "A community meeting that ended in applause",
}  # fmt: skip
WRITERS = {
    "rita": "rita.example.social", "news": "DagenhamNews@example.town", "kofi": "kofi_barking",
}  # fmt: skip
_OWN = {
    "rita-petition": "rita", "rita-other": "rita", "news-own": "news", "news-own-stall": "news",
    "kofi-own": "kofi", "kofi-own-two": "kofi",
}  # fmt: skip
_GIVEN_TAGS = {"open-meeting": {"openmeeting"}}  # by the platform, and not in the text

PETITIONS = "petition* rita-petition"
BURGLARIES = "burglary-one burglary-many"
QUESTIONS = (
    Question("petition", PETITIONS),
    Question("petitions", PETITIONS),
    Question("burglary", BURGLARIES),
    Question("burglaries", BURGLARIES),
    Question("stalls", "stall-* stalling news-own-stall"),
    Question("robbed", "robbed robbing"),
    Question("signing", "sign-*"),
    Question("officers", "officer-*"),
    Question("knives", "knife-one knives-many"),
    Question("patrols", "patrol-*"),
    Question("burgl", "burglar burglary*"),
    Question("knif", "knife-one knifepoint"),
    Question("petitio", PETITIONS),
    Question("vandal", "vandal-*"),
    Question("neighbourh", "neighbour-hood"),
    Question("street light", "light-*"),
    Question("catalyt", "catalytic"),
    Question("graff", "graffiti*"),
    Question("@dagenhamnews", "news-*"),
    Question("@DagenhamNews@example.town", "news-own news-own-stall"),
    Question("@rita.example.social", "rita-*"),
    Question("@kofi_barking", "kofi-*"),
    Question("kofi_barking", "kofi-*"),
    Question("@rita petition", "rita-petition"),
    Question("@nobodyhere", ""),
    Question("stall -@dagenhamnews", "stall-* stalling"),
    Question("#stoptheknives", "knives-tag*"),
    Question("stoptheknives", "knives-tag*"),
    Question("#StopTheKnives mothers", "knives-tag-two"),
    Question("#nightbus OR #lastbus", "night-tag last-tag"),
    Question("#stopthe", "knives-tag* stop-tag"),
    Question("#saferstreets -camera", "safer-walk"),
    Question("#openmeeting", "open-meeting"),
    Question("petiton", PETITIONS),
    Question("burgalry", BURGLARIES),
    Question("grafitti", "graffiti*"),
    Question("neighborhood", "neighbour-hood"),
    Question("vandlism", "vandal-ism"),
    Question("comunity meeting", "community"),
    Question("catalitic", "catalytic"),
    Question("dagehnam", "dagenham-town"),
    Question("mugging OR robbery", "mugging* robbery"),
    Question("stall -rain", "stall-one stall-many stalling news-own-stall"),
    Question('"stop and search"', "search-phrase"),
    Question('"last bus home" OR "night bus"', "bus-phrase night-bus"),
    Question('camera -"speed camera"', "camera-park safer-camera light-ing"),
    Question("(moped OR scooter) theft", "moped-theft scooter-theft"),
    Question("lamp NOT broken", "lamp-new"),
    Question("moped AND theft", "moped-theft"),
    Question("-petition library", "library"),
    Question("cafe", "cafe-*"),
    Question("café", "cafe-*"),
    Question("it’s our park", "park-*"),
    Question("O'Brien", "obrien-*"),
    Question("whistle", "whistle-*"),
    Question("lantern", "lantern-*"),
    Question("ｌａｎｔｅｒｎ walk", "lantern-wide lantern-plain"),
    Question("𝘄𝗵𝗶𝘀𝘁𝗹𝗲 campaign", "whistle-bold"),
    Question("chadwell heath", "chadwell-*"),
    Question("gants hill", "hants-*"),
)  # fmt: skip

_WHO = (
    "The bakery", "My aunt", "Our football team", "The weather", "This choir", "The garden club", "A heron",
    "The new head teacher", "The chess club", "Our allotment", "The ferry", "The quiz team",
    "The swimming pool", "An old friend", "The band",
)  # fmt: skip
_WHAT = (
    "was wonderful on Sunday", "made everybody laugh", "needs more people", "starts later than last year",
    "is the pride of the borough", "won again and nobody noticed", "deserves a bigger crowd",
    "cheered me up this morning", "is back after the summer", "never lets us down", "gets better every week",
    "wants your old books", "opens on Monday", "sold out in an hour",
)  # fmt: skip
OTHERS = [f"{who} {what}" for who, what in product(_WHO, _WHAT)]


def posts(gazetteer: Gazetteer) -> list[Post]:
    """Return the archive's posts: each with a text above, by its key, and others that nothing asks for."""
    texts = TEXTS | {f"other {n}": text for n, text in enumerate(OTHERS)}
    return [_post(key, text, gazetteer) for key, text in texts.items()]


def _post(key: str, text: str, gazetteer: Gazetteer) -> Post:
    writer = _OWN.get(key, "ann")
    handle = WRITERS.get(writer, f"{writer}@example.org")
    return a_post(
        id=key, text=text, author=Author(id=writer, handle=handle, name=writer.title(), followers=7),
        tags=hashtags(text) | _GIVEN_TAGS.get(key, set()), places=gazetteer.find(text),
    )  # fmt: skip
