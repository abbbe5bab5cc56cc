"""Which texts a reader may want to be warned of, by a short list of words.

This is no judgement of a post or its writer, and is neither stored nor counted: it only decides
whether a text is shown at once or after a click. See docs/posts.md for what it misses.
"""

import re

from monitor.core.normal_text import normal

# Slurs against groups of people, and insults of a sexual kind; whole words only, so that a place
# or a name that holds one is left alone. Words with an everyday meaning are left out.
_SLURS = (
    r"nigg(?:er|a)s?", r"pakis?", r"wogs?", r"coons?", r"gooks?", r"chinks?(?! in\b)", r"(?:rag|towel)heads?",
    r"kikes?", r"yids?", r"pikeys?", r"gypp?os?", r"fagg?ots?", r"trann(?:y|ies)", r"shemales?",
    r"poofters?", r"retards?", r"retarded", r"spaz(?:zes)?", r"spastics?", r"cunts?", r"whores?",
    r"sluts?", r"bitch(?:es)?", r"sand ?niggers?",
)  # fmt: skip

# The campaign is about violent crime, so words of violence alone warn of nothing: only a threat does.
_WHOM = (
    r"(?:you|him|her|them|your (?:family|kids|children|mother|wife)"
    r"|(?:that|this|the) (?:mp|politician|councillor|mayor|man|woman|bastard))"
)
_HARM = r"(?:kill|stab|shoot|hang|lynch|rape|behead|burn|murder|strangle|string up)"
_HARMED = r"(?:killed|stabbed|shot|hanged|hung|lynched|raped|beheaded|burn(?:ed|t)|murdered|strung up)"
_THREATS = (
    rf"(?:i|we|some(?:one|body))(?:'ll| will| should| am going to|'m going to"
    rf"|'m gonna| ought to| needs? to| must) {_HARM} {_WHOM}",
    rf"(?:hope|wish) (?:you|he|she|they|someone)(?:'ll)?(?: all)?"
    rf"(?: will)?(?: get| gets| are| is| be)? (?:{_HARM}s?|{_HARMED}|dies?|dead)",
    rf"(?:deserves?|needs?|ought|want(?:s|ing)?) to (?:be {_HARMED}|die)",
    r"(?:kill|hang) (?:yourself|yourselves)",
    r"(?:you(?:'re| are)|he(?:'s| is)|she(?:'s| is)|they(?:'re| are))"
    r" (?:a )?dead (?:man|woman|meat)",
    r"we know where (?:you|he|she|they) lives?",
)

_EDGE = r"[^\W_]"  # a letter or a digit: an underscore does not make another word
_UPSETTING = re.compile(
    rf"(?<!{_EDGE})(?:{'|'.join((*_SLURS, *_THREATS))})(?!{_EDGE})"
)  # of small letters: asked to fold them itself, `re` takes several times as long
_LONGEST = 5000  # characters that are looked at


def upsetting(text: str | None) -> bool:
    """Return whether the first 5,000 characters of a text hold a slur or a threat of the list."""
    return _UPSETTING.search(normal((text or "")[:_LONGEST])[: 4 * _LONGEST]) is not None
