"""What Bluesky answers when asked: who somebody is, with no key; and a search, with an app password.

The names and limits are those of its lexicons: https://github.com/bluesky-social/atproto/tree/main/lexicons
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.errors import Refused, SourceError, Unreadable
from monitor.core.model import Author, Post
from monitor.platform_info import about
from monitor.sources.shared import credentials
from monitor.sources.shared.http import BoundedSession, json_of
from monitor.sources.shared.response_parsing import by_id, listing, table

log = logging.getLogger(__name__)

HIDING = {"!no-unauthenticated", "!hide", "!takedown"}
_PROFILES = 25  # people in one answer, and
_POSTS = 100  # posts in one of a search
_DEPTH = 100  # of the replies of a conversation
_SECONDS = 5.0  # for the names of a page; without them the posts are kept as they are
_TOKEN_LIVES = timedelta(minutes=50)  # it is good for about two hours; 300 log-ins a day are allowed
_tokens: dict[tuple[str, str], tuple[str, datetime]] = {}  # a worker logs in once an hour at most


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the office, for search."""

    handle: str
    password: str

    @classmethod
    def read(cls, env: Mapping[str, str]) -> "Login | None":
        """Return the account that the keys name; None without them. Raises Refused if one is missing."""
        if not any(env.get(name, "").strip() for name in about("bluesky").optional_keys):
            return None
        handle, password = credentials.of("bluesky", env)
        return cls(handle.removeprefix("@"), password)


@dataclass(slots=True)
class Views:
    """Bluesky's public view of people, and the office's own server for searching."""

    public: str
    home: str
    now: datetime
    login: Login | None = None  # None: nothing can be searched
    _is_silent: bool = False  # it did not answer; it is not waited for again in this poll

    def with_profiles(self, posts: Sequence[Post]) -> tuple[list[Post], list[str]]:
        """Return the posts with their writers' names and followers, and who hides from strangers.

        The posts of those are left out. Where Bluesky does not answer, the posts stay as they are.
        """
        people = [] if self._is_silent else list(dict.fromkeys(post.author.id for post in posts))
        profiles: dict[str, Any] = {}
        try:
            with BoundedSession(seconds=_SECONDS) as session:
                for start in range(0, len(people), _PROFILES):
                    profiles |= self.profiles(session, people[start : start + _PROFILES])
        except SourceError as error:
            self._is_silent = True
            log.info("bluesky: the writers' names were not given: %s", error)
        hiding = [person for person in people if is_hidden(profiles.get(person, {}))]
        visible = [post for post in posts if post.author.id not in hiding]
        return [replace(p, author=_author(p.author, profiles.get(p.author.id, {}))) for p in visible], hiding

    def search(
        self,
        session: BoundedSession,
        words: str,
        since: datetime,
        until: datetime,
        most: int = _POSTS,
    ) -> Mapping[str, Any]:
        """Return one answer of a search, the newest first: `posts`, and perhaps `hitsTotal`."""
        params = {"q": words, "sort": "latest", "limit": str(most)}
        params |= {"since": _iso(since), "until": _iso(until)}
        response = session.get(
            f"{self.home}/xrpc/app.bsky.feed.searchPosts",
            params=params,
            headers={"Authorization": f"Bearer {self.token(session)}"},
        )
        if response.status_code in (400, 401):  # the token was ended before its time
            _tokens.pop((self.home, self.account.handle), None)
        answer: Mapping[str, Any] = json_of(response, self.now)
        listing(answer, "posts", "Bluesky answered its search with something that is not a list of posts.")
        return answer

    def posts(self, session: BoundedSession, uris: Sequence[str]) -> list[Any]:
        """Return what the public view shows of these posts, 25 at most; what is gone is left out."""
        address = f"{self.public}/xrpc/app.bsky.feed.getPosts"
        answer = json_of(session.get(address, params=[("uris", uri) for uri in uris]), self.now)
        return listing(answer, "posts", "Bluesky answered with something that is not a list of posts.")

    def thread(self, session: BoundedSession, uri: str) -> Any:
        """Return what the public view shows of the conversation around a post."""
        address = f"{self.public}/xrpc/app.bsky.feed.getPostThread"
        answer = json_of(session.get(address, params={"uri": uri, "depth": str(_DEPTH)}), self.now)
        if not table(table(answer).get("thread")):
            raise Unreadable("Bluesky answered with something that is not a conversation.")
        return answer["thread"]

    @property
    def account(self) -> Login:
        """Return the office's account; raises Refused without one."""
        if self.login is None:
            raise Refused(
                f"Bluesky only lets people with an account search older posts. {about('bluesky').how_to}"
            )
        return self.login

    def token(self, session: BoundedSession) -> str:
        """Return what shows that we are logged in; raises Refused if we cannot."""
        login = self.account
        entry = _tokens.get((self.home, login.handle))
        if entry and self.now - _TOKEN_LIVES < entry[1] <= self.now:
            return entry[0]
        response = session.post(
            f"{self.home}/xrpc/com.atproto.server.createSession",
            json={"identifier": login.handle, "password": login.password},
        )
        if response.status_code in (400, 401):
            raise Refused(
                f"Bluesky did not accept the handle and app password in .env. {about('bluesky').how_to}"
            )
        answer = json_of(response, self.now)
        token = table(answer).get("accessJwt")
        if not isinstance(token, str):
            raise Unreadable("Bluesky answered the log-in with something that is not one.")
        _tokens[self.home, login.handle] = token, self.now
        return token

    def profiles(self, session: BoundedSession, people: Sequence[str]) -> Mapping[str, Any]:
        """Return who these people are, by id; they are 25 at most, each by id or handle."""
        address = f"{self.public}/xrpc/app.bsky.actor.getProfiles"
        answer = json_of(session.get(address, params=[("actors", person) for person in people]), self.now)
        return by_id(table(answer).get("profiles"), "did")


def is_hidden(labelled: Mapping[str, Any]) -> bool:
    """Return whether a person or post asks not to be shown to strangers, or was taken down."""
    labels = labelled.get("labels")
    return isinstance(labels, list) and any(
        isinstance(label, dict) and label.get("val") in HIDING and not label.get("neg") for label in labels
    )


def _author(author: Author, profile: Mapping[str, Any]) -> Author:
    followers = profile.get("followersCount")
    return replace(
        author,
        handle=_text(profile.get("handle")) or author.handle,
        name=_text(profile.get("displayName")) or author.name,
        followers=followers if type(followers) is int and followers >= 0 else author.followers,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value != "handle.invalid" else None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
