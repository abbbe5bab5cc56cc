"""What a form is not saved with, or only once somebody has been told what would come of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.access.guard import now
from dashboard.services import services
from monitor.campaign import KeepSettings
from monitor.campaign.reader import read, value_of
from monitor.campaign.settings_form import Section, Setting
from monitor.core.errors import NoArchive
from monitor.core.normal_text import normal

_BY_HAND = "Whoever runs this computer can write it into the campaign file by hand."
_INSIDE = "{} leads to this computer or its own network, and is not opened from here. " + _BY_HAND
_FILE = "Type the name of a file beside the campaign file that ends in .toml. " + _BY_HAND
_FOLDER = "Type the name of a folder, which will be beside the archive. For another place: w" + _BY_HAND[1:]
_DIGITS = "#{} is of digits only, and platforms make no link of such a hashtag. Add a word, as in #Crime{}."
_NEVER = "From {0} to {0} is no time at all, so nothing would wait. Type another hour, or 0 in both for that."
_DISSOLVED = "That day is over: nothing would be collected, mailed or shared from now on."
_ASKED = ("sources.", "petition", "access.oidc_issuer", "alerts.webhook_hosts")  # what the program opens
_PLACES = {  # within a folder that is known
    **dict.fromkeys(("places", "tone.subject_words"), (r"|[\w-][\w./ -]*\.toml", _FILE)),
    "backup.folder": (r"[\w-][\w./ -]*", _FOLDER),
    "backup.second": (r"|[\w-][\w./ -]*", _FOLDER),
}


def refusals(section: Section, values: Mapping[str, Any]) -> dict[str, str]:
    """Return why changes, by settings' names, are not for a browser: who has one need not have the computer.

    Whoever writes into the campaign file by hand can set them.
    """
    problems = dict[str, str]()
    for setting in (one for one in section.settings if one.name in values):
        key, value = section.key(setting.name), values[setting.name]
        form, why = _PLACES.get(key, ("", ""))
        if why and (".." in str(value) or not re.fullmatch(form, str(value))):
            problems[setting.name] = why
        addresses = _addresses(setting, value) if key.startswith(_ASKED) else ()
        if inside := [address for address in addresses if not services().is_public(address)]:
            problems[setting.name] = _INSIDE.format(inside[0])
    return problems | dict(_slips(section, values))


def _slips(section: Section, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a campaign file may say, and nobody means who types it, by settings' names."""
    for setting in (one for one in section.settings if one.control == "tags"):
        new = (tag for tag in values.get(setting.name, ()) if tag not in (setting.value or ()))
        if digits := [tag for tag in new if not any(map(str.isalpha, tag))]:
            yield setting.name, _DIGITS.format(digits[0], digits[0])
    hours = {one.name: values.get(one.name, one.value) for one in section.settings}
    start, end = hours.get("quiet_from"), hours.get("quiet_until")
    if start == end != 0 and values.keys() & {"quiet_from", "quiet_until"}:
        yield "quiet_until", _NEVER.format(start)


def cautions(section: Section, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what would come of changes that somebody may not have meant so, by settings' names."""
    new = {one.name: values.get(one.name, one.value) for one in section.settings}
    if section.path == "keep" and values:
        return {next(iter(values)): loss} if (loss := loss_of(new)) else {}
    if section.path == "dissolution" and values and new["day"] and new["day"] < services().today:
        return {"day": _DISSOLVED}
    return dict(_of_track(section.path, new)) if section.is_track and values else {}


def _of_track(path: str, new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    others = (track for track in services().campaign.tracks if path != f"track.{track.name}")
    if normal(new["title"] or "") in {normal(track.title) for track in others}:
        yield "title", "Another track is called so: nobody could tell them apart."
    own = {normal(words) for words in (*new["tags"], *new["phrases"])}
    if both := [words for words in new["excluded"] if normal(words).removeprefix("#") in own]:
        why = f"“{both[0]}” is also one of its hashtags or phrases: it would find no post with it."
        yield "excluded", why


def loss_of(keep: Mapping[str, Any]) -> str:
    """Return what it would cost to keep texts by these settings; "" for nothing. Raises ConfigError."""
    new = read(KeepSettings, {name: value for name, value in keep.items() if value is not None})
    try:
        with services().read() as archive:
            posts = archive.retention.due(new, now()) - archive.retention.due(services().campaign.keep, now())
    except NoArchive:
        return ""
    words = f"The texts and names of {posts:,} more posts would be removed for good, within a day."
    return words if posts > 0 else ""


def _addresses(setting: Setting, value: Any) -> Iterator[str]:
    """Yield the addresses in a value that were not in it before."""
    old, many = setting.value, isinstance(value, list)
    new = [item for item in value if item not in (old or ())] if many else value
    cleaned: Any = value_of(setting.kind, new, setting.name) if new else ()
    for item in cleaned if many else (cleaned,):
        if isinstance(item, str) and ("://" in item or setting.name == "webhook_hosts"):
            yield item if "://" in item else f"https://{item}"
