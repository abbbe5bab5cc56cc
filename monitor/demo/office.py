"""What the office of the made-up campaign has done: its calendar, answers, labels and checks."""

import random
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.archive import Archive
from monitor.archive.posts.annotations import Stance
from monitor.archive.values import Mark, RecallSample
from monitor.campaign import Campaign
from monitor.charts.svg_to_png import png
from monitor.core.errors import PictureError
from monitor.core.model import Outcome, Page, Post, Tone
from monitor.demo import behaviour
from monitor.demo.year import Year, data
from monitor.kit import KitItem
from monitor.report.window import last_week
from monitor.themes.questions import is_question

PEOPLE = ("Jess", "Malik")  # of the office
_FRESH = timedelta(days=28)  # of questions that somebody has seen to
_ASKS = re.compile(r"(where|who|when|how|can|is|do|does|which|could|got|have)\b", re.IGNORECASE)
_UNSEEN, _WAITING = 4, 3  # of the newest questions: seen by nobody, and waiting for a reply
_NOTES = ("Answered in a reply.", "Sent them the page that says it.", "Passed on to the ward office.")
_READ, _THANKED = 30, 8
_THEMES = {
    "Our stalls": "stall\nstalls",
    "Petition sheets": "sheet\nsheets",
    "More officers": "officer\nofficers",
}
_INFOGRAPHIC = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 225" fill="white">'
    '<rect width="400" height="225" fill="#12395e"/>'
    '<text x="24" y="110" font-size="34" font-family="Inter">One patrol more</text>'
    '<text x="24" y="150" font-size="16" font-family="Inter">Made up, version {}</text></svg>'
)
_KIND = ("proud", "lovely", "thank you", "smiling")


def work(archive: Archive, campaign: Campaign, posts: Sequence[Post], now: datetime, *, seed: int) -> None:
    """Put an office's work on the latest posts, and on the weeks before, into an archive."""
    chance, track = random.Random(seed), campaign.tracks[0]
    for day, title in Year(now.astimezone(campaign.zone).date()).calendar():
        archive.events.add(day, title)
    if len(track.tags) > 1:  # one of them was thought of later
        archive.history.save_words(replace(track.query, tags=track.tags[:-1]), now - timedelta(weeks=50))
        archive.history.save_words(track.query, now - timedelta(weeks=30))
    for name, words in _THEMES.items():
        archive.themes.save(name, words, "", now - timedelta(weeks=5))
    deque(archive.theme_tags.update(*archive.themes.search()), maxlen=0)
    _read_samples(archive, campaign, now, chance)
    _answer(archive, [post for post in posts if now - post.created_at < _FRESH], now, chance)
    _look_again(archive, campaign, now, chance)
    _read_pictures(archive, now)


def share(archive: Archive, campaign: Campaign, at: datetime) -> None:
    """Suggest texts, and an infographic in two versions, to be passed on."""
    texts, track, page = data("texts"), campaign.tracks[0], "https://petition.example/sign"
    for line in texts["voices"]["kit"]["general"]:
        words = line.format(mark=f"#{track.tags[0]}" if track.tags else track.phrases[0])
        archive.kit.save(KitItem(words=words, address=page), at)
    item = KitItem(alt=texts["infographic"][0], address=page, code="map1", has_imprint=False)
    with suppress(PictureError):
        archive.kit.save(item, at, png(_INFOGRAPHIC.format(1), width=800))
        item = replace(archive.kit.current()[-1], code="map2", has_imprint=True)
        archive.kit.save(item, at + _FRESH, png(_INFOGRAPHIC.format(2), width=800))
    deque(archive.kit.update(at + _FRESH), maxlen=0)


def _read_pictures(archive: Archive, now: datetime) -> None:
    """Read the infographic's code as the worker does; one in nine is of the first version."""
    items = {item.code: item for item in archive.kit.items()}
    while picture := archive.pictures.waiting(behaviour.PLATFORMS, now):
        archive.pictures.claim(picture, now)
        archive.pictures.save(picture, ["map2" if picture.post % 9 else "map1"], items, now)
    for doubtful in archive.pictures.doubtful()[-2:]:
        archive.pictures.judge(doubtful.post, doubtful.item, "altered", PEOPLE[0])


def _read_samples(archive: Archive, campaign: Campaign, now: datetime, chance: random.Random) -> None:
    """Read the samples of two weeks, as somebody would who agrees with the program two times in three."""
    monday, track = last_week(now.astimezone(campaign.zone).date()), campaign.tracks[0].name
    for week in (monday - timedelta(weeks=2), monday - timedelta(weeks=1)):
        archive.tone_audits.draw(track, week, 50, chance=chance, now=now)
        for audit in archive.tone_audits.samples(track, week, week):
            labels = defaultdict[tuple[str, str], list[int]](list)
            for sample in audit.unread[:_READ]:
                tone = sample.scored if chance.random() < 2 / 3 else chance.choice(list(Tone))
                labels["tone", tone].append(sample.post)
                labels["stance", chance.choices(list(Stance), (4, 2, 2))[0]].append(sample.post)
            for (field, value), ids in labels.items():
                archive.annotations.label(ids, field, value, by=PEOPLE[0], now=now)


def _answer(archive: Archive, posts: Sequence[Post], now: datetime, chance: random.Random) -> None:
    """See to the questions but the newest, and label what is kind."""
    asking = _ids(archive, (post for post in posts if _ASKS.match(post.text) and is_question(post.text)))
    for place, post in enumerate(reversed(asking)):
        at, by = now - timedelta(hours=7 * place + 1), chance.choice(PEOPLE)
        if place >= _UNSEEN:
            mark = Mark.NEEDS_REPLY if place < _UNSEEN + _WAITING else Mark.DONE
            archive.marks.set([post], mark, by=by, now=at)
            if mark is Mark.DONE:
                archive.annotations.add_note([post], chance.choice(_NOTES), by=by, now=at)
    kind = [post for post in posts if any(word in post.text.casefold() for word in _KIND)][-_THANKED:]
    for field, value in (("tone", Tone.POSITIVE), ("stance", Stance.SUPPORT)):
        archive.annotations.label(_ids(archive, kind), field, value, by=PEOPLE[1], now=now)


def _ids(archive: Archive, posts: Iterable[Post]) -> list[int]:
    """Return the archive's ids of posts, the oldest first."""
    return [archive.posts.ids_of(post.platform, [post.id])[post.id] for post in posts]


def _look_again(archive: Archive, campaign: Campaign, now: datetime, chance: random.Random) -> None:
    """Store what another way found of last week's posts, and how the last look at an ailing source ended."""
    monday = last_week(now.astimezone(campaign.zone).date())
    for platform in dict.fromkeys(behaviour.platforms(campaign)):
        demo = behaviour.DEMOS[platform]
        if demo.second:
            lacking = chance.randint(1, 3)
            sample = RecallSample(platform, monday, demo.second, 50, 50 - lacking, {"deleted since": lacking})
            archive.coverage.claim_recall(platform, monday, now, timedelta())
            archive.coverage.save_recall(sample, now)
        if demo.fails:
            page = Page(stream=platform, outcome=Outcome(demo.outcome), detail=demo.fails)
            archive.coverage.save_failure(page, campaign.tracks[0].name, started_at=now, now=now)
