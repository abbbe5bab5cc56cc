"""Which sections there are to be set, each with its settings as the files have them now."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Any, get_type_hints

from flask import abort

from dashboard.services import services
from monitor.campaign import CampaignFile, SourceSettings, Track
from monitor.campaign.edit import setting
from monitor.campaign.settings_form import Section, order, section
from monitor.core.normal_text import without_accents
from monitor.platform_info import PlatformInfo, about, names
from monitor.settings_files import Settings, SettingsFiles

CAMPAIGN, NEW_TRACK = "campaign", "new-track"


def files() -> SettingsFiles:
    """Return the files that are changed here; ends the request where there are none."""
    return services().files or abort(400, "The settings of this dashboard cannot be changed here.")


def sections(settings: Settings) -> list[Section]:
    tracks = (f"track.{name}" for name in settings.campaign.track_names)
    sources = (f"sources.{name}" for name in names())
    return [section_at(path, settings) for path in (*_tables(), *tracks, *sources)]


def section_at(path: str, settings: Settings) -> Section:
    """Return the section of this path; ends the request where there is none."""
    group, _, name = path.partition(".")
    tables = _tables()
    table = (tomllib.loads(settings.text) if path == CAMPAIGN else setting(settings.text, path)) or {}
    if group == "sources" and name in names():
        common = {"on": name in settings.campaign.sources, "every_minutes": 15}
        return section(
            path, [SourceSettings, services().source_type(name)], common | table, about(name).title
        )
    if path == NEW_TRACK or (group == "track" and name in settings.campaign.track_names):
        return section(path, [Track], table, table.get("title", "Another track"))
    return section(path, [tables.get(path) or abort(404)], table)


def platform_of(section: Section) -> PlatformInfo | None:
    group, _, name = section.path.partition(".")
    return about(name) if group == "sources" else None


def key_labels(section: Section) -> Mapping[str, str]:
    platform = platform_of(section)
    return {key: key for key in platform.key_names} if platform else section.keys


def whole_keys(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes by their whole keys; of a new track, the track, with a short name by its title."""
    if section.path != NEW_TRACK:
        return {section.key(name): value for name, value in values.items()}
    first = [*(f"#{tag}" for tag in values.get("tags", ())), *values.get("phrases", ()), NEW_TRACK][0]
    title = values.get("title", first)
    name = re.sub(r"[^a-z0-9]+", "-", without_accents(title)).strip("-") or "track"
    while name in services().campaign.track_names:
        name += "-2"
    return {f"track.{name}": {"title": title, **values}}


def tracks_of(section: Section, values: Mapping[str, Any]) -> tuple[Track, Track]:
    """Return the track of a section, or the guide's, which is the first, as it is and with these changes."""
    tracks = {f"track.{track.name}": track for track in services().campaign.tracks}
    new = Track(name=NEW_TRACK, title="")
    before = new if section.path == NEW_TRACK else tracks.get(section.path, services().campaign.tracks[0])
    words = {name.rpartition(".")[2]: value for name, value in values.items()}
    lists: dict[str, Any] = {name: tuple(value) for name, value in words.items() if isinstance(value, list)}
    return before, replace(before, **lists)


def _tables() -> dict[str, type]:
    """Return the sections beside tracks and sources, in the order of the page, with their types."""
    hints: dict[str, type] = get_type_hints(CampaignFile)
    types = {CAMPAIGN: CampaignFile} | {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    return {name: types[name] for name in order(list(types))}
