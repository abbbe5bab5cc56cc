"""The web pages. They show reports that they are given, and know nothing of platforms."""

from collections.abc import Container, Hashable
from dataclasses import replace
from datetime import datetime

from flask import Flask, Response, abort, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import api, file_import, guide, kit, mail, manual_entry, outcomes, posts, settings, share
from dashboard.access import attach, may
from dashboard.access.csrf import READING
from dashboard.access.guard import nobody_if_unknown
from dashboard.access.oidc import Provider
from dashboard.api import feed, health, live
from dashboard.filters import PERIODS, Choice, RowNumber
from dashboard.mail.services import MailServices
from dashboard.outcomes import tally_files
from dashboard.page_cache import PageCache
from dashboard.pages import (
    downloads,
    events,
    explore,
    methods,
    overview,
    people,
    person,
    places,
    privacy,
    reports,
    sources,
    themes,
)
from dashboard.posts import evidence, replies, why_missing
from dashboard.services import Reports, Services, end_loans
from dashboard.tone import accuracy, audit_review
from monitor import COMMAND
from monitor.accounts import Accounts
from monitor.archive.marks import DeskView
from monitor.archive.readers import Changes
from monitor.archive.values import posts_on
from monitor.core.content_warning import upsetting
from monitor.core.errors import MonitorError, StorageError
from monitor.core.storage import storage_error
from monitor.manual_entry import BY_HAND
from monitor.platform_info import forbidding
from monitor.report import stalled_since, wording
from monitor.report.anonymise import nameless

PAGES = {
    overview: "Week",
    posts: "Posts",
    replies: "Replies",
    themes: "Themes",
    places: "Places and areas",
    outcomes: "Outcomes",
    events: "Events",
    kit: "Share kit",
    people: "People",
    explore: "Explore",
    reports: "Reports",
    sources: "Sources",
    settings: "Settings",
    methods: "How we count",
}  # as in the menu: five, and the others under More
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would hide from us where a form is from
    "Cross-Origin-Opener-Policy": "same-origin",
}
_MOST_SENT = 2**20  # bytes; a page that takes a file says how large
_MOST_FIELDS = 1000  # of a form, as Werkzeug has it for those with files
_PLAIN = {
    400: ("This address is not valid", "Check the address, or go to this week."),
    404: ("There is no page here", "The address may be mistyped or old."),
    405: ("This page is read-only", "Nothing was changed."),
    413: (
        "That is too much at once",
        "A form holds up to a megabyte and 1,000 fields. Go back, and enter less.",
    ),
    500: (
        "Something broke at our end",
        "Nothing is lost. Reload the page; if it happens again, check the log.",
    ),
}


def create_app(
    services: Services,
    *,
    accounts: Accounts | None = None,
    provider: Provider | None = None,
    mail_services: MailServices | None = None,
    changes: Changes | None = None,
    hosts: Container[str] = LOOPBACK,
) -> Flask:
    """Return the app. `hosts` are the names that it answers to; without `accounts` nobody can sign in.

    Without `mail_services` there are no pages about mail.

    Pages are kept while `changes` tells of none; without it none is kept.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_SENT
    app.url_map.converters["row"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(wording.FILTERS, upsetting=upsetting)
    zone, now = services.campaign.zone, services.now
    app.jinja_env.filters["moment"] = lambda at: wording.moment(at.astimezone(zone), now())
    app.jinja_env.filters["ago"] = lambda at: wording.ago(at, now())
    app.extensions["services"] = _redacted(services)
    app.jinja_env.globals.update(_globals(services, accounts))
    app.context_processor(_common)
    others = (
        api, feed, health, downloads, accuracy, audit_review, manual_entry, file_import, why_missing, live,
        person, evidence, tally_files,
    )  # fmt: skip
    for module in (*PAGES, *others):
        app.register_blueprint(module.page)
    app.before_request(lambda: _only_our_names(hosts))
    app.before_request(_only_so_many_fields)
    app.teardown_request(end_loans)
    if changes:

        def version() -> Hashable:
            return changes(), accounts and accounts.version()

        PageCache(version, changes, services.now, lambda environ: guard.vary(environ)).attach(app)
    guard = attach(app, services, accounts, provider)
    if accounts is not None:
        share.attach(app)
        app.register_blueprint(privacy.page)
    mail.attach(app, mail_services)
    guide.attach(app)
    app.after_request(_protected)  # registered last, so called first: a kept page has its headers
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(MonitorError, _known_error)
    if services.campaign.access.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's docs do
    return app


def _globals(services: Services, accounts: Accounts | None) -> dict[str, object]:
    return dict(
        campaign=services.campaign,
        platforms=[*services.campaign.sources, BY_HAND],
        periods=PERIODS,
        menu=[(page.__name__.rpartition(".")[2], title) for page, title in PAGES.items()],
        program=COMMAND,
        forbidding=forbidding,
        stalled_since=lambda: _stalled_since(services),
        is_disk_full=services.is_disk_full,
        lake=services.lake,
        settings=services.settings,
        dissolution=lambda: wording.dissolution(services.campaign.dissolution.day, services.today),
        opens_here_only=lambda: services.campaign.digest.is_local and _name(request.host) in LOOPBACK,
        owed_replies=lambda: _owed_replies(services),
        urgent_requests=lambda: (
            sum(one.is_urgent(services.today) for one in accounts.requests()) if accounts else 0
        ),
    )


def _common() -> dict[str, object]:
    """Return what each template knows of a request: what its address asks for, if it is of some days."""
    choice: Choice | None = g.get("choice")
    span = wording.window_words(choice.window) if choice else ""
    return {"choice": choice, "span": span}


def _redacted(services: Services) -> Services:
    """Return the services with reports for those who ask: viewers are shown nobody's name."""

    def for_role(reports: Reports) -> Reports:
        return lambda choice: reports(choice) if may("editor") else nameless(reports(choice))

    return replace(services, report=for_role(services.report))


def _stalled_since(services: Services) -> datetime | None:
    """Return since when nothing is collected; None also where that cannot be found out: pages go without."""
    try:
        return stalled_since(services.sources())
    except MonitorError:
        return None


def _owed_replies(services: Services) -> int:
    """Return how many posts wait for a reply; 0 also where that cannot be read: pages go without."""
    try:
        with services.read() as archive:
            return posts_on(archive.marks.cards(DeskView.OPEN, services.today))
    except MonitorError:
        return 0


def _only_so_many_fields() -> None:
    """Refuse a form of very many fields before it is taken apart, which Werkzeug does not for this kind."""
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if is_form and request.get_data().count(b"&") >= _MOST_FIELDS:
        abort(413)


def _name(host: str) -> str:
    """Return a host without its port, in small letters."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def _only_our_names(hosts: Container[str]) -> None:
    """Refuse other names: a foreign site could point its own at this machine (DNS rebinding)."""
    if _name(request.environ.get("HTTP_HOST", "")) not in hosts:
        abort(
            400,
            "This dashboard does not answer to that address. Open http://localhost followed by its port.",
        )


def _protected(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "private, no-cache"  # kept, but asked after each time
    return response


def _http_error(error: HTTPException) -> tuple[str, int]:
    if of_disk := storage_error(getattr(error, "original_exception", None) or error):
        return _known_error(of_disk)
    code = error.code or 500
    what, advice = _PLAIN.get(code, _PLAIN[500 if code >= 500 else 400])
    if code == 400 and request.method not in READING:
        what = "This cannot be used as it is: go back and change it"
    advice = error.description if code == 400 and error.description else advice
    return render_template("error.html", what=what, advice=advice, code=code), code


def _known_error(error: MonitorError) -> tuple[str, int]:
    is_saving = isinstance(error, StorageError) and request.method not in READING
    what = "That was not saved" if is_saving else "The numbers cannot be read at the moment"
    nobody_if_unknown()
    return render_template("error.html", what=what, advice=str(error), code=503), 503
