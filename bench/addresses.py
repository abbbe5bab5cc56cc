"""Every address of the dashboard, asked of archives that are alike but for one thing: which answer is slower?

The addresses are made from the app's own routes, so that no page can be forgotten: each is asked as it is,
and with other days where it reads them; pages with filters of their own are in FILTERS. The app is the one
that `monitor web` makes, with its own account, asked in process by an admin. No answer is one that was kept.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from math import inf, isnan, nan
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from unittest.mock import patch

from flask import Flask, Response, g, request
from werkzeug.test import Client

from bench.archives import CAMPAIGN, NOW, Subject
from bench.ratios import Ratio
from monitor.accounts import Accounts, Role
from monitor.accounts.shares import ShareRequest
from monitor.cli import Paths
from monitor.cli.wiring import web
from monitor.cli.wiring.live_settings import settings_files
from monitor.export.formats import KINDS

MOST, FLOOR = 2.0, 5.0  # of growth; milliseconds, below which it is none
ROUNDS, ENOUGH = 5, 1500  # of each address; milliseconds, after which there are no more
HOME, HERE = "http://localhost", {"REMOTE_ADDR": "127.0.0.1", "HTTP_SEC_FETCH_SITE": "same-origin"}
PASSWORD = "three odd words"  # of an account that lives as long as the bench
SLUG = "the-link"  # of a share, which each site has its own of
DAY, WEEK = "since=2026-11-18&until=2026-11-18", "period=week"
PERIODS = ("", DAY, "period=4-weeks", "period=campaign")  # of pages that read days; the first is a week
ABSENT = ("/wrong", "/kit/1-1")  # there is no such secret, and no picture in made-up archives: 404
BY_POSTS = {f"/takeaway/{one.what}.{one.ending}" for one in KINDS if one.rows}  # their time is told by post
_COMMON, _RARE = "the", "launderette"
_SEARCHES = (
    f"q={_COMMON}", f"q={_RARE}", "tag=callingtimeoncrime", "tag=onepatrolmore", "place=havering", "theme=1",
    "tone=neutral", "tone=negative", "stance=support", "mark=done", "kit=own", "new=yes", "author=2",
    f"q={_COMMON}&tone=negative", f"q={_COMMON}&new=yes&place=havering", "platform=reddit", "order=biggest",
    "order=biggest&tone=negative", f"order=biggest&q={_COMMON}",
)  # fmt: skip
_OLD = tuple(f"after=0.2026-{day}T00:00:00Z.1" for day in ("06-10", "09-01"))  # pages far down
_WHOLE = "period=campaign"
_LISTS = (
    *_SEARCHES, *(f"{_WHOLE}&{one}" for one in _SEARCHES), *(f"{_WHOLE}&{page}" for page in _OLD),
    f"{_WHOLE}&order=biggest&after=1.2026-06-10T00:00:00Z.1",
    *(f"{_WHOLE}&q={word}&{page}" for word in (_COMMON, _RARE) for page in _OLD), f"{DAY}&q={_COMMON}",
)  # fmt: skip
_NAMED = tuple(one for one in _LISTS if "tone=" not in one and "stance=" not in one)
# What else the pages with filters of their own are asked, by endpoint.
FILTERS: Mapping[str, Sequence[str]] = {
    "posts.show": (*_LISTS, "why=1"),
    "api.posts": _NAMED,
    "feed.show": _NAMED,
    "people.show": tuple(
        f"{days}&by={order}" for days in (WEEK, _WHOLE) for order in ("posts", "followers", "new", "thank")
    ),
    "replies.show": ("view=later", "view=done"),
    "overview.show": ("chart=tone", "chart=platform", "compare=before", "platform=reddit"),
    "places.show": ("by=ward", "by=ward&sign=crimes", f"by=ward&{_WHOLE}"),
    "missing.show": (
        "address=https://bluesky.example/@nobody/1", "words=launderette&day=2026-11-18",
        "address=https://bluesky.example/@tundebrackenburyoduya12/1",
    ),
}  # fmt: skip


# What the parts of addresses may be, and what they must ask, by endpoint.
EXAMPLES: Mapping[str, Sequence[Mapping[str, str]]] = {
    "downloads.show": [{"what": one.what, "ending": one.ending} for one in KINDS],
    "downloads.chart_file": [
        {"name": name, "ending": ending}
        for name in ("activity", "tone", "hours")
        for ending in ("csv", "svg", "png")
    ],
    "places.sheet": [{"key": "dagenham"}],
    "privacy.document": [{"name": "map"}],
    "guide.form": [{"step": "words"}],
    "settings.form": [{"path": "campaign"}],
    "posts.detail": [{"post_id": "1"}, {"post_id": "60000"}],
    "live.show": [{"after": "1"}],
    "kit.picture": [{"item": "1", "version": "1"}],
    "shared.show": [{"slug": SLUG}],
    "shared.preview": [{"slug": SLUG}],
    "static": [{"filename": "style.css"}],
    "sign_in.invited": [{"token": "wrong"}],
    "file_import.detail": [{"token": "wrong"}],
    "mail.show": [{"key": "wrong"}],
}


def paths(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield endpoints and paths of all routes that are read; raises LookupError for one without example."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" in (rule.methods or ()):
            if rule.arguments and rule.endpoint not in EXAMPLES:
                raise LookupError(f"EXAMPLES has none of {rule.endpoint}")
            for values in EXAMPLES.get(rule.endpoint, ({},)):
                yield rule.endpoint, app.url_map.bind("localhost").build(rule.endpoint, values)


@dataclass(frozen=True, slots=True)
class Site:
    """A dashboard, and an admin who is signed in to it."""

    app: Flask
    client: Client
    slug: str  # of a share link
    reads_days: set[str] = field(default_factory=set)  # paths

    def milliseconds(self, address: str, n: object) -> float:
        """Return the processor time of one answer made anew; raises RuntimeError if it is none."""
        address = address.replace(SLUG, self.slug)
        began = process_time()
        answer = self.client.get(_asking(address, f"n={n}"), base_url=HOME, environ_overrides=HERE)
        answer.get_data()
        took = (process_time() - began) * 1000
        answer.close()
        if answer.status_code >= 400 and not address.partition("?")[0].endswith(ABSENT):
            raise RuntimeError(f"it answered {answer.status_code}")
        return took


@contextmanager
def opened(subject: Subject) -> Iterator[Site]:
    """Open the dashboard of an archive as it was at its end, with one account."""
    with TemporaryDirectory(prefix="bench-") as folder, patch.object(web, "utcnow", lambda: NOW):
        here = shutil.copytree(CAMPAIGN.parent, Path(folder) / "config")
        (here / CAMPAIGN.name).write_text(subject.text)
        archive = Path(folder) / "archive.db"
        archive.symlink_to(subject.path.resolve())  # accounts stand beside it: in a folder of their own
        with closing(Accounts.open(Path(folder) / "access.db")) as accounts:
            accounts.add("Ann", Role.ADMIN, by="a bench", now=NOW, password=PASSWORD)
            slug = accounts.share(ShareRequest(name="a bench", query=WEEK), by="Ann", now=NOW)
            files = Paths(campaign=here / CAMPAIGN.name, archive=archive)
            app = web.live_app(settings_files(files, accounts), files, accounts)()
            site = Site(app, Client(app), slug)
            app.after_request(lambda answer: _note_days(site, answer))
            form = {"name": "Ann", "password": PASSWORD}
            done = site.client.post("/login", data=form, base_url=HOME, environ_overrides=HERE)
            if done.status_code != 303:
                raise RuntimeError("nobody could sign in")
            yield site


def _note_days(site: Site, answer: Response) -> Response:
    if "choice" in g:
        site.reads_days.add(request.path)
    return answer


def addresses(site: Site, only: str = "") -> Iterator[str]:
    """Yield all addresses with these words in them; those of pages that read days with several."""
    for endpoint, path in paths(site.app):
        with suppress(RuntimeError):  # it is said when it is measured
            site.milliseconds(path, "first")
        is_file = path in BY_POSTS
        days = PERIODS if path.partition("?")[0] in site.reads_days and not is_file else ("",)
        questions = (DAY,) if is_file else (*days, *FILTERS.get(endpoint, ()))
        found = (_asking(path, question) for question in questions)
        yield from (address for address in found if only in address)


def _asking(path: str, question: object) -> str:
    sign = "&" if "?" in path else "?"
    return f"{path}{sign}{question}" if question else path


def measure(subjects: Sequence[Subject], only: str = "") -> Iterator[Ratio]:
    """Print a line for each address as it is measured, and yield the worst growth of each subject.

    The first subject is what the others are held against. An address that breaks costs its line only.
    """
    base, *others = subjects
    lines: dict[str, list[float]] = {}
    with ExitStack() as stack:
        sites = [stack.enter_context(opened(subject)) for subject in subjects]
        print(f"processor ms, {base.name}; {'; '.join(one.name for one in others)}", flush=True)
        for address in addresses(sites[0], only):
            lines[address] = _medians(sites, address, subjects)
            print(_line(address, lines[address]), flush=True)
    print("\nSlowest first\n")
    for address, times in sorted(lines.items(), key=lambda line: -max(line[1])):
        print(_line(address, times))
    for place, subject in enumerate(others, 1):
        growths = {address: growth(times[0], times[place]) for address, times in lines.items()}
        worst = max(growths, key=lambda address: growths[address])
        missed = sum(one > MOST for one in growths.values())
        yield Ratio(
            goal=f"slowest growth of an address, {subject.name} / {base.name}", value=growths[worst],
            target=MOST, at_least=False, note=f"{worst}; {missed} of {len(growths)} over {MOST:g}",
        )  # fmt: skip


def growth(small: float, large: float) -> float:
    """Return how much slower an answer is, by milliseconds: 1 where both are few, and inf where it broke."""
    if isnan(small + large):
        return inf
    return 1.0 if max(small, large) < FLOOR else large / small


def _medians(sites: Sequence[Site], address: str, subjects: Sequence[Subject]) -> list[float]:
    """Return the median milliseconds of an address on each site, asked in turns; NaN where it breaks."""
    times: list[list[float]] = [[] for _ in sites]
    for n in range(ROUNDS + 1):  # the first finds what is to be read from the disk
        for site, own in zip(sites, times, strict=True):
            if n < 2 or sum(own) < ENOUGH:
                try:
                    own.append(site.milliseconds(address, n))
                except Exception as error:  # a bench goes on
                    own.append(nan)
                    print(f"{address}: {error!r}", file=sys.stderr)
    return [
        median(own[1:]) / (subject.times if address.partition("?")[0] in BY_POSTS else 1)
        for own, subject in zip(times, subjects, strict=True)
    ]


def _line(address: str, times: Sequence[float]) -> str:
    growths = [growth(times[0], one) for one in times[1:]]
    cells = "  ".join(f"{one:8.1f} x{grown:<6.2f}" for one, grown in zip(times[1:], growths, strict=True))
    mark = "MISSED" if max(growths, default=0) > MOST else ""
    return f"{times[0]:8.1f}  {cells} {mark:7}{address}"
