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

_BY_HAND = "Whoever runs this computer can write it into the campaign file by hand."
_INSIDE = "{} leads to this computer or its own network, and is not opened from here. " + _BY_HAND
_FILE = "Type the name of a file beside the campaign file that ends in .toml. " + _BY_HAND
_FOLDER = "Type the name of a folder, which will be beside the archive. For another place: " + _BY_HAND
_ASKED = ("sources.", "petition", "access.oidc_issuer", "alerts.webhook_hosts")  # what the program opens
_PLACES = {  # within a folder that is known
    **dict.fromkeys(("places", "tone.subject_words"), (r"|[\w-][\w./ -]*\.toml", _FILE)),
    **dict.fromkeys(("backup.folder", "backup.second"), (r"|[\w-][\w./ -]*", _FOLDER)),
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
    return problems


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
