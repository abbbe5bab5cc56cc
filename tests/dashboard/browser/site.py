"""The whole dashboard on a real archive, in each state in which people meet it, and a list of its pages."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

from dashboard import create_app
from dashboard.filters import Choice
from dashboard.mail.services import MailServices
from dashboard.services import Imports, Reports, Services
from monitor.accounts import Accounts, Role, ShareRequest
from monitor.archive import Archive
from monitor.archive.posts.annotations import Stance
from monitor.archive.readers import Readers
from monitor.archive.values import FileClaim, Hold
from monitor.campaign import Access, Campaign, Digest, Own
from monitor.campaign.privacy import Privacy
from monitor.charts.svg_to_png import png
from monitor.cli import Paths
from monitor.cli.wiring.imports import imports_of
from monitor.collect.source_status import states
from monitor.core.errors import MonitorError
from monitor.core.files.contents import ImportCounts
from monitor.core.model import PostKind, Purpose, Tone
from monitor.core.text import fingerprint
from monitor.demo import fill
from monitor.demo.behaviour import PLATFORMS
from monitor.kit import KitItem
from monitor.mail.store import MailStore
from monitor.manual_entry import BY_HAND
from monitor.manual_entry.entry import entry
from monitor.platform_info import about
from monitor.report import Report
from monitor.report.build import build
from monitor.report.window import last_week
from monitor.settings_files import SettingsFiles
from monitor.sources import settings_type
from monitor.tone.word_influence import Why
from monitor.why_missing import Answer
from tests.builders import a_page, a_post, a_sentiment
from tests.dashboard.reports import CAMPAIGN
from tests.mail.messages import with_mail
from tests.mail.week_decider import READERS, Time, a_weekly

CONFIG = Path(__file__).parents[3] / "config"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WHOLE = replace(
    CAMPAIGN,
    sources={name: replace(state, on=name in PLATFORMS) for name, state in CAMPAIGN.sources.items()},
    own=Own(accounts=("@us@example.org",)),
)
NAMES = {Role.ADMIN: "Ann", Role.EDITOR: "Ed", Role.VIEWER: "Vic"}
PASSWORD = "three odd words"
LONG = "AWordThatNeverEnds" * 38  # and has no sign at which a browser would break it


class Plain:
    """Scores every text alike."""

    name = "plain"

    def score(self, text: str, lang: str | None = None):
        return a_sentiment()


def imports(path: Path, campaign: Campaign, *, demo: bool) -> Imports:
    """Return what files need that are brought to an archive."""
    return imports_of(Paths(campaign=path, archive=path), campaign, Plain(), demo=demo)


def services(path: Path, campaign: Campaign = WHOLE, *, demo: bool = True) -> Services:
    """Return what the pages may ask for and change, on a real archive and at a time that stands still."""

    with Archive.open(path, campaign.zone, demo=demo):
        readers = Readers(path, campaign.zone)

    def report(choice: Choice) -> Report:
        with readers.lend() as archive:
            return build(
                archive, campaign, choice.window, now=NOW, sources=states(archive, campaign, NOW),
                track=choice.track, platforms=choice.platforms,
            )  # fmt: skip

    def sources():
        with readers.lend() as archive:
            return states(archive, campaign, NOW)

    def began():
        with readers.lend() as archive:
            return archive.posts.first_day()

    files = an_office_of_files(path.parent, campaign)
    return Services(
        settings=files.settings(), files=files, source_type=settings_type,
        why=lambda text, lang: None if lang == "de" else WHY, facts=lambda name: about(name).facts(),
        campaign=campaign, now=lambda: NOW, report=report, began=began, sources=sources,
        read=readers.lend, write=lambda: Archive.open(path, campaign.zone, demo=demo),
        imports=imports(path, campaign, demo=demo),
        missing=lambda asked: Answer(sentences=(asked.words or "It is here.", asked.address), post=600),
    )  # fmt: skip


def an_office_of_files(folder: Path, campaign: Campaign) -> SettingsFiles:
    """Return the shipped campaign file in a folder, changed once; it is read as this campaign."""
    shutil.copytree(CONFIG, folder / "config", dirs_exist_ok=True)
    files = SettingsFiles(
        path=folder / "config/campaign.toml", dotenv=folder / ".env", clock=lambda: NOW,
        history=Accounts.open(folder / "settings.db"), read=lambda text, env: campaign,
        problems=lambda campaign, env: (),
    )  # fmt: skip
    files.save({"name": LONG}, base=files.settings().version, who="Ann", now=NOW)
    return files


PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@dataclass(frozen=True, slots=True)
class Site:
    """An app, and what stands in the addresses of its pages."""

    app: object
    accounts: Accounts | None = None
    said: dict[str, str] = field(default_factory=dict)

    def cookie(self, role: Role) -> str:
        """Return the cookie of somebody with this role who is signed in."""
        return self.accounts.begin(self.accounts.person(NAMES[role]), "Firefox", NOW)


def opened(folder: Path) -> Site:
    """Return the site of an office where nobody has an account: weeks of posts, and work done on them."""
    path = folder / "open.db"
    with Archive.open(path, WHOLE.zone, demo=True) as archive:
        fill(archive, WHOLE, Plain(), NOW, posts=600)
        archive.annotations.add_note([600, 601], LONG, by="Jo", now=NOW)
        archive.events.add(NOW.date(), LONG[:100])
        archive.themes.save(LONG[:60], LONG[:80], LONG[:80], NOW)
        for _ in archive.theme_tags.update(*archive.themes.search()):
            pass
        archive.kit.save(KitItem(words=LONG, address=f"https://petition.example/{'x' * 300}"), NOW)
        archive.kit.save(KitItem(alt=LONG[:200], code="a3"), NOW, png(PICTURE, width=900))
        for _ in archive.kit.update(NOW):
            pass
        archive.ingest.save(
            a_page(a_post(id="long", text=LONG, by=LONG[:80], created_at=NOW - timedelta(hours=1),
                          likes=400)),
            source="mastodon", track=WHOLE.tracks[0].name, scores=[a_sentiment()], analyzer="plain",
            started_at=NOW, now=NOW,
        )  # fmt: skip
        answered = a_conversation(archive)
        archive.annotations.label([600], "stance", "support", by="Jo", now=NOW)
        for source in ("x", LONG):
            week = {"since": NOW - timedelta(days=9), "until": NOW - timedelta(days=2)}
            claim = FileClaim(source=source, file=LONG, at=NOW, **week)
            archive.coverage.save_file_claim(claim, WHOLE.tracks[0].name)
        archive.marks.set([602], "needs reply", by="Jo", now=NOW)
        for ago, most in ((0, 7), (7, 50), (14, 50)):
            with_sample(archive, last_week(NOW.date()) - timedelta(days=ago), most)
        words = next(row.text for row in archive.posts.every() if row.tone == "negative")
        said = {"entry": an_entry(archive), "words": fingerprint(words), "thread": answered}
        said |= some_files(folder)
    accounts = Accounts.open(folder / "open-access.db")
    desk = a_desk(folder / "open-access.db")
    return Site(create_app(services(path), accounts=accounts, mail_services=desk), said=said)


def a_conversation(archive: Archive) -> int:
    """Store what answers the longest post, one below the other and some of it missing; return that post."""
    replies = [
        a_post(id=f"r{n}", parent=f"r{n - 1}" if n else "long", root="long", kind=PostKind.REPLY, text=text,
               by=LONG[:80] if n % 2 else "us", created_at=NOW - timedelta(minutes=50 - n), tags=frozenset())
        for n, text in enumerate((LONG, "Thanks!", "", LONG, "x", "Where?", "Here.", "y")) if n != 4
    ]  # fmt: skip
    archive.ingest.save(
        a_page(*replies, purpose=Purpose.THREAD), source="mastodon", track=WHOLE.tracks[0].name,
        scores=[None for _ in replies], analyzer="plain", started_at=NOW, now=NOW,
    )  # fmt: skip
    return archive.posts.ids_of("mastodon", ["long"])["long"]


def an_entry(archive: Archive) -> int:
    """Store what somebody entered by hand, with words and a name that are as long as may be."""
    told = {"where": LONG[:60], "when": "2026-11-21 18:30", "text": LONG, "who": LONG[:100], "views": "0"}
    one = entry(told, WHOLE.zone, NOW)
    archive.ingest.save(
        a_page(one), source=BY_HAND, track=WHOLE.tracks[0].name, scores=[None], analyzer="",
        started_at=NOW, now=NOW,
    )  # fmt: skip
    number = archive.posts.ids_of(BY_HAND, [one.id])[one.id]
    archive.holds.save(Hold(number, LONG, LONG[:60], NOW, NOW + timedelta(days=90)))
    return number


def some_files(folder: Path) -> dict[str, str]:
    """Leave files that were brought, in each state, with names and texts as long as may be; return where."""
    box = imports(folder / "open.db", WHOLE, demo=True).box
    head, row = "platform,id,author,text,created_at\n", f"x,1,{LONG},{LONG},2026-11-03T10:00:00Z\n"
    contents = {"waits": head + row * 12, "odd": "a,b\n1,2\n", "over": head, "broke": head + row}
    files = {
        name: box.put(BytesIO(content.encode()), f"{LONG}.csv", "the team")
        for name, content in contents.items()
    }
    days = {"x": (date(2026, 11, 3), date(2026, 11, 9)), LONG: (date(2026, 11, 3), date(2026, 11, 3))}
    counts = ImportCounts(read=99, new=12, other=3, rejected=60, reasons=(LONG, "<b>no</b>"), days=days)
    box.save(replace(files["over"], is_begun=True, is_finished=True, counts=counts))
    box.save(replace(files["broke"], is_begun=True, fault=LONG, counts=ImportCounts(read=9, new=9)))
    return {name: file.token for name, file in files.items()}


def with_sample(archive: Archive, monday: date, most: int) -> None:
    """Draw the sample of a week, and read `most` of it."""
    track = WHOLE.tracks[0].name
    archive.tone_audits.draw(track, monday, 50, chance=Random(1), now=NOW)
    for n, one in enumerate(next(archive.tone_audits.samples(track, monday, monday)).sample[:most]):
        archive.annotations.label([one.post], "tone", list(Tone)[n % 3], by="Jo", now=NOW)
        archive.annotations.label([one.post], "stance", list(Stance)[n % 2], by="Jo", now=NOW)


def a_desk(path: Path) -> MailServices:
    """Return the desk of an office that has mails in each state of delivery, and readers of each kind."""
    weekly = a_weekly(MailStore.open(path), Time(NOW), replace(WHOLE, digest=Digest(recipients=READERS)))
    with_mail(weekly.store, weekly.key)
    return MailServices(weekly=weekly, out="Mails go out by mail.example.org, from office@example.org.")


def new(folder: Path) -> Site:
    """Return the site of an office that has not collected yet."""
    weekly = a_weekly(MailStore.open(folder / "new-access.db"), Time(NOW))
    desk = MailServices(weekly=weekly, out="No mail server.")
    return Site(create_app(services(folder / "new.db", demo=False), mail_services=desk))


def _fails(error: Exception) -> Reports:
    def report(choice: Choice) -> Report:
        raise error

    return report


def locked(folder: Path) -> Site:
    """Return a site whose archive cannot be read just now."""
    told = MonitorError("The archive cannot be read: the disk is full. Make room, and reload the page.")
    fails = _fails(told)
    return Site(create_app(replace(services(folder / "open.db"), report=fails)))


def busy(folder: Path) -> Site:
    """Return a site whose archive cannot be written to just now."""

    def refuse() -> Archive:
        raise MonitorError("The archive is busy. Try again in a moment.")

    return Site(create_app(replace(services(folder / "open.db"), write=refuse)))


def broken(folder: Path) -> Site:
    """Return a site with a fault in it."""
    app = create_app(
        replace(
            services(folder / "open.db"),
            report=_fails(RuntimeError("a fault of ours")),
        )
    )
    app.logger.disabled = True
    return Site(app)


def closed(folder: Path) -> Site:
    """Return a site with accounts, links and tokens."""
    accounts = Accounts.open(folder / "access.db")
    for role, name in NAMES.items():
        accounts.add(name, role, by="a test", now=NOW, password=PASSWORD)
    accounts.add_token(accounts.person("Ed"), "the newsroom screen", NOW)
    jo = accounts.add("jo.long.name@constituency-office.example.org", Role.VIEWER, by="Ann", now=NOW)
    said = {
        "invited": accounts.invite(jo, by="Ann", now=NOW),
        "slug": accounts.share(ShareRequest(name="the MP", texts=True), by="Ed", now=NOW),
        "chart": accounts.share(ShareRequest(name="one chart", shows="activity"), by="Ed", now=NOW),
    }
    with Archive.open(folder / "open.db", WHOLE.zone, demo=True) as archive:
        said["thread"] = archive.posts.ids_of("mastodon", ["long"])["long"]
    ask_about_data(accounts)
    desk = a_desk(folder / "access.db")
    one, other, third = desk.weekly.store.subscriptions("digest")
    said |= {"reader": one.key, "left": other.key, "asked": third.key}
    return Site(
        create_app(services(folder / "open.db"), accounts=accounts, mail_services=desk), accounts, said
    )


def ask_about_data(accounts: Accounts) -> None:
    """Fill the register with requests in each state: overdue, due, to be confirmed, confirmed, answered."""
    for kind, days in (("access", 60), ("erasure", 1), ("complaint", 25), ("complaint", 9), ("question", 3)):
        day = NOW.date() - timedelta(days=days)
        text = f"{LONG}\n<b>no</b>" if kind == "access" else "Please tell me what you have about me."
        accounts.ask(kind, text, received=day, by="the form", now=NOW)
    for number, act in ((4, "confirm"), (5, "close")):
        accounts.handle(number, act, today=NOW.date(), by="Ann", now=NOW)


def unclaimed(folder: Path) -> Site:
    """Return a site for others, before the first account."""
    accounts = Accounts.open(folder / "unclaimed.db")
    meant = replace(WHOLE, access=Access(names=("dashboard.example.org",)), privacy=Privacy())
    app = create_app(services(folder / "open.db", meant), accounts=accounts)
    return Site(app, accounts, {"first": accounts.invite(None, by="the console", now=NOW)})


SITES = {
    "open": opened,
    "unclaimed": unclaimed,
    "new": new,
    "locked": locked,
    "busy": busy,
    "broken": broken,
    "closed": closed,
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A page in a state."""

    path: str
    site: str = "open"
    who: Role = Role.NOBODY
    status: int = 200


WHY = Why(
    score=a_sentiment(Tone.NEGATIVE), likeliest=Tone.NEGATIVE, words=(("<b>awful</b>", 0.4), ("lovely", -0.2))
)
SPOTS = {
    "overview": Spot("/"),
    "overview of a month": Spot("/?period=4-weeks"),
    "overview of a day": Spot("/?period=today"),
    "overview for editors": Spot("/", "closed", Role.EDITOR),
    "explore": Spot("/explore"),
    "new explore": Spot("/explore", "new"),
    "overview of the campaign": Spot("/?period=campaign"),
    "overview of one platform": Spot("/?platform=mastodon"),
    "overview of days long gone": Spot("/?since=2019-01-01&until=2019-01-09"),
    "posts": Spot("/posts"),
    "posts by size": Spot("/posts?order=biggest"),
    "posts that are not there": Spot("/posts?q=zebra"),
    "replies": Spot("/replies"),
    "replies that are done": Spot("/replies?view=done"),
    "replies for editors": Spot("/replies", "closed", Role.EDITOR),
    "posts with a mark": Spot("/posts?mark=needs+reply"),
    "post": Spot("/posts/600"),
    "conversation": Spot("/posts/{thread}"),
    "conversation for viewers": Spot("/posts/{thread}", "closed", Role.VIEWER),
    "posts of a tone": Spot("/posts?tone=negative&period=campaign"),
    "posts of a stance": Spot("/posts?stance=oppose&period=campaign"),
    "posts of a tone for viewers": Spot("/posts?tone=negative&period=campaign", "closed", Role.VIEWER),
    "posts of a tone of too few": Spot("/posts?tone=unclear&period=campaign"),
    "why this tone": Spot("/posts?tone=negative&period=campaign&why={words}"),
    "people": Spot("/people"),
    "find a person": Spot("/people/find"),
    "people to thank": Spot("/people?by=thank"),
    "places": Spot("/places"),
    "a place for a meeting": Spot("/places/barking-and-dagenham/sheet"),
    "outcomes": Spot("/outcomes"),
    "outcomes of a month for viewers": Spot("/outcomes?period=4-weeks", "closed", Role.VIEWER),
    "outcomes of the campaign": Spot("/outcomes?period=campaign"),
    "new outcomes": Spot("/outcomes", "new"),
    "share kit": Spot("/share-kit"),
    "share kit for viewers": Spot("/share-kit", "closed", Role.VIEWER),
    "share kit for supporters": Spot("/kit?server=mastodon.example"),
    "themes": Spot("/themes"),
    "new themes": Spot("/themes", "new"),
    "themes for viewers": Spot("/themes", "closed", Role.VIEWER),
    "posts of a theme": Spot("/posts?theme=1"),
    "events": Spot("/events"),
    "by hand": Spot("/by-hand"),
    "by hand, stored": Spot("/by-hand?did=added&post={entry}"),
    "not by hand": Spot("/by-hand", "closed", Role.VIEWER, status=403),
    "bring a file": Spot("/bring-a-file"),
    "bring a file, removed": Spot("/bring-a-file?did=removed"),
    "new bring a file": Spot("/bring-a-file", "new"),
    "not bring a file": Spot("/bring-a-file", "closed", Role.VIEWER, status=403),
    "a file that waits": Spot("/bring-a-file/{waits}"),
    "a file that is none of posts": Spot("/bring-a-file/{odd}"),
    "a file that was taken in": Spot("/bring-a-file/{over}"),
    "a file that broke off": Spot("/bring-a-file/{broke}"),
    "no such file": Spot("/bring-a-file/nothing", status=404),
    "reports": Spot("/reports"),
    "sources": Spot("/sources"),
    "missing": Spot("/missing"),
    "missing, answered": Spot("/missing?address=" + LONG + "&words=" + LONG + "&day=2026-11-02"),
    "missing, and here": Spot("/missing?address=here"),
    "missing on no day": Spot("/missing?address=x&day=soon", status=400),
    "tone": Spot("/tone"),
    "tone that was never checked": Spot("/tone", "new"),
    "tone for viewers": Spot("/tone", "closed", Role.VIEWER),
    "reading": Spot("/tone/read"),
    "all read": Spot(f"/tone/read?week={last_week(NOW.date()) - timedelta(days=7)}"),
    "settings": Spot("/settings"),
    "settings for editors": Spot("/settings", "closed", Role.EDITOR),
    "settings not for viewers": Spot("/settings", "closed", Role.VIEWER, status=403),
    "settings that only admins change": Spot("/settings/digest", "closed", Role.EDITOR, status=403),
    "settings of the mail": Spot("/settings/digest"),
    "settings of a track": Spot("/settings/track.calling-time-on-crime"),
    "another track": Spot("/settings/new-track"),
    "settings of a source that costs": Spot("/settings/sources.x"),
    "settings of feeds": Spot("/settings/sources.feeds"),
    "earlier settings": Spot("/settings/earlier"),
    "guide": Spot("/guide"),
    "guide to the words": Spot("/guide/words"),
    "guide to the sources": Spot("/guide/sources"),
    "guide to the mail": Spot("/guide/mail"),
    "guide to the first account": Spot("/guide/account"),
    "guide to the address": Spot("/guide/address", "closed", Role.ADMIN),
    "guide not for editors": Spot("/guide/words", "closed", Role.EDITOR, status=403),
    "overview for admins": Spot("/", "closed", Role.ADMIN),
    "methods": Spot("/methods"),
    "first account": Spot("/set-up"),
    "first account, by its link": Spot("/set-up/{first}", "unclaimed"),
    "sign in before the first account": Spot("/login", "unclaimed"),
    "no such page": Spot("/nothing", status=404),
    "no such post": Spot("/posts/999999", status=404),
    "no such period": Spot("/?period=decade", status=400),
    "no such cursor": Spot("/posts?after=x", status=400),
    "new overview": Spot("/", "new"),
    "new posts": Spot("/posts", "new"),
    "new people": Spot("/people", "new"),
    "new places": Spot("/places", "new"),
    "new events": Spot("/events", "new"),
    "new by hand": Spot("/by-hand", "new"),
    "new reports": Spot("/reports", "new"),
    "new sources": Spot("/sources", "new"),
    "not to be read": Spot("/", "locked", status=503),
    "our fault": Spot("/", "broken", status=500),
    "sign in": Spot("/login", "closed"),
    "signed out": Spot("/login?done=out", "closed"),
    "link used up": Spot("/set-up/x", "closed", status=410),
    "choose a password": Spot("/set-up/{invited}", "closed"),
    "shared": Spot("/s/{slug}", "closed"),
    "shared chart": Spot("/s/{chart}", "closed"),
    "share ended": Spot("/s/x", "closed", status=410),
    "overview for viewers": Spot("/", "closed", Role.VIEWER),
    "posts for viewers": Spot("/posts", "closed", Role.VIEWER),
    "post for viewers": Spot("/posts/600", "closed", Role.VIEWER),
    "not for viewers": Spot("/people", "closed", Role.VIEWER, status=403),
    "account": Spot("/account", "closed", Role.EDITOR),
    "phone": Spot("/account/phone", "closed", Role.EDITOR),
    "shares": Spot("/shares", "closed", Role.EDITOR),
    "not for editors": Spot("/team", "closed", Role.EDITOR, status=403),
    "team": Spot("/team", "closed", Role.ADMIN),
    "mail": Spot("/reports/mail"),
    "mail that is new": Spot("/reports/mail", "new"),
    "mail for viewers": Spot("/reports/mail", "closed", Role.VIEWER),
    "leave the mail": Spot("/mail/{reader}", "closed"),
    "join the mail": Spot("/mail/{asked}", "closed"),
    "left the mail": Spot("/mail/{left}", "closed"),
    "no such mail": Spot("/mail/x", "closed", status=404),
    "trail": Spot("/team/trail", "closed", Role.ADMIN),
    "evidence": Spot("/evidence"),
    "privacy": Spot("/privacy", "closed"),
    "privacy, asked": Spot("/privacy?number=12", "closed", Role.VIEWER),
    "privacy with blanks": Spot("/privacy", "unclaimed"),
    "privacy requests": Spot("/privacy/requests", "closed", Role.ADMIN),
    "no privacy requests": Spot("/privacy/requests"),
    "not the requests": Spot("/privacy/requests", "closed", Role.EDITOR, status=403),
}
NOT_PAGES = {
    "manual_entry.template",
    "static",
    "health.show",
    "api.openapi",
    "api.posts",
    "api.report",
    "feed.show",
    "downloads.show",
    "downloads.chart_file",
    "live.show",
    "shared.preview",
    "privacy.document",
    "kit.picture",
}
BY_OTHERS = {"sign_in.ask_code"}  # seen after a password, in test_access
