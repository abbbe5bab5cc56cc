"""Own posts without the imprint's words are pointed at; whether they need them, people decide."""

from dataclasses import replace

import pytest

from monitor.campaign import Own
from monitor.core.model import Author
from monitor.kit import PICTURES, KitItem
from monitor.report import Window
from monitor.report.build import build
from monitor.report.follow_up import todo
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post
from tests.dashboard.reports import CAMPAIGN

OWN = Own(accounts=("@Jo@mastodon.social",), imprint="Promoted by Jo Example")
JO = Author(id="1", handle="jo@mastodon.social", name="Jo")


def pointed_at(folder, *posts, own=OWN, mark=None):
    campaign = replace(CAMPAIGN, own=own)
    with opened(folder) as archive:
        saved(archive, a_page(*posts), track=campaign.tracks[0].name)
        if mark:
            archive.marks.set([1], mark, by="Ed", now=NOON)
        window = Window(first=NOON.date(), last=NOON.date())
        report = build(archive, campaign, window, now=NOON, sources=())
    return report.without_imprint, [action for action in todo(report) if "imprint" in action.text]


@pytest.mark.parametrize(
    ("text", "is_listed"),
    [
        ("Vote for safer streets", True),
        ("Vote for safer streets. Promoted by Jo Example, 1 High Street", False),
        ("Vote for safer streets\nPROMOTED  BY JO EXAMPLE of 1 High Street", False),
        ("Promoted by Jo", True),
    ],
)
def test_an_own_post_without_the_words_is_listed(tmp_path, text, is_listed):
    posts, actions = pointed_at(tmp_path, a_post(text=text, author=JO))
    assert posts == ((1,) if is_listed else ())
    assert [action.post for action in actions] == [*posts]


def test_one_line_counts_them_all_and_opens_the_latest(tmp_path):
    posts, (action,) = pointed_at(
        tmp_path, a_post(id="1", text="One", author=JO), a_post(id="2", text="Two", author=JO)
    )
    assert posts == (2, 1)
    assert action.text == "Add the imprint to 2 posts of your own, if that is election material"
    assert (action.page, action.post) == ("post", 2)


@pytest.mark.parametrize(
    "how",
    [{"own": Own()}, {"own": replace(OWN, imprint="")}, {"own": replace(OWN, accounts=())}, {"mark": "done"}],
)
def test_nobody_is_reminded_who_did_not_ask_or_has_seen_to_it(tmp_path, how):
    assert pointed_at(tmp_path, a_post(text="Vote", author=JO), **how) == ((), [])


def test_posts_of_others_and_of_other_days_are_none_of_it(tmp_path):
    before = NOON.replace(day=NOON.day - 1) if NOON.day > 1 else NOON.replace(day=NOON.day + 1)
    others = a_post(id="1", text="Vote"), a_post(id="2", text="Vote", author=JO, created_at=before)
    assert pointed_at(tmp_path, *others) == ((), [])


@pytest.mark.parametrize(("has_imprint", "number"), [(False, 1), (None, 1), (True, 0)])
def test_a_picture_of_the_share_kit_without_the_imprint_raises_a_reminder(tmp_path, has_imprint, number):
    with opened(tmp_path) as archive:
        archive.kit.save(KitItem(alt="A chart", has_imprint=has_imprint), NOON, PICTURES[0])
        archive.kit.save(KitItem(words="A text needs none, as long as it is no post."), NOON)
        window = Window(first=NOON.date(), last=NOON.date())
        report = build(archive, CAMPAIGN, window, now=NOON, sources=())
    actions = [action for action in todo(report) if "imprint" in action.text]
    assert report.bare_pictures == number
    assert [(action.text, action.page) for action in actions] == [
        ("Add the imprint to 1 picture of the share kit, if that is election material", "share-kit")
    ] * number
