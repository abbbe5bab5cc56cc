"""One made-up post after the other: new ones, questions, answers, articles, and copies of what was there."""

import random
from collections import defaultdict, deque
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from monitor.campaign import Campaign
from monitor.core.model import Media, Picture, Post, PostKind
from monitor.demo import behaviour
from monitor.demo.crowd import Character, Crowd, newspaper
from monitor.demo.texts import Texts
from monitor.demo.year import Year, data

COPIED, KIT, QUESTIONS, REPLIES = 0.02, 0.03, 0.12, 0.2  # shares of posts
BRIDGED, SHEETS = 0.25, 0.6  # of copies; of questions when the petition is the talk
_LINKED, _TAGGED = 0.1, 0.05
_PICTURED = 3  # one post in so many of those about the survey shows the infographic
_CASUAL = 12  # one resident in so many does without capitals
_ANSWERABLE = 12  # posts of a platform, the newest, that somebody may answer
_DRAWS = 4  # of people in a hostile week, of whom the first opponent writes
_PAGES = ("https://petition.example/sign", "https://survey.example/results", "https://stalls.example/dates")
_DAY = timedelta(days=1)  # until which a post is copied
_LATELY, _ASKING = timedelta(days=14), 6  # in which one in so many posts of residents asks the same
_OPENS = 7  # the hour from which on newspapers print


class _Recent(NamedTuple):
    """A post that may be answered or copied."""

    post: Post
    who: Character
    voice: str  # whose lines it is from


class Writer:
    """Writes the posts of one campaign in the order of time."""

    def __init__(self, campaign: Campaign, until: datetime, posts: int, chance: random.Random) -> None:
        used = behaviour.platforms(campaign)
        self._chance, self._zone, self._until = chance, campaign.zone, until
        self._crowd = Crowd(posts, chance, until, used)
        self._texts = Texts(campaign, chance)
        self._year = Year(until.astimezone(campaign.zone).date())
        self._news = next((platform for platform in used if behaviour.DEMOS[platform].news), "")
        self._prints = defaultdict[date, list[str]](list)
        self._recent = defaultdict[str, deque[_Recent]](lambda: deque(maxlen=_ANSWERABLE))
        self._number = self._lately = 0  # posts, and of residents lately

    def post(self, hour: datetime) -> Post:
        """Return the next post, written within an hour."""
        self._number += 1
        at, local = hour + timedelta(seconds=self._chance.randrange(3600)), hour.astimezone(self._zone)
        talk = self._year.talk(local.date())
        if text := self._print(local, talk):
            return self._article(self._news, newspaper(len(self._prints[local.date()])), at, text)
        people = [self._crowd.someone(hour) for _ in range(_DRAWS if talk == "hostile" else 1)]
        platform, who = next((pair for pair in people if pair[1].voice == "opponent"), people[0])
        if behaviour.DEMOS[platform].news:
            return self._article(platform, newspaper(who.place), at, self._texts.article(talk))
        if self._chance.random() < COPIED and (copied := self._copy(platform, at)):
            return copied
        return self._own(platform, who, at, talk)

    def _print(self, local: datetime, talk: str) -> str:
        """Return the story of a day as long as one more newspaper prints it, else nothing."""
        prints = self._prints[local.date()]
        if len(prints) == self._year.sites(local.date()) or local.hour < _OPENS or not self._news:
            return ""
        if behaviour.is_out(self._news, local, self._until):
            return ""
        prints.append(prints[0] if prints else self._texts.article(talk))
        return prints[0]

    def _article(self, platform: str, paper: Character, at: datetime, text: str) -> Post:
        post = self._post(platform, paper, at, text, kind=PostKind.ARTICLE, lang="en", tags=frozenset())
        return replace(post, url=f"{post.author.url}/news/{post.id}")

    def _own(self, platform: str, who: Character, at: datetime, talk: str) -> Post:
        """Return what somebody writes by themselves, or in answer to a recent post."""
        recent, chance, links = self._recent[platform], self._chance, dict[str, Any]()
        if talk == "survey" and self._number % _PICTURED == 0:
            number, alts = self._number // _PICTURED, data("texts")["infographic"]
            address = f"https://pictures.example/{number}.jpg"
            picture = Picture(alt=alts[number % len(alts)] or None, address=address, thumbnail=address)
            links = {"pictures": (picture,), "media": frozenset({Media.IMAGE})}
        lang = chance.choice(behaviour.LANGUAGES) if who.voice == "resident" else "en"
        target = chance.choice(recent) if recent and chance.random() < REPLIES else None
        if lang not in ("en", None):
            voice, talk = lang, "general"
        else:
            voice, talk = self._lines(who, talk, target, at)
        text = self._texts.text(voice, talk)
        if target and voice != lang:
            parent = target.post
            links |= {"parent": parent.id, "root": parent.root or parent.id, "kind": PostKind.REPLY}
        elif chance.random() < _TAGGED:
            tags = self._year.tags(at.astimezone(self._zone).date())
            text = " ".join([text, *(f"#{tag}" for tag in tags)])
        if who.voice == "resident" and who.place % _CASUAL == 1:
            text = text.lower()
        post = self._post(platform, who, at, text, lang=lang, **links)
        recent.append(_Recent(post, who, voice))
        return post

    def _lines(self, who: Character, talk: str, target: _Recent | None, at: datetime) -> tuple[str, str]:
        """Return whose lines somebody's words are from, and what they are about."""
        asks, is_against, lot = data("texts")["asks"], who.voice == "opponent", self._chance.random()
        if target and target.voice in asks and not is_against:
            return target.voice, "answers"
        if target:
            side = "agree" if is_against == (target.voice == "opponent") else "argue"
            return "opponent" if is_against else "resident", side
        if who.voice == "resident" and self._until - at < _LATELY:
            self._lately += 1
            if self._lately % _ASKING == 0:
                return asks[0], "questions"
        if who.voice != "resident" or lot > QUESTIONS + KIT:
            return who.voice, talk
        if lot > QUESTIONS:
            return "kit", talk
        is_usual = talk == "petition" and lot < SHEETS * QUESTIONS
        return asks[0] if is_usual else self._chance.choice(asks), "questions"

    def _copy(self, platform: str, at: datetime) -> Post | None:
        """Return a post from another platform, put here by its writer or by a bridge; None if none is new."""
        others = [posts[-1] for name, posts in self._recent.items() if posts and name != platform]
        fresh = [one for one in others if not one.post.parent and at - _DAY < one.post.created_at < at]
        if not fresh:
            return None
        source, who, _ = self._chance.choice(fresh)
        copy_of = source.url if self._chance.random() < BRIDGED else None
        return self._post(platform, who, at, source.text, lang=source.lang, copy_of=copy_of)

    def _post(self, platform: str, who: Character, at: datetime, text: str, **more: Any) -> Post:
        author, chance = self._crowd.author(platform, who), self._chance
        audience = 0 if "parent" in more else self._crowd.followers[who.place]  # few see an answer
        own: dict[str, Any] = {"url": f"{author.url}/{self._number}", "tags": self._texts.tags(text)}
        own["links"] = frozenset({chance.choice(_PAGES)} if chance.random() < _LINKED else ())
        own["media"] = behaviour.media(chance)
        return Post(
            platform=platform, id=str(self._number), author=author, text=text, created_at=at,
            metrics=behaviour.metrics(platform, audience, chance), **(own | more),
        )  # fmt: skip
