"""Asking X, and paying for it: what an answer may cost at most is set aside before it is asked for."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import requests
import tweepy
import urllib3

from monitor.core.errors import RateLimited, Refused, SourceError, SpendLimitError, Unreadable
from monitor.core.model import Author
from monitor.sources.contract import Bought, Budget
from monitor.sources.platforms.x.parse import id_of
from monitor.sources.shared import http
from monitor.sources.shared.response_parsing import by_id, json_table, table

# At DEBUG tweepy writes the Authorization header, and so the key, into the log.
logging.getLogger("tweepy").setLevel(logging.INFO)

_BUILT_IN = "https://api.twitter.com"  # tweepy's, without a setting for another
MOST = 100  # posts in an answer; of old ones X gives up to 500, which can be too large to be read
_FEWEST = 10  # posts that a search may be asked for
_PEOPLE = 100  # in one answer
_KNOWN_DAYS = 30  # that a person's name and followers are good for
_FIELDS: Mapping[str, Any] = {
    "tweet_fields": [
        "created_at", "public_metrics", "lang", "entities", "referenced_tweets", "conversation_id",
        "edit_history_tweet_ids", "author_id", "note_tweet", "attachments", "possibly_sensitive",
    ],
    "expansions": ["attachments.media_keys"],  # no authors: those we know would be paid for again
    "media_fields": ["type", "alt_text", "url", "preview_image_url"],
}  # fmt: skip
_USER_FIELDS = ["public_metrics", "username", "name"]


@dataclass(frozen=True, slots=True)
class Prices:
    """What X charges, in millionths of a dollar: https://docs.x.com/x-api/getting-started/pricing"""

    post: int
    person: int
    count_recent: int = 5_000
    count_all: int = 10_000


class Client:
    """X's questions. Each raises SpendLimitError where the month's money does not reach, else SourceError."""

    def __init__(self, token: str, api: str, prices: Prices, budget: Budget, now: datetime) -> None:
        self._prices, self._now = prices, now
        self.budget = budget
        # tweepy's own waiting has no limit: without a reset time it calls itself until Python stops it.
        self._client = tweepy.Client(token, return_type=requests.Response, wait_on_rate_limit=False)
        self._session = XSession(api, now)
        self._client.session = self._session
        self._client.user_agent = http.USER_AGENT

    def affordable(self, most: int) -> int:
        return max(0, min(most, self.budget.balance() // self._prices.post)) if self._prices.post else most

    def recent(self, question: str, **more: Any) -> Mapping[str, Any]:
        """Return one answer of the search of the last 7 days, with the people that were looked up for it."""
        return self._search(self._client.search_recent_tweets, question, more)

    def older(self, question: str, **more: Any) -> Mapping[str, Any]:
        """Return one answer of the search of all posts there are."""
        return self._search(self._client.search_all_tweets, question, more)

    def posts(self, ids: Sequence[str]) -> Mapping[str, Any]:
        """Return the posts of these ids, a hundred at most; `errors` says what is with the others."""
        fields = {"tweet_fields": _FIELDS["tweet_fields"]}
        return self._buy(lambda: self._client.get_tweets(list(ids), **fields), len(ids) * self._prices.post)

    def count(self, question: str, since: datetime, until: datetime, *, recent: bool) -> int:
        """Return how many posts a search would bring."""
        ask = self._client.get_recent_tweets_count if recent else self._client.get_all_tweets_count
        price = self._prices.count_recent if recent else self._prices.count_all
        total = 0
        more: dict[str, Any] = {"start_time": since, "end_time": until, "granularity": "day"}
        while True:
            answer = self._buy(partial(ask, question, **more), price, flat=True)
            meta = table(answer.get("meta"))
            number = meta.get("total_tweet_count", meta.get("total_post_count"))
            total += number if type(number) is int else 0
            token = meta.get("next_token")
            # The recent count has one page only; a mark that comes twice would be paid for without end.
            if recent or not token or token == more.get("next_token"):
                return total
            more["next_token"] = token

    def _search(self, ask: Callable[..., Any], question: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
        size = self.affordable(MOST)
        if size < _FEWEST:
            raise SpendLimitError
        search = partial(ask, question, max_results=size, **more, **_FIELDS)
        answer = self._buy(search, size * self._prices.post)
        includes = table(answer.get("includes"))
        users = by_id(includes.get("users"))
        users |= self._people(answer, users)
        return {**answer, "includes": {**includes, "users": list(users.values())}}

    def _people(self, answer: Mapping[str, Any], have: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Return who wrote the posts: known from before, or looked up while the money reaches."""
        authors = {id_of(table(item).get("author_id")) for item in answer.get("data") or ()}
        ids = sorted(author for author in authors if author and author not in have)
        fresh = self.budget.bought("person", ids, _KNOWN_DAYS)
        people = {author: _as_x_says(who) for author, who in self.budget.people(fresh).items()}
        strangers = [author for author in ids if author not in people]
        for start in range(0, len(strangers), _PEOPLE):
            people |= self._look_up(strangers[start : start + _PEOPLE])
        return people

    def _look_up(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        price = self._prices.person
        some = ids[: self.budget.balance() // price] if price else ids
        if not some:
            return {}
        ask = partial(self._client.get_users, ids=list(some), user_fields=_USER_FIELDS)
        try:
            answer = self._buy(ask, len(some) * price)
        except (SourceError, SpendLimitError) as error:  # the posts are paid for: they are kept without names
            logging.getLogger(__name__).info("x: the writers' names were not given: %s", error)
            return {}
        return by_id(answer.get("data"))

    def _buy(
        self, ask: Callable[[], requests.Response], most: int, *, flat: bool = False
    ) -> Mapping[str, Any]:
        """Ask and pay; `flat`: each answer costs the same, however much it brings."""
        reservation = self.budget.reserve(most)
        if reservation is None:
            raise SpendLimitError
        self._session.is_free = False
        try:
            answer = http.json_of(ask(), self._now)
            if not isinstance(answer, dict) or not isinstance(answer.get("data", []), list):
                raise Unreadable("X answered with data that is not a list of posts.")
        except SourceError as error:
            # X charges only for answers with data. One that broke off midway may have been such an answer.
            if self._session.is_free or _was_never_asked(error):
                self.budget.settle(reservation, 0, {})
            raise
        cost, bought = (most, {}) if flat else self._cost(answer)
        self.budget.settle(reservation, cost, bought)
        return answer

    def _cost(self, answer: Mapping[str, Any]) -> tuple[int, Bought]:
        """Return what an answer costs, and what is new in it: the same again on a day of UTC is free."""
        rows = [item for item in answer.get("data") or () if isinstance(item, dict) and item.get("id")]
        people = {str(item["id"]) for item in rows if "username" in item}
        posts = {str(item["id"]) for item in rows} - people
        bought = {"post": posts, "person": people}
        new = {kind: len(ids) - len(self.budget.bought(kind, ids, 0)) for kind, ids in bought.items()}
        return new["post"] * self._prices.post + new["person"] * self._prices.person, bought


def _as_x_says(who: Author) -> Mapping[str, Any]:
    metrics = {} if who.followers is None else {"followers_count": who.followers}
    return {"id": who.id, "username": who.handle, "name": who.name, "public_metrics": metrics}


def _was_never_asked(error: SourceError) -> bool:
    """Return whether there was no line to X at all."""
    cause = error.__cause__
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


class XSession(http.BoundedSession):
    """Turns X's refusals into our errors before tweepy, which trips over odd ones, sees them."""

    def __init__(self, api: str, now: datetime) -> None:
        super().__init__()
        self._api, self._now = api, now
        self.is_free = False  # X refused the last question, and charges nothing for that

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().request(method, url.replace(_BUILT_IN, self._api, 1), *args, **kwargs)
        if response.status_code >= 400:
            self.is_free = True
        _check(response, self._now)
        return response


def _check(response: requests.Response, now: datetime) -> None:
    """Raise the SourceError that an answer of X stands for; nothing for 2xx."""
    problem = json_table(response) if response.status_code >= 400 else {}
    detail = str(problem.get("detail") or problem.get("title") or "")[:200]
    if response.status_code == 429 and str(problem.get("type", "")).endswith("/usage-capped"):
        raise RateLimited(
            "X's monthly allowance of posts is used up. Wait for the next month, or raise the limit "
            "in X's developer console.",
            now + timedelta(hours=1),
        )
    if response.status_code == 402:
        raise Refused("X requires payment: the account's credit is used up. Buy credit at developer.x.com.")
    http.check(response, now, f"X says: {detail}" if detail else "")
