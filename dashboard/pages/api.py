"""The same report for other programs: JSON, and the OpenAPI document that describes it."""

from typing import Any

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException

from dashboard.choice import PERIODS
from dashboard.office import Office
from monitor import __version__
from monitor.errors import MonitorError
from monitor.report.plain import plain, report_schemas


def pages(office: Office) -> Blueprint:
    """Return what answers below '/api/v1'."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.get("/report")
    def report() -> Response:
        return jsonify(plain(office.report(office.asked())))

    @api.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(document(list(office.campaign.sources), list(office.campaign.track_names)))

    api.register_error_handler(HTTPException, _said)
    api.register_error_handler(MonitorError, lambda error: _error(503, str(error)))
    return api


def document(platforms: list[str], tracks: list[str]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a campaign with these platforms and tracks."""
    answers = {
        "200": _answer("The numbers of these days.", {"$ref": "#/components/schemas/Report"}),
        "default": _answer(
            "What went wrong, and what to ask for instead.", {"$ref": "#/components/schemas/Error"}
        ),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Campaign monitor", "version": __version__, "description": _ABOUT},
        "paths": {
            "/api/v1/report": {
                "get": {
                    "operationId": "report",
                    "summary": "The numbers of some days, each with what it rests on",
                    "parameters": _parameters(platforms, tracks),
                    "responses": answers,
                }
            }
        },
        "components": {
            "schemas": {**report_schemas(), "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


_ABOUT = (
    "null means that the platform did not say, or that nothing was collected; 0 means zero. Days are days in"
    " the campaign's time zone. A token is needed as soon as the dashboard has accounts; make one on your"
    " account's page."
)
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}


def _parameters(platforms: list[str], tracks: list[str]) -> list[dict[str, Any]]:
    day = {"type": "string", "format": "date"}
    many = {"type": "array", "items": {"type": "string", "enum": platforms}}
    periods = [period for period in PERIODS if period != "dates"]
    return [
        _parameter("period", {"type": "string", "enum": periods}, "Which days; 4-weeks unless said."),
        _parameter("since", day, "The first day, instead of a period."),
        _parameter("until", day, "The last day, instead of a period."),
        _parameter("track", {"type": "string", "enum": tracks}, "The track; the first unless said."),
        _parameter("platform", many, "Count these platforms only; may be given again."),
    ]


def _parameter(name: str, schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": said}


def _answer(said: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _said(error: HTTPException) -> tuple[Response, int]:
    return _error(error.code or 500, error.description or "This does not exist.")


def _error(code: int, said: str) -> tuple[Response, int]:
    return jsonify({"error": said}), code
