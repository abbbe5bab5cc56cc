"""What the pages may ask for: the campaign, the time, reports, and the archive on loan."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import abort, current_app, g, request

from dashboard.filters import WEEK, Choice, choice_of
from monitor.archive import Archive, ArchiveReader
from monitor.backup.eraser import Eraser
from monitor.campaign import Campaign
from monitor.core.clock import Clock
from monitor.core.errors import FilterError
from monitor.core.files.contents import Inspection
from monitor.core.model import Preview, Query
from monitor.drop_box import DropBox, DroppedFile, Intake
from monitor.report import Report, SourceState
from monitor.settings_files import Settings, SettingsFiles
from monitor.tone.word_influence import Why
from monitor.why_missing import Answer, Question

Lend = Callable[[], AbstractContextManager[ArchiveReader]]
Reports = Callable[[Choice], Report]
Explain = Callable[[str, str | None], Why | None]
# A source's name, its own settings and keys: whether it works, None if nobody can say, and a sentence.
Attempts = Callable[[str, Mapping[str, Any], Mapping[str, str]], tuple[bool | None, str]]
Facts = Callable[[str], Iterable[tuple[str, Sequence[str]]]]  # headings, each with its sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Files that people bring: where they wait, what each is taken for, and what takes it in."""

    box: DropBox
    inspect: Callable[[DroppedFile], Inspection]
    remember: Callable[[DroppedFile], object]  # what was said of its columns, for the next one that has them
    intake: Callable[[DroppedFile], Intake]


Missing = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The one thing that each page asks. It is shared by all requests, and holds no state of theirs."""

    campaign: Campaign
    now: Clock
    lake: str = ""  # whose counts these are, where no posts are here: "9 posts by 4 people, from 3 archives"
    settings: Settings | None = None  # that this app was made by
    files: SettingsFiles | None = None  # None: they cannot be changed here
    report: Reports  # to be read before the request is answered
    began: Callable[[], date | None]  # the day of the first post; None: there is none yet
    read: Lend  # an archive to read from
    # An archive to write what a person decided, in one short transaction.
    write: Callable[[], AbstractContextManager[Archive]]
    sources: Callable[[], tuple[SourceState, ...]] = tuple  # how each source is doing now
    outcomes: Callable[[], tuple[SourceState, ...]] = tuple  # how what counts signatures is doing
    last_post: Callable[[], int] = lambda: 0  # the id of the post that was stored last
    backup: Callable[[], str] = lambda: ""  # how old the last proven copy is; empty: none is made here
    tone: Callable[[], str] = lambda: ""  # what to know of the scoring of posts; empty: all is well
    is_disk_full: Callable[[], bool] = lambda: False
    facts: Facts = lambda name: ()  # what people should know of a platform
    missing: Missing = lambda question: Answer(sentences=())  # what became of a post
    imports: Imports | None = None  # None: no file can be brought
    eraser: Eraser | None = None  # of people; None: they are made up
    # a source's own settings, as a type; and what its platform answers to some, and to new keys
    source_type: Callable[[str], type] = lambda name: object
    attempt: Attempts = lambda name, own, keys: (None, "It cannot be tried here.")
    is_public: Callable[[str], bool] = lambda address: False  # whether it leads out of this network
    preview: Callable[[Query], Sequence[Preview]] = lambda query: ()  # what words would bring
    analyzer: str = ""  # the name of what scores texts, as it is without the office's labels
    why: Explain = lambda text, lang: None  # which words moved the tone of a text

    @property
    def today(self) -> date:
        """Return the campaign's local day."""
        return self.now().astimezone(self.campaign.zone).date()

    def choice(self, usual: str = WEEK) -> Choice:
        """Return what this request's address asks for, in the `usual` period unless it names days.

        Ends the request with 400 if it makes no sense.
        """
        try:
            now = self.now().astimezone(self.campaign.zone)
            g.choice = choice_of(request.args, self.campaign, now=now, began=self.began(), usual=usual)
        except FilterError as error:
            abort(400, str(error))
        return g.choice  # type: ignore[no-any-return]


def loan(lend: Lend) -> ArchiveReader:
    """Return an archive, as it is now, that is lent until this request is answered."""
    loans: ExitStack = g.setdefault("loans", ExitStack())
    return loans.enter_context(lend())


def end_loans(error: BaseException | None) -> None:
    """Give back what was lent to the request that was answered; what one that failed had is closed."""
    with suppress(Exception), g.pop("loans", ExitStack()):
        if error:
            raise error


def services() -> Services:
    """Return what this app's pages may ask for. Its reports name nobody who posted to those who only view."""
    return cast(Services, current_app.extensions["services"])
