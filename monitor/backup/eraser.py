"""One person in all files of an installation: what is held of them, and how it is erased, everywhere.

An erasure goes through: it is written down before it begins, and one that was cut short is finished later.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import COMMAND
from monitor.accounts import Accounts
from monitor.archive import Archive, ArchiveReader
from monitor.archive.erasure.compaction import compact, rewrite
from monitor.archive.erasure.data_subject import DataSubject
from monitor.archive.erasure.tombstones import Tombstones, UnfinishedErasure, post_name
from monitor.backup import Backups
from monitor.backup.mail_erasure import MailErasure, readable
from monitor.core.clock import Clock
from monitor.core.errors import ArchiveError, MonitorError
from monitor.core.storage import file_lock

Record = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was erased. It names nobody but those to whom mails that told of the person went."""

    posts: int
    mails: tuple[str, ...]  # addresses
    waiting: int  # files that were to be imported
    copies: tuple[str, ...]  # of the archive, that may still hold the person
    fault: str = ""  # why not all is erased yet
    lake: bool = False  # this archive may be in one, which has them still

    @property
    def sentences(self) -> list[str]:
        """Return it in words."""
        mails, copies = ", ".join(self.mails), ", ".join(self.copies)
        whole = f"Erased: {self.posts:,} of their posts, and their name wherever others gave it. Counts stay."
        sentences = (
            f"Not all is erased yet: {self.fault}" if self.fault else whole,
            "From now on no check, import or restored backup brings them back.",
            f"Mails with a post of theirs had gone to {mails}. Ask these readers to delete them."
            if mails
            else "No mail of the last 30 days mentioned them.",
            "Files that waited to be imported are removed: whoever chose them may do so again."
            if self.waiting
            else "",
            f"These backups may still hold them, for at most 35 days: {copies}."
            if copies
            else "No backup holds them.",
            f"The lake of all offices still has them: type {COMMAND} lake add FOLDER, and count it again."
            if self.lake
            else "",
        )
        return [*filter(None, sentences)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """What finds and erases people, in the archive, the accounts and the files beside them."""

    backups: Backups
    mails: Path  # a folder
    dotenv: Path  # the keys; what they were before is beside it
    waiting: Path  # a folder of files to be imported: any of them, packed or not, may name anybody
    clock: Clock
    lake: bool = False  # the archive may be in one

    def record(self, person: DataSubject) -> Record:
        with ArchiveReader.open(self.backups.archive, self.backups.zone) as archive:
            record = archive.persons.holdings(person)
        with closing(Accounts.open(self.backups.accounts)) as accounts:
            reads = accounts.trail(about=f"{person.label}:") if person.id else []
        with closing(MailErasure.open(self.backups.accounts)) as store:
            mails, others = store.mails_with(person), store.others_with(person)
        return record | {
            "shared links, requests, alerts, mail, tokens and earlier campaign files": [
                {"kind": kind, "number": number} for kind, number in others
            ],
            "mails": [{"kind": kind, "state": state} for _, kind, _, state in mails],
            "files, which may name them": [
                {"file": path.name}
                for path in (*self._files(person), *self._settings(person))
                if path.suffix != ".json" or not path.with_suffix(".file").exists()  # its notes, not one more
            ],
            "backups, which may hold the same": [
                {"folder": path.name, "days old": (self.clock() - at).days}
                for path, at in self.backups.folders()
            ],
            "who saw it, or worked with it": [
                {"at": line.at, "what": line.what.partition(": ")[2]} for line in reads
            ],
        }

    def erase(
        self, who: int | str, posts: Sequence[int] = (), *, copies: bool = False, words: bool = False
    ) -> Receipt:
        """Erase a person, and posts of others for what they say of them; `copies`: a new backup replaces all.

        `words`: those of the office that have the short name are about them, too.

        Raises MonitorError if nobody is known by this, or it cannot begin. What stands in the way later is
        in the receipt: what was begun is then finished by the next erasure, or by the worker.
        """
        path = self.backups.archive
        with Archive.open(path, self.backups.zone) as archive:
            person = archive.persons.account(who)
            if person is None:
                raise ArchiveError("Nobody is known by this number. They may have been erased already.")
            for file in self._settings(person):  # which only the office can decide on
                raise ArchiveError(
                    f"{file.name} names this person, as @name or by an address. Take that out first, in"
                    " Settings or a text editor, or delete the file if it is an old one. Then erase them."
                )
            namesakes = [row["id"] for row in archive.persons.naming(person, posts)[1]] if posts else []
            rows = archive.posts.by_ids(namesakes)
            names = person.names | {post_name(row.platform, row.native_id) for row in rows}
            with closing(MailErasure.open(self.backups.accounts)) as store:
                mails = store.mails_with(replace(person, posts=(*person.posts, *namesakes)))
            numbers = tuple(number for number, *_ in mails)
            job = UnfinishedErasure(
                author=person.id, posts=tuple(namesakes), copies=copies, words=words, mails=numbers
            )
            with archive.db.transaction():  # which only one process holds
                stones = Tombstones.beside(path).adding(names)
                replace(stones, unfinished=(*stones.unfinished, job)).save(path)
        waiting, fault = len([*self.waiting.glob("*")]), ""
        try:
            self.finish()
        except MonitorError as error:
            fault = str(error)
        readers = dict.fromkeys(address for _, _, address, state in mails if state in ("sent", "unsure"))
        copy = {path.name for path in self.backups.proven()[:1]} if copies and not fault else set[str]()
        left = tuple(path.name for path, _ in self.backups.folders() if path.name not in copy)
        return Receipt(
            posts=len(person.posts), mails=tuple(readers), waiting=waiting, copies=left, fault=fault,
            lake=self.lake,
        )  # fmt: skip

    def finish(self) -> None:
        """Go through with what was begun; nothing if that is nothing."""
        path = self.backups.archive
        if not Tombstones.beside(path).unfinished:
            return
        with file_lock(path.with_name(f"{path.name}.erasure")):  # who waited finds that it is done
            for job in Tombstones.beside(path).unfinished:
                self._finish(job)

    def _finish(self, job: UnfinishedErasure) -> None:
        path = self.backups.archive
        with Archive.open(path, self.backups.zone) as archive:
            if person := archive.persons.person(job.author):  # else this much was done before
                person = replace(person, posts=(*person.posts, *job.posts))
                for file in self._files(person):
                    file.unlink(missing_ok=True)
                with closing(MailErasure.open(self.backups.accounts)) as mails:
                    mails.forget(person, self.clock())
                subject = replace(person, least=1) if job.words else person
                archive.persons.erase(subject, job.posts, self.clock())
        compact(path)
        rewrite(self.backups.accounts)
        if job.copies:
            self._replace_copies()
        with closing(Accounts.open(self.backups.accounts)) as accounts:
            numbers = ", ".join(map(str, job.mails)) or "none"
            line = f"person {job.author}: erased; mails that mentioned them: {numbers}"
            accounts.note("the monitor", line, self.clock())
        with Archive.open(path, self.backups.zone) as archive, archive.db.transaction():
            stones = Tombstones.beside(path)
            replace(stones, unfinished=tuple(one for one in stones.unfinished if one != job)).save(path)

    def _replace_copies(self) -> None:
        """Put one new backup in the place of all."""
        archive = self.backups.archive
        with file_lock(archive.with_name(f"{archive.name}.backup")):  # one that is being made is from before
            old, last, now = self.backups.folders(), self.backups.status().last, self.clock()
            # One that was cut short may have made a copy in this minute, which is its name.
            self.backups.create(max(now, last.at + timedelta(minutes=1)) if last else now)
            for path, _ in old:
                shutil.rmtree(path, ignore_errors=True)

    def _files(self, person: DataSubject) -> Iterator[Path]:
        """Yield the files of mails that name a person, and all that wait to be imported."""
        for path in sorted(self.mails.glob("*")):
            with suppress(OSError):
                content = path.read_bytes()
                if person.is_in(readable(content)) or person.is_in(content.decode(errors="replace")):
                    yield path
        yield from sorted(self.waiting.glob("*"))

    def _settings(self, person: DataSubject) -> Iterator[Path]:
        """Yield the files of settings and of keys, and what is left of earlier ones, that name a person."""
        keys = self.dotenv.parent.glob(f"{self.dotenv.name}*")
        for path in filter(Path.is_file, (*self.backups.config.glob("*.toml*"), *keys)):
            text = path.read_text(encoding="utf-8", errors="replace")
            if person.mask(text) != text:
                yield path


def bury(archive: Path, accounts: Path, zone: ZoneInfo, stones: Tombstones, now: datetime) -> None:
    """Erase who is forgotten from an older copy of both files, before it is put in place.

    One that is too damaged to be opened stays as it is: nothing opens it before it is mended.
    """
    with suppress(ArchiveError), Archive.open(archive, zone) as copy:
        for person in copy.persons.buried(stones):
            if accounts.exists():
                with closing(MailErasure.open(accounts)) as mails:
                    mails.forget(person, now)
            copy.persons.erase(person, (), now)
        copy.persons.bury_rest(stones, now)
        compact(archive)
        if accounts.exists():
            rewrite(accounts)
