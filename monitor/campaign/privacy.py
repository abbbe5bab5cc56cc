"""What only the office can decide before it keeps data of people: who answers for it, and by what right.

Nothing here is a legal opinion: the choices are those that the law names, and none is a default.
"""

from dataclasses import dataclass
from typing import Annotated

from monitor.campaign.reader import Rule, Words
from monitor.core.normal_text import cleaned
from monitor.core.text import is_mailbox

STAYS_OFF = "This stays off until the office has named"
# UK GDPR, Article 6(1), point (ea) by section 70 of the Data (Use and Access) Act 2025. Of most political
# campaigning the ICO says that it falls under the first three:
# https://ico.org.uk/for-organisations/guidance-for-the-use-of-personal-data-in-political-campaigning/lawful-bases/
BASES = {
    "public task": "a task in the public interest that the law lays down needs it: Article 6(1)(e)",
    "legitimate interests": "a good reason, which people's interests do not outweigh: Article 6(1)(f)",
    "consent": "each person agreed beforehand: Article 6(1)(a)",
    "legal obligation": "a law requires it: Article 6(1)(c)",
    "recognised legitimate interests": "a purpose in Annex 1, such as preventing crime: Article 6(1)(ea)",
}
# Article 9(2), as far as it can concern posts: political opinions are a special category.
# https://ico.org.uk/for-organisations/uk-gdpr-guidance-and-resources/lawful-basis/special-category-data/what-are-the-conditions-for-processing
CONDITIONS = {
    "explicit consent": "each person agreed to exactly this, in words: Article 9(2)(a)",
    "not-for-profit body": "a political body, about its members and regular contacts: Article 9(2)(d)",
    "made public": "the person has deliberately made it public: Article 9(2)(e)",
    "substantial public interest": "a condition in Schedule 1, Data Protection Act 2018: Article 9(2)(g)",
    "archiving, research and statistics": "with the safeguards that the law asks for: Article 9(2)(j)",
}
_MAILBOX = Rule("an address such as name@example.org", lambda text: not text or is_mailbox(text))


def _choice(names: dict[str, str]) -> Rule:
    options = ("", *names)
    return Rule(f"empty, or one of: {'; '.join(names)}", lambda text: text in options, options=options)


def _words(names: dict[str, str]) -> str:
    return "\n".join(f"{name.capitalize()}: {meaning}." for name, meaning in names.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Who answers for the data, and by what right it is kept; empty: the office has not decided yet."""

    controller: str = ""  # the person or body who decides what is collected, and why
    contact: Annotated[str, _MAILBOX] = ""
    postal_address: str = ""
    lawful_basis: Annotated[str, _choice(BASES), _words(BASES)] = ""
    condition: Annotated[str, _choice(CONDITIONS), _words(CONDITIONS)] = ""
    transfers: str = ""  # whether anything leaves the United Kingdom, and how it is protected then
    recipients: Words = ()  # beside the team

    @property
    def why_off(self) -> str:
        """Return why what needs these decisions is off, and what to do; empty if it may be on."""
        needed = {"the controller": self.controller, "a contact": self.contact}
        needed["a lawful basis"] = self.lawful_basis
        missing = ", ".join(name for name, text in needed.items() if not cleaned(text))
        advice = "Fill that in under Privacy in Settings, or under [privacy] in the campaign file."
        return f"{STAYS_OFF} {missing}. {advice} What is here already stays." if missing else ""
