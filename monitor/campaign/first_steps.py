"""The steps of the first run, for the browser and the terminal: each asks for some of the settings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor.campaign import CampaignFile, Digest, SourceSettings, Track
from monitor.campaign.settings_form import Section, section

_KINDS = {"campaign": CampaignFile, "track": Track, "sources": SourceSettings, "digest": Digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpStep:
    """One step: what it is about, and which settings it asks for, by table and name."""

    title: str
    why: str
    asks: tuple[str, ...] = ()


STEPS: Mapping[str, SetUpStep] = {
    "words": SetUpStep(
        title="Name and hashtags",
        why="Every public post with one of these hashtags or phrases is collected. People spell a hashtag in"
        " several ways: add the ones you have seen.",
        asks=("campaign.name", "track.tags", "track.phrases"),
    ),
    "sources": SetUpStep(
        title="Where to look",
        why="These need no key and cost nothing. Platforms that need a key can be added at any time.",
        asks=("sources.on",),
    ),
    "mail": SetUpStep(
        title="The weekly mail",
        why="It says what is new and what to do. Without a mail server, mails are saved in a folder.",
        asks=("digest.day", "digest.hour", "digest.recipients"),
    ),
    "account": SetUpStep(
        title="The first account",
        why="Until somebody has an account, anyone at this computer can change everything, and nobody else"
        " can open the dashboard. The first account is an admin’s: use it to add the others.",
    ),
    "address": SetUpStep(
        title="On your phone",
        why="Links in mails begin with the dashboard’s address, and a phone opens it there.",
        asks=("digest.address",),
    ),
}


def questions(step: str, file: Mapping[str, Any], sources: Mapping[str, str]) -> Section:
    """Return what a step asks for, as the campaign file has it now; each setting is named by its whole key.

    `sources` has the titles of those that need no key, by name. Raises KeyError for what is no step.
    """
    about, first, own = STEPS[step], file["track"][0], file.get("sources", {})
    tables = {"campaign": file, f"track.{first['name']}": first, "digest": file.get("digest", {})}
    tables |= {f"sources.{name}": {"on": name in own} | own.get(name, {}) for name in sources}
    settings = []
    for path, table in tables.items():
        group, _, name = path.partition(".")
        whole = section(path, (_KINDS[group],), table)
        for setting in (one for one in whole.settings if f"{group}.{one.name}" in about.asks):
            words = {"label": sources[name], "hint": ""} if group == "sources" else {}
            settings.append(replace(setting, name=whole.key(setting.name), **words))
    keys = section("digest", (), {}).keys if step == "mail" else {}
    return Section(path="campaign", title=about.title, intro=about.why, settings=tuple(settings), keys=keys)
