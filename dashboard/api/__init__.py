"""The same report and posts for other programs: JSON, and an Atom feed for readers."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from dashboard.api.openapi import document
from dashboard.pages.posts import PAGE, cursor_of, search_of
from dashboard.services import Services
from monitor.core.errors import MonitorError
from monitor.export import record
from monitor.report.json_form import plain


def pages(services: Services) -> Blueprint:
    """Return what answers below '/api/v1'."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.get("/report")
    def report() -> Response:
        return jsonify(plain(services.detailed(services.choice())))

    @api.get("/posts")
    def posts() -> Response:
        choice, search = services.choice(), search_of(request.args)
        with services.read() as archive:
            page = archive.post_query.page(search.filter(archive, choice), after=cursor_of(), most=PAGE)
            records = [record(row) for row in archive.posts.by_ids(page.ids)]
        more = choice.address("/api/v1/posts", **search.arguments, after=page.next) if page.next else None
        return jsonify({"posts": records, "next": more})

    @api.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(document(list(services.campaign.sources), list(services.campaign.track_names)))

    api.register_error_handler(HTTPException, _http_error)
    api.register_error_handler(MonitorError, lambda error: _error(503, str(error)))
    return api


def _http_error(error: HTTPException) -> tuple[Response, int]:
    return _error(error.code or 500, error.description or "This does not exist.")


def _error(code: int, message: str) -> tuple[Response, int]:
    return jsonify({"error": message}), code
