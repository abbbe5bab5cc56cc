"""The reply desk: what is owed an answer, by whom and until when, and what became of the rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, abort, render_template, request

from dashboard.access import who
from dashboard.filters import number
from dashboard.posts import actions, views
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.marks import DeskView
from monitor.archive.values import DeskCard, posts_on

MOST = 50  # cards on a page
_RECENT = timedelta(days=14)  # own posts, whose answers wait for one
_MINE, _UNANSWERED = "mine", "unanswered"
_TABS = {
    DeskView.OPEN: "Needs a reply", _MINE: "Mine", DeskView.LATER: "Later", DeskView.DONE: "Done",
    DeskView.NOT_OURS: "Not ours", _UNANSWERED: "Unanswered",
}  # fmt: skip

page = Blueprint("replies", __name__)


@page.get("/replies")
def show() -> str:
    services().choice()
    tab = request.args.get("view", DeskView.OPEN)
    if tab not in _TABS:
        abort(400, f"There is no such list. Choose one of these: {', '.join(_TABS.values())}.")
    today, team, start = services().today, actions.team(), number(request.args.get("after", "")) or 0
    with services().read() as archive:
        last_act = archive.marks.last_act()  # first: what is done from now on is noticed
        unmarked = _unanswered(archive)
        cards = unmarked if tab == _UNANSWERED else _cards(archive, tab, team)
        replies = [
            (card, views(archive, {post: archive.posts.author_of(post) or 0 for post in card.posts}))
            for card in cards[start : start + MOST]
        ]
    return render_template(
        "replies.html", replies=replies, number=posts_on(cards), cards=len(cards), start=start,
        rest=len(cards[start + MOST :]), unmarked=len(unmarked), tab=tab, tabs=_TABS, team=team, today=today,
        tomorrow=today + timedelta(days=1), last_act=last_act, acts=actions.ACTS, did=actions.result(),
        back=request.full_path,
    )  # fmt: skip


def _cards(archive: ArchiveReader, tab: str, team: Sequence[str]) -> list[DeskCard]:
    views = (DeskView.OPEN, DeskView.LATER) if tab == _MINE else (DeskView(tab),)
    cards = [card for view in views for card in archive.marks.cards(view, services().today)]
    cards = [card if card.owner in team else replace(card, owner=None) for card in cards]
    if tab == _MINE:
        return [card for card in cards if card.owner == who().name]
    # who has left the team has left theirs to others
    return sorted(cards, key=lambda card: bool(card.due and card.owner))


def _unanswered(archive: ArchiveReader) -> list[DeskCard]:
    """Return the replies to the campaign's own latest posts that nobody has answered or marked."""
    own = services().campaign.own.handles
    answers = archive.conversations.unanswered(own, services().now() - _RECENT)
    worked = archive.annotations.of_posts(answers)
    return [
        DeskCard(posts=(post,), by="", since=services().now())
        for post in answers
        if post not in worked or not worked[post].mark
    ]
