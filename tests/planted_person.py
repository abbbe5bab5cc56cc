"""A person whose name is in every table and file, and a search for it in the bytes of a folder."""

import gzip
import re
from base64 import b64encode
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from monitor.accounts import Accounts, ShareRequest
from monitor.archive import Archive
from monitor.archive.outcomes.echoes import Echo
from monitor.archive.schema import rollups
from monitor.backup import Backups
from monitor.backup.eraser import Eraser
from monitor.core.model import Author, Page, Picture, Rejected
from monitor.kit import PICTURES, KitItem
from monitor.mail.store import Mail, MailStore
from tests.archive.saving import LONDON, opened, saved
from tests.builders import NOON, a_page, a_post

NAME = "zebqcanary"
HANDLE, TITLE = f"{NAME}@towns.example", "Zebulonia Quillfeather"
HOME = f"https://towns.example/@{NAME}"
PERSON = Author(id=HOME, handle=HANDLE, name=TITLE, url=HOME, followers=3)
WORDS = "Sirens aplenty kept me up in Quibbleton Lane"
SIGNS = (NAME, "Zebulonia", "Quillfeather", "Quibbleton")
NOW = NOON + timedelta(days=1)
OTHERS = (
    "zebqcanaryx@towns.example",
    "zebqcanary@other.example",
    "zebq@towns.example",
)  # are not this person


COUNTS = [*(table for table in rollups.KEPT if "term" not in table), "snapshots"]


def the_post(number: int = 1, **changes: object):
    """Return a post by the person, on a server that names them in each address."""
    usual = {
        "id": f"https://towns.example/users/{NAME}/statuses/{number}", "url": f"{HOME}/{number}",
        "author": PERSON, "text": f"{WORDS} {number}. #CallingTimeOnCrime", "likes": number,
        "pictures": (
            Picture(alt=f"{TITLE} in the street", address=f"{HOME}/1.png", thumbnail=f"{HOME}/s/1.png"),
        ),
        "links": frozenset({f"{HOME}/about"}), "reread_key": f"towns.example/{number}",
    }  # fmt: skip
    return a_post(**usual | changes)


def others_posts() -> tuple:
    """Return posts of others: those that name the person, and then those that do not."""
    by = {
        name: Author(id=f"https://{name.partition('@')[2]}/@{name.partition('@')[0]}", handle=name)
        for name in OTHERS
    }
    return (
        a_post(id="m1", text=f"I agree with @{NAME}: {HOME}/1 says it", links=frozenset({f"{HOME}/1"})),
        a_post(id="m2", text="ok", parent=the_post().id, root=the_post().id),
        a_post(id="m3", text=f"full: @{HANDLE}!", pictures=(Picture(alt=f"a picture of @{NAME}"),)),
        a_post(id="m4", text=f"Ｑｕｏｔｉｎｇ @{NAME} in wide letters"),
        a_post(id="n1", text=f"{TITLE} was at the stall"),
        *(a_post(id=f"o{n}", author=by[name], text=f"I am @{name}") for n, name in enumerate(OTHERS)),
        a_post(id="o9", platform="x", author=Author(id="77", handle=NAME[:-1]), text="a namesake elsewhere"),
        a_post(
            id="m6", text="hello", url=f"https://archive.example/web/{HOME}/1",
            author=Author(id="fan", handle="fan", name=f"not @{NAME}", url=f"https://fan.example?of={HOME}"),
        ),
        a_post(id="m7", text=f"coded twice: https://in.example/?to={quote(quote(f'@{HANDLE}'))}"),
    )  # fmt: skip


def planted(folder: Path) -> Eraser:
    """Return what erases from a folder in which the person is in each table and file."""
    (folder / "config").mkdir(parents=True)
    (folder / "mail").mkdir()
    (folder / "archive-incoming").mkdir()
    with opened(folder) as archive:
        saved(archive, a_page(the_post(1), the_post(2), *others_posts()))
        saved(archive, a_page(the_post(1, likes=9)), now=NOW)
        stream = f"mastodon:history:{HOME}"
        rejected = (Rejected.of("no date", {"account": {"acct": HANDLE}, "content": WORDS}),)
        page = Page(stream=stream, rejected=rejected, cursor="1", detail=f"{HOME} has no more")
        saved(archive, page)
        nobody = Rejected.of(f"@{NAME} has no date", {})
        saved(archive, Page(stream=f"@{NAME} says", rejected=(nobody,), cursor=f"{HOME}/3"))
        ids = [
            archive.posts.ids_of("mastodon", [post.id])[post.id] for post in (the_post(1), others_posts()[0])
        ]
        archive.annotations.add_note(ids, f"Ask @{NAME} for a photo", by="jo", now=NOW)
        archive.themes.save(f"What {TITLE} says", f"@{NAME}\n{HOME}\nstall", TITLE, NOW)
        archive.kit.save(
            KitItem(words=f"Says @{NAME}", alt=f"@{NAME} speaks", address=HOME), NOW, PICTURES[0]
        )
        count(archive)
        archive.annotations.label(ids[:1], "tone", "negative", by="jo", now=NOW)
        archive.annotations.label(ids[:1], "stance", "support", by="jo", now=NOW)
        archive.marks.set(ids[:1], "needs reply", by="jo", now=NOW)
        archive.db.execute("INSERT INTO crimes VALUES ('rm10', '2026-01', 'Theft', 3, ?)", [f"@{NAME}"])
        archive.db.execute("INSERT INTO bought VALUES ('mastodon', 'person', ?, '2026-03-03')", [HOME])
    mailed(folder, ids[0])
    (folder / "archive-incoming/abc.file").write_text(f"handle,text\n{HANDLE},hello\n")
    (folder / "archive-incoming/abc.json").write_text("{}")
    table = f"handle,text\n{HANDLE},hello\n"
    (folder / "archive-incoming/utf16.file").write_bytes(table.encode("utf-16"))
    (folder / "archive-incoming/packed.file").write_bytes(gzip.compress(table.encode()))
    eraser = an_eraser(folder)
    eraser.backups.create(NOW)
    return eraser


def count(archive: Archive) -> None:
    """Let a petition and a speech name the person."""
    archive.counters.add("petition", "petition:1", f"Sack @{HANDLE}", HOME)
    about = f"https://x.example/{HANDLE}"
    archive.echoes.save([Echo("speech", "1", NOW.date(), f"On @{HANDLE}", None, about, None)])


def an_eraser(folder: Path) -> Eraser:
    backups = Backups(
        archive=folder / "archive.db", accounts=folder / "access.db", config=folder / "config",
        folder=folder / "backups", zone=LONDON,
    )  # fmt: skip
    return Eraser(
        backups=backups,
        mails=folder / "mail",
        dotenv=folder / ".env",
        waiting=folder / "archive-incoming",
        clock=lambda: NOW + timedelta(hours=1),
    )


def mailed(folder: Path, post: int) -> None:
    """Put mails with the person's words, and one without, into the outbox and the folder."""
    accounts, store = Accounts.open(folder / "access.db"), MailStore.open(folder / "access.db")
    accounts.share(ShareRequest(name="for the press", query=f"q={quote(f'@{NAME}')}"), by="jo", now=NOW)
    request = ("access", "2026-03-03", f"{HANDLE} asks what is held, and is reached at {NAME}@mail.example")
    with accounts._writing() as db:
        db.execute("INSERT INTO requests (kind, received, note) VALUES (?, ?, ?)", request)
        db.execute("INSERT INTO people (name, login, role, made_at) VALUES ('Jo', 'jo', 'viewer', '')")
        db.execute("UPDATE shares SET sites = ?", [f"www.{HANDLE}"])
        sql = "INSERT INTO subscriptions (address, kind, key, asked_at) VALUES (?, 'digest', 'k', '')"
        db.execute(sql, [HANDLE])
    accounts.add_token(accounts.person("Jo"), TITLE, NOW)
    letters = {
        "digest": f"“{WORDS}” https://m.example/posts/{post}",
        "alert": "Nobody is in this one /posts/999",
    }
    for kind, words in letters.items():
        mail = EmailMessage()
        mail["To"] = "reader@example.org"
        mail.set_content(words, cte="base64")
        mail.add_alternative(f"<p>{words}</p>", subtype="html")
        body = mail.as_bytes()
        (folder / f"mail/{kind}.eml").write_bytes(body)
        mails = [Mail(kind=kind, period="w", address="reader@example.org", message_id=kind, body=body)]
        store.enqueue("c", mails, until=NOW + timedelta(days=2), now=NOW)
    claimed = store.claim(NOW)
    assert claimed
    store.hand_over(claimed, NOW)
    store.arrived(claimed, NOW)
    sql = (
        "INSERT INTO outbox (campaign, kind, period, address, message_id, state, reason, next_at,"
        " until_at, changed_at) VALUES ('c', 'welcome', ?, ?, 'w', 'stopped', ?, '', '', '')"
    )
    with accounts._writing() as db:
        db.execute(sql, [f"big account @{NAME}", HANDLE, f"550 <{HANDLE}>: no such user"])
    store.close()
    accounts.close()


def counts(folder: Path) -> dict[str, list[tuple]]:
    """Return all that is counted; a link may name somebody, so links are not counted on."""
    with opened(folder) as archive:
        found = {
            name: archive.db.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in COUNTS
        }
        found["terms"] = archive.db.execute(
            "SELECT term, day, posts FROM term_days JOIN terms ON id = term_id WHERE kind <> 'link'"
            " ORDER BY 1, 2"
        ).fetchall()
        found["tones"] = archive.db.execute("SELECT id, tone FROM posts ORDER BY id").fetchall()
        assert archive.differences() == []
        assert archive.checksums.damage() == []
    return found


def forms(sign: str) -> set[bytes]:
    """Return how a word looks in files: plain, UTF-16, percent- and base64-coded."""
    plain = sign.encode()
    found = {plain, sign.encode("utf-16-le"), sign.encode("utf-16-be")}
    found.add("".join(f"%{byte:02x}" for byte in plain).encode())
    for shift in range(3):  # the same bytes have three forms, by where they begin
        coded = b64encode(b"\0" * shift + plain + b"\0\0")
        whole = coded[(shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6]
        found.add(whole)
    return found


def traces(folder: Path) -> list[str]:
    """Return where in the bytes of a folder the person is still named: file and how often."""
    pattern = re.compile(b"|".join(re.escape(form) for sign in SIGNS for form in forms(sign)), re.IGNORECASE)
    theirs = {name.encode() for name in OTHERS}
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for name in theirs:  # who is called alike
            content = content.replace(name, b"").replace(name.replace(b"@", b""), b"")
        content = re.sub(rb"https://other\.example/@zebqcanary|zebqcanaryx", b"", content)
        if hits := pattern.findall(content):
            found.append(f"{path.relative_to(folder)}: {len(hits)} {hits[0]!r}")
    return found
