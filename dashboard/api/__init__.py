"""The same report and posts for other programs: JSON, and an Atom feed for readers."""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException

from dashboard.access import note
from dashboard.api.openapi import document
from dashboard.filters import MONTH
from dashboard.posts import cursor_of, named_search
from dashboard.services import services
from monitor.core.errors import MonitorError
from monitor.export import record
from monitor.report.json_form import plain

PAGE = 30  # posts in one answer
page = Blueprint("api", __name__, url_prefix="/api/v1")


@page.get("/report")
def report() -> Response:
    answer = jsonify(plain(services().report(services().choice(MONTH))))
    note("exported the numbers through the API")
    return answer


@page.get("/posts")
def posts() -> Response:
    choice, search, after = services().choice(MONTH), named_search(), cursor_of()
    with services().read() as archive:
        query = search.filter(archive, choice)
        batch, total = archive.post_query.page(query, after=after, most=PAGE), archive.post_query.total(query)
        records = [record(row) for row in archive.posts.by_ids(batch.ids)]
    note(f"{search.about}exported posts through the API")
    more = choice.address("/api/v1/posts", **search.arguments, after=batch.next) if batch.next else None
    number, texts = (total.posts, total.folds) if total and not total.more else (None, None)
    return jsonify({"posts": records, "next": more, "total": number, "texts": texts})


@page.get("/openapi.json")
def openapi() -> Response:
    return jsonify(document(list(services().campaign.sources), list(services().campaign.track_names)))


@page.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> tuple[Response, int]:
    return _error(error.code or 500, error.description or "This does not exist.")


@page.errorhandler(MonitorError)
def _monitor_error(error: MonitorError) -> tuple[Response, int]:
    return _error(503, str(error))


def _error(code: int, message: str) -> tuple[Response, int]:
    return jsonify({"error": message}), code
