"""Meta's Graph API, as Threads and Instagram share it: the token, the errors, where a page goes on.

The token goes into a header, never into an address. What is kept of a page's end is its mark alone:
the address of the next page (`paging.next`) has the token in it.
Errors: developers.facebook.com/docs/graph-api/guides/error-handling and .../overview/rate-limiting
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from monitor.core.errors import RateLimited, Refused, SourceError, Unavailable, Unreadable
from monitor.sources.shared import http
from monitor.sources.shared.response_parsing import json_table, listing, table

_LIMITS = {4, 17, 32, 341, 613, *range(80000, 80015)}
_TOKEN = {102, 190, 463, 467}
_PERMISSION = {3, 10, *range(200, 300)}
_AT_THEIR_END = {1, 2}
_LONGEST_MARK = 4_000


@dataclass(frozen=True, slots=True)
class Graph:
    """One poll's way to ask. `special` has what an error's number means on one platform only."""

    session: http.BoundedSession
    api: str  # an address, without a slash at the end
    token: str
    now: datetime
    special: Mapping[int, SourceError] = field(default_factory=dict)

    def ask(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """Return an answer without errors in it; raises SourceError."""
        response = self.session.get(
            f"{self.api}/{path}", params=dict(params), headers={"Authorization": f"Bearer {self.token}"}
        )
        http.without(self.token, response)
        if error := table(json_table(response).get("error")):
            raise self._meant(error, response)
        answer = http.json_of(response, self.now)
        if not isinstance(answer, dict):
            raise Unreadable("It answered with data that is not in Meta's format.")
        return answer

    def _meant(self, error: Mapping[str, Any], response: requests.Response) -> SourceError:
        """Return what an error stands for; its own words are left out, as they may repeat the token."""
        code = error.get("code")
        number = code if type(code) is int else 0
        if number in self.special:
            return self.special[number]
        if number in _LIMITS or response.status_code == 429:
            return RateLimited("It asked us to slow down.", self._retry_at(response))
        if number in _TOKEN:
            return Refused(
                f"It does not accept the access token (error {number}): it is wrong, was withdrawn, "
                "or is more than 60 days old. Create a new one and add it to .env."
            )
        if number in _PERMISSION:
            return Refused(
                f"It does not allow this (error {number}): the access token lacks a permission, or Meta "
                "has not approved the app for it yet."
            )
        if number in _AT_THEIR_END or error.get("is_transient") is True or response.status_code >= 500:
            return Unavailable(f"It is not working at its end (error {number}).")
        return Unreadable(f"It did not understand the request (error {number}).")

    def _retry_at(self, response: requests.Response) -> datetime:
        """Return when to ask again: after the minutes that Meta names, within 1 minute to 1 hour."""
        minutes = _minutes(response.headers.get("X-Business-Use-Case-Usage", ""))
        if minutes:
            return self.now + timedelta(minutes=min(minutes, 60))
        return http.retry_at(response.headers, self.now)


def items(answer: Mapping[str, Any]) -> list[Any]:
    """Return the items of a page; raises Unreadable."""
    return listing(answer, "data", "It answered with data that is not a list of posts.")


def mark(answer: Mapping[str, Any]) -> str | None:
    """Return the mark to ask for the next page with; None if there is none."""
    cursors = table(table(answer.get("paging")).get("cursors"))
    after = cursors.get("after")
    is_mark = isinstance(after, str) and 0 < len(after) <= _LONGEST_MARK and after.isascii()
    return after if is_mark else None


def goes_on(answer: Mapping[str, Any]) -> bool:
    """Return whether Meta names a next page."""
    return bool(table(answer.get("paging")).get("next"))


def native(raw: Mapping[str, Any]) -> str:
    """Return an item's own id; raises ValueError for one that is none."""
    native_id = raw["id"]
    if not isinstance(native_id, str) or not (native_id.isascii() and native_id.isdigit()):
        raise ValueError(f"{native_id!r} is not an id")
    return native_id


def _minutes(header: str) -> int:
    """Return the longest wait in Meta's header of use, in minutes; 0 if it names none."""
    try:
        accounts = table(json.loads(header)) if header else {}
    except (ValueError, RecursionError):
        return 0
    uses = [use for account in accounts.values() if isinstance(account, list) for use in account]
    waits = [table(use).get("estimated_time_to_regain_access") for use in uses]
    return max((wait for wait in waits if type(wait) is int and wait > 0), default=0)
