"""The OpenAPI document, made from the same types as the answers."""

from enum import StrEnum
from typing import Any

from dashboard.filters import PERIODS
from monitor import __version__
from monitor.archive.query.criteria import Order
from monitor.archive.values import Mark
from monitor.export import COLUMNS
from monitor.kit import KitUse
from monitor.platform_info import forbidding
from monitor.report.json_form import report_schemas


def document(platforms: list[str], tracks: list[str]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a campaign with these platforms and tracks."""
    days = _days(platforms, tracks)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Campaign monitor", "version": __version__, "description": _ABOUT},
        "paths": {
            "/api/v1/report": _path(
                "report", "The numbers for a range of days, and what they are based on", "Report", days
            ),
            "/api/v1/posts": _path("posts", "Posts, one page at a time", "Posts", [*days, *_filters()]),
        },
        "components": {
            "schemas": {**report_schemas(), "Posts": _POSTS, "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


_ABOUT = (
    "null means that the platform gave no number, or that nothing was collected; 0 means zero. Days are days"
    " in the campaign's time zone. Once the dashboard has accounts, a token is needed; create one on"
    " your account page."
)
_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
_NUMBERS = frozenset({"id", "likes", "reposts", "replies", "quotes", "views", "followers"})
_WITHHELD = " and ".join(forbidding("files").values())
_POST = {
    "type": "object",
    "description": f"A public post. Removed posts, and those from {_WITHHELD}, come without text and author.",
    "properties": {name: _NUMBER if name in _NUMBERS else _TEXT for name in COLUMNS},
    "required": list(COLUMNS),
    "additionalProperties": False,
}
_POSTS = {
    "type": "object",
    "properties": {
        "posts": {"type": "array", "items": _POST},
        "next": _TEXT,
        "total": _NUMBER | {"description": "Posts on all pages; null: counting them would take too long."},
        "texts": _NUMBER | {"description": "The same, with posts in the same words counted once."},
    },
    "required": ["posts", "next", "total", "texts"],
    "additionalProperties": False,
}
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}


def _days(platforms: list[str], tracks: list[str]) -> list[dict[str, Any]]:
    day = {"type": "string", "format": "date"}
    many = {"type": "array", "items": {"type": "string", "enum": platforms}}
    periods = [period for period in PERIODS if period != "dates"]
    return [
        _parameter(
            "period",
            {"type": "string", "enum": periods},
            "Which days; 4-weeks by default. Until noon on Thursday, “week” means last week.",
        ),
        _parameter("since", day, "The first day, instead of a period."),
        _parameter("until", day, "The last day, instead of a period."),
        _parameter("track", {"type": "string", "enum": tracks}, "The track; the first by default."),
        _parameter("platform", many, "Count these platforms only; can be repeated."),
    ]


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _filters() -> list[dict[str, Any]]:
    text = {"type": "string", "maxLength": 200}
    return [
        _parameter("q", text, "All of these words; use quotation marks for a phrase."),
        _parameter("tag", text, "With this hashtag."),
        _parameter("place", text, "That mention this place."),
        _parameter(
            "kit", _one_of(KitUse), "That pass on the share kit; part: its link or picture, in own words."
        ),
        _parameter("theme", text, "Of this theme, using its number in the addresses of the Themes page."),
        _parameter("author", {"type": "integer"}, "By this account, using its number on the People page."),
        _parameter("mark", _one_of(Mark), "With this mark."),
        _parameter("ids", text, "Only these posts, using their numbers on the dashboard: 12.15.19"),
        _parameter("like", {"type": "integer"}, "In the same words as this post."),
        _parameter(
            "new", {"type": "string", "enum": ["yes"]}, "Only by accounts that are new on these dates."
        ),
        _parameter("order", _one_of(Order), "The order; newest first by default."),
        _parameter("after", text, "Continue after this post: use `next` from the previous page."),
    ]


def _one_of(kind: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(one) for one in kind]}


def _path(name: str, summary: str, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answers = {
        "200": _answer(summary, schema),
        "default": _answer("What went wrong, and what to ask for instead", "Error"),
    }
    return {"get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": answers}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    there = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {"application/json": {"schema": there}}}
