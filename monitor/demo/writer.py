"""One made-up post after the other: new ones, questions, answers, articles, and copies of what was there."""

import random
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from monitor.campaign import Campaign
from monitor.core.model import Author, Post, PostKind
from monitor.demo import behaviour
from monitor.demo.crowd import Crowd, Person, newspaper
from monitor.demo.story import Episode, Story
from monitor.demo.texts import Texts

COPIED, KIT, QUESTIONS, REPLIES = 0.02, 0.03, 0.12, 0.2  # shares of posts
_LINKED, _TAGGED = 0.1, 0.15
_ANSWERABLE = 12  # posts of a platform, the newest, that somebody may answer
_DRAWS = 4  # of people in a hostile week, of whom the first opponent writes
_PAGES = ("https://petition.example/sign", "https://survey.example/results", "https://stalls.example/dates")
_OPENS = 7  # the hour from which on newspapers print


class _Recent(NamedTuple):
    """A post that may be answered or copied."""

    post: Post
    person: Person
    about: str  # what it asks about, or else its voice


class Writer:
    """Writes the posts of one campaign in the order of time."""

    def __init__(self, campaign: Campaign, until: datetime, posts: int, chance: random.Random) -> None:
        used = behaviour.platforms(campaign)
        self._chance, self._zone, self._until = chance, campaign.zone, until
        self._crowd = Crowd(posts, chance, until, used)
        self._texts = Texts(campaign, chance)
        self._story = Story(until.astimezone(campaign.zone).date())
        self._news = next((platform for platform in used if behaviour.DEMOS[platform].news), "")
        self._prints = defaultdict[date, list[str]](list)
        self._recent = defaultdict[str, deque[_Recent]](lambda: deque(maxlen=_ANSWERABLE))
        self._number = 0

    def post(self, hour: datetime) -> Post:
        """Return the next post, written within an hour."""
        self._number += 1
        at, local = hour + timedelta(seconds=self._chance.randrange(3600)), hour.astimezone(self._zone)
        episode = self._story.episode(local.date())
        talk = episode.talk if episode else "general"
        if episode and self._is_printed(episode, local):
            prints = self._prints[local.date()]
            prints.append(prints[0] if prints else self._texts.article(talk))
            return self._article(self._news, newspaper(len(prints)), at, prints[0])
        platform, person = self._someone(hour, talk)
        if behaviour.DEMOS[platform].news:
            return self._article(platform, newspaper(person.place), at, self._texts.article(talk))
        if self._chance.random() < COPIED and (source := self._source(platform, at)):
            return self._copy(source, platform, at)
        return self._own(platform, person, at, talk)

    def _is_printed(self, episode: Episode, local: datetime) -> bool:
        """Return whether one more newspaper prints the story of a day."""
        return (
            self._story.has_begun(local.date())
            and local.hour >= _OPENS
            and len(self._prints[local.date()]) < episode.sites
            and self._news != ""
            and not behaviour.is_out(self._news, local, self._until)
        )

    def _someone(self, hour: datetime, talk: str) -> tuple[str, Person]:
        people = [self._crowd.someone(hour) for _ in range(_DRAWS if talk == "hostile" else 1)]
        return next((pair for pair in people if pair[1].voice == "opponent"), people[0])

    def _article(self, platform: str, paper: Person, at: datetime, text: str) -> Post:
        author, tags = self._crowd.author(platform, paper), frozenset[str]()
        return self._post(
            platform, author, at, text, kind=PostKind.ARTICLE, lang="en", tags=tags,
            url=f"{author.url}/news/{self._number}",
        )  # fmt: skip

    def _own(self, platform: str, person: Person, at: datetime, talk: str) -> Post:
        """Return what a person writes by themselves, or in answer to a recent post."""
        recent, chance = self._recent[platform], self._chance
        lang = behaviour.language(chance) if person.voice == "resident" else "en"
        target = chance.choice(recent) if recent and chance.random() < REPLIES else None
        links: Mapping[str, Any] = {}
        if lang not in ("en", None):
            text, about, target = self._texts.foreign(lang), person.voice, None
        elif target:
            text, about = self._texts.reply(person.voice, target.about), person.voice
            parent = target.post
            links = {"parent": parent.id, "root": parent.root or parent.id, "kind": PostKind.REPLY}
        else:
            text, about = self._words(person, at, talk)
        post = self._post(platform, self._crowd.author(platform, person), at, text, lang=lang, **links)
        recent.append(_Recent(post, person, about))
        return post

    def _words(self, person: Person, at: datetime, talk: str) -> tuple[str, str]:
        """Return a text of somebody's own choice, and what it asks about or in which voice it is."""
        lot, about = self._chance.random(), person.voice
        if person.voice == "resident" and lot < QUESTIONS:
            text, about = self._texts.question(talk)
        elif person.voice == "resident" and lot < QUESTIONS + KIT:
            return self._texts.kit(), about
        else:
            text = self._texts.line(person.voice, talk)
        if self._chance.random() < _TAGGED:
            text = " ".join(
                [text, *(f"#{tag}" for tag in self._story.tags(at.astimezone(self._zone).date()))]
            )
        return text.lower() if person.is_in_small_letters else text, about

    def _source(self, platform: str, at: datetime) -> _Recent | None:
        """Return a post of the last hours that stands on another platform."""
        others = [recent[-1] for name, recent in self._recent.items() if recent and name != platform]
        fresh = [
            one
            for one in others
            if at - timedelta(hours=24) < one.post.created_at < at and not one.post.parent
        ]
        return self._chance.choice(fresh) if fresh else None

    def _copy(self, source: _Recent, platform: str, at: datetime) -> Post:
        """Return the same words on another platform, put there by their writer or by a bridge."""
        author = self._crowd.author(platform, source.person)
        copy_of = source.post.url if self._chance.random() < 0.5 else None
        return self._post(platform, author, at, source.post.text, lang=source.post.lang, copy_of=copy_of)

    def _post(self, platform: str, author: Author, at: datetime, text: str, **more: Any) -> Post:
        followers, chance = author.followers, self._chance
        own = {"url": f"{author.url}/{self._number}", "tags": self._texts.tags(text)}
        return Post(
            platform=platform, id=str(self._number), author=author, text=text, created_at=at,
            links=frozenset({chance.choice(_PAGES)}) if chance.random() < _LINKED else frozenset(),
            media=behaviour.media(chance), metrics=behaviour.metrics(platform, followers, chance),
            **(own | more),
        )  # fmt: skip
