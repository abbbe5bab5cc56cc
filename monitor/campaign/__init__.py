"""The campaign file and the keys: read, checked, and handed on as frozen values."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.campaign.areas import Areas
from monitor.campaign.privacy import Privacy
from monitor.campaign.reader import LINE, Rule, Words, between, form, one_of, read
from monitor.core.errors import ConfigError
from monitor.core.gazetteer import Gazetteer, PlacesFile
from monitor.core.model import Query
from monitor.core.text import is_mailbox, near_words

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANALYZERS = ("campaign", "transformer", "textblob")
SENSITIVITIES = ("low", "usual", "high")
Hour = Annotated[int, between(0, 23)]
Mailboxes = tuple[Annotated[str, Rule("addresses such as name@example.org", is_mailbox)], ...]
_NEAR = "words and how many others may be between them, such as police cuts~5"
_MOST = 5 * 2**20  # bytes of a file of settings
_AT = r"\w[\w.-]*(:\d{1,5})?([/?#]\S*)?"  # of an address, from its host on: no password
_SAFE = rf"(https|http(?=://127\.0\.0\.1:))://{_AT}"  # a key may be sent there
_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
# With its server, as a host's name, or behind its platform's: a bare name is somebody else's elsewhere.
_ACCOUNT = r"\s*(\w+:\s*@?[^\s@]+|(\w+:\s*)?(?=\S*\.)@?[^\s@]+(@[^\s@]+)?)\s*"
_FORMS = "@name@server.example, name.example.org, facebook:@name, or the address of a profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One thing to watch. `name` is short and lower case: it names the track in files and addresses."""

    name: Annotated[str, form(r"[a-z0-9]+(-[a-z0-9]+)*", "lower-case words joined by '-'")]
    title: Annotated[str, LINE]
    tags: tuple[
        Annotated[
            str, form(r"\w+", "a hashtag of letters and digits; words with spaces between them are a phrase")
        ],
        ...,
    ] = ()
    phrases: Words = ()
    required: Words = ()
    excluded: Words = ()
    near: tuple[Annotated[str, Rule(_NEAR, near_words)], ...] = ()

    @property
    def query(self) -> Query:
        """Return what the platforms are asked for."""
        return Query(
            track=self.name, tags=self.tags, phrases=self.phrases, excluded=self.excluded,
            required=self.required, near=self.near,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """When the weekly mail is due, in the campaign's time zone, who gets it, and where its links lead."""

    day: Annotated[str, one_of(*DAYS)] = "monday"
    hour: Hour = 8
    recipients: Mailboxes = ()
    # of the dashboard, as its readers open it
    address: Annotated[
        str,
        form(r"https?://[A-Za-z0-9.:\[\]-]+(/[\w./-]*)?", "an address such as https://dashboard.example.org"),
    ] = "http://127.0.0.1:8000"

    @property
    def is_local(self) -> bool:
        """Return whether the address opens on this computer only."""
        return urlsplit(self.address).hostname in ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """What people are told of at once, who, and when not. Hours are the campaign's."""

    on: bool = True
    recipients: Mailboxes = ()
    sensitivity: Annotated[str, one_of(*SENSITIVITIES)] = "usual"
    quiet_from: Hour = 22
    quiet_until: Hour = 7
    # beside those of Slack and Teams
    webhook_hosts: tuple[Annotated[str, form(_HOST, "names such as chat.example.org")], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneSettings:
    """Which analyzer scores texts, and the file of words that name the subject."""

    analyzer: Annotated[str, one_of(*ANALYZERS)] = ANALYZERS[0]
    subject_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How people sign in to the dashboard, and by which names they call it."""

    names: tuple[Annotated[str, form(_HOST, "names such as dashboard.example.org")], ...] = ()
    behind_proxy: bool = False
    idle_minutes: Annotated[int, between(1, 24 * 60)] = 30
    session_hours: Annotated[int, between(1, 7 * 24)] = 12
    totp_for_admins: bool = False
    # empty: people sign in with a password only
    oidc_issuer: Annotated[str, form(r"|(https://|http://localhost:)\S+", "an https address")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """Whether the worker makes a copy each day, when, in the campaign's time zone, and where."""

    on: bool = True
    hour: Hour = 3
    folder: str = "backups"  # beside the archive, unless it is a whole path
    second: str = ""  # another place that has each copy, too; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissolution:
    """When Parliament is dissolved: from the day's first minute nothing is collected, mailed or shared."""

    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The campaign's own accounts, and the words that its election material has to have: who promotes it."""

    accounts: tuple[Annotated[str, form(_ACCOUNT, "accounts that say where they are: " + _FORMS)], ...] = ()
    imprint: str = ""  # empty: nobody is reminded

    @property
    def handles(self) -> tuple[str, ...]:
        """Return the accounts without the spaces around them."""
        return tuple(name.strip() for name in self.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class KitSettings:
    """Whether everybody may open the share kit, and whom its page names as its promoter."""

    public: bool = False
    imprint: str = ""  # whole, with name and address


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSettings:
    """How many days texts and names are kept; once the campaign is over, neither is. The counts stay."""

    text_days: Annotated[int, between(1, 3650)] = 365  # since a post was written
    author_days: Annotated[int, between(1, 3650)] = 365  # since a person's last post: all of theirs goes
    end: date | None = None  # the campaign's last day


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSettings:
    """How often petitions are read, what signatures lead to, and what else is asked for what people did."""

    every_minutes: Annotated[int, between(10, 1440)] = 60
    response_threshold: Annotated[int, between(1, 100_000_000)] = 10_000
    debate_threshold: Annotated[int, between(1, 100_000_000)] = 100_000
    parliament: bool = False
    visits: tuple[Annotated[str, form(_SAFE, "addresses such as https://plausible.io/example.org")], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSettings:
    """Whether pictures of posts are fetched, to read the share kit's codes in them."""

    on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """A platform's place in the schedule; `own` is what only that platform understands."""

    on: bool
    every_minutes: Annotated[int, between(1, 24 * 60)]
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    name: Annotated[str, LINE]
    digest: Digest = Digest()
    alerts: AlertSettings = AlertSettings()
    access: Access = Access()
    backup: BackupSettings = BackupSettings()
    keep: KeepSettings = KeepSettings()
    privacy: Privacy = field(default_factory=Privacy)
    dissolution: Dissolution = Dissolution()
    own: Own = Own()
    outcomes: OutcomeSettings = OutcomeSettings()
    kit: KitSettings = KitSettings()
    pictures: PictureSettings = PictureSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFile(_Tables):
    """The campaign file as it is written: its own settings, and its tables."""

    time_zone: str = "Europe/London"
    track: tuple[Track, ...] = ()
    places: str = ""
    petition: tuple[Annotated[str, form(rf"https?://{_AT}", "addresses as https://example.org")], ...] = ()
    tone: ToneSettings = ToneSettings()
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WordList:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(_Tables):
    """A campaign as its file describes it."""

    zone: ZoneInfo
    tracks: tuple[Track, ...]
    sources: Mapping[str, SourceSettings]
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    areas: Areas = field(default_factory=Areas)
    petition: tuple[str, ...] = ()  # web addresses of pages to sign
    analyzer: str = ANALYZERS[0]
    subject_words: tuple[str, ...] = ()  # that name the subject, and are nobody's mood

    @property
    def subject(self) -> frozenset[str]:
        """Return the subject's words and all hashtags, lower case."""
        tags = (tag for track in self.tracks for tag in track.tags)
        return frozenset(word.casefold() for word in (*self.subject_words, *tags))

    def is_dissolved(self, now: datetime) -> bool:
        """Return whether Parliament is dissolved, by the campaign's own clock."""
        day = self.dissolution.day
        return day is not None and now.astimezone(self.zone).date() >= day

    @property
    def sources_on(self) -> dict[str, SourceSettings]:
        """Return the sources that are switched on, in the order of the file."""
        return {name: settings for name, settings in self.sources.items() if settings.on}

    @property
    def track_names(self) -> tuple[str, ...]:
        return tuple(track.name for track in self.tracks)


def load(path: Path) -> Campaign:
    """Return the campaign of a file, with the places of the file that it names.

    Raises ConfigError with one sentence to act on.
    """
    return campaign_in(campaign_text(path), path)


def campaign_text(path: Path) -> str:
    """Return the text of a campaign file; raises ConfigError."""
    return read_text(path, f"There is no campaign file at {path}. Name it with --campaign FILE.")


def campaign_in(text: str, path: Path) -> Campaign:
    """Return the campaign of a text that is, or is to be, in the file at `path`; as `load` does."""
    with _table(path, text) as table:
        file = read(CampaignFile, table)
        _check_tracks(file.track)
        zone = _zone(file.time_zone)
        sources = {name: _source(name, settings) for name, settings in file.sources.items()}
    places, words = file.places, file.tone.subject_words
    gazetteer = _gazetteer(path.parent / places, file.track[0]) if places else Gazetteer()
    return Campaign(
        **{one.name: getattr(file, one.name) for one in fields(_Tables)},
        zone=zone, tracks=file.track, sources=sources, petition=file.petition, analyzer=file.tone.analyzer,
        gazetteer=gazetteer, areas=Areas(gazetteer),
        subject_words=subject_words(path.parent / words) if words else (),
    )  # fmt: skip


def subject_words(path: Path) -> tuple[str, ...]:
    """Return the words of a file of words that name a campaign's subject; raises ConfigError."""
    missing = (
        f"tone.subject_words: there is no file of subject words at {path}. Create it, or correct its name."
    )
    with _table(path, read_text(path, missing)) as table:
        return read(_WordList, table).words


def _gazetteer(path: Path, own: Track) -> Gazetteer:
    """Return the places of a file; the campaign's own tags and phrases are cues of them."""
    missing = f"places: there is no file of places at {path}. Create it, or correct its name."
    with _table(path, read_text(path, missing)) as table:
        file = read(PlacesFile, table)
        return Gazetteer(replace(file, cues=(*file.cues, *(f"#{tag}" for tag in own.tags), *own.phrases)))


@contextmanager
def _table(path: Path, text: str) -> Iterator[dict[str, Any]]:
    """Lend what a file says; of a mistake that is found in it, say in which file it is."""
    try:
        yield tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The file {path} cannot be understood{_where(text, error)}") from error
    except ConfigError as error:
        raise ConfigError(f"In {path}: {error}") from error


def read_text(path: Path, missing: str) -> str:
    """Return a file's text, line ends as they are; raises ConfigError: `missing` if there is none."""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe might have no end
            raise ConfigError(f"{path} is not a file with text in it. Name another one.")
        with path.open("rb") as file:
            text = file.read(_MOST + 1)
        if len(text) > _MOST:
            raise ConfigError(f"The file {path} is larger than {_MOST >> 20} MB. Name another one.")
        return text.decode()
    except FileNotFoundError as error:
        raise ConfigError(missing) from error
    except (OSError, ValueError) as error:  # a path may be none at all
        raise ConfigError(f"The file {path} cannot be read: {error}.") from error


def _where(text: str, error: tomllib.TOMLDecodeError) -> str:
    """Return the line at which reading stopped, and what is wrong there oftenest."""
    match = re.search(r"line (\d+)", str(error))
    lines = text.splitlines()
    if not match or not 0 < int(match[1]) <= len(lines):
        return f": {error}. Look for an unclosed bracket or quotation mark."
    line = lines[int(match[1]) - 1].strip()
    return (
        f" at line {match[1]}, '{line[:80]}' ({error}). Text needs quotation marks, and every bracket"
        " must be closed: check this line and the one above."
    )


def track_of(campaign: Campaign, name: str | None) -> Track:
    """Return the track of this name, the first for None; raises ConfigError, naming those there are."""
    tracks = {track.name: track for track in campaign.tracks}
    if name is None:
        return campaign.tracks[0]
    if name not in tracks:
        raise ConfigError(f"There is no track {name!r} in the campaign file. It has: {', '.join(tracks)}.")
    return tracks[name]


def keys(path: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return secrets and settings of the environment, filled up from a `.env` file if there is one.

    What the environment says wins over the file; empty values count as not given.
    """
    return keys_of(read_text(path, "") if path.is_file() else "", environ)


def keys_of(text: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the text of a `.env` says, and the environment, as `keys` does."""
    from dotenv import dotenv_values

    values = {**dotenv_values(stream=StringIO(text)), **{k: v for k, v in environ.items() if v}}
    return {k: v for k, v in values.items() if v}


def _check_tracks(tracks: tuple[Track, ...]) -> None:
    if not tracks:
        raise ConfigError("track: nothing would be watched. Add at least one track.")
    for n, track in enumerate(tracks):
        if not (track.tags or track.phrases):
            raise ConfigError(f"track[{n}].tags: give at least one hashtag or phrase.")
    names = [track.name for track in tracks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"track.name: {twice[0]!r} is used twice; each track needs its own name.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(
            f"time_zone: there is no time zone called {name!r}. An example is Europe/London."
        ) from error


def _source(name: str, table: Mapping[str, Any]) -> SourceSettings:
    own = {k: v for k, v in table.items() if k not in ("on", "every_minutes")}
    common = {k: v for k, v in table.items() if k not in own}
    settings = read(SourceSettings, {"on": True, "every_minutes": 15} | common, f"sources.{name}")
    return replace(settings, own=own)
