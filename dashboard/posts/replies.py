"""The reply desk: what is owed an answer, by whom and until when, and what became of the rest."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, abort, render_template, request

from dashboard.access import who
from dashboard.posts import actions, views
from dashboard.services import services
from monitor.archive.marks import DeskView
from monitor.archive.values import posts_on
from monitor.platform_info import titles

MOST = 50  # cards on the page
_RECENT = timedelta(days=14)  # own posts, whose answers wait for one
_MINE = "mine"
_TABS = {
    DeskView.OPEN: "To reply", _MINE: "Mine", DeskView.LATER: "Later", DeskView.DONE: "Done",
    DeskView.NOT_OURS: "Not ours",
}  # fmt: skip

page = Blueprint("replies", __name__)


@page.get("/replies")
def show() -> str:
    choice, tab = services().choice(), request.args.get("view", DeskView.OPEN)
    if tab not in _TABS:
        abort(400, f"There is no such list. Choose one of these: {', '.join(_TABS.values())}.")
    today, team = services().today, actions.team()
    with services().read() as archive:
        last_act = archive.marks.last_act()  # first: what is done from now on is noticed
        cards = archive.marks.cards(DeskView.OPEN if tab == _MINE else DeskView(tab), today)
        cards = [card if card.owner in team else replace(card, owner=None) for card in cards]
        cards.sort(key=lambda card: card.owner is not None)  # who has left the team has left theirs to others
        if tab == _MINE:
            cards = [card for card in cards if card.owner == who().name]
        replies = [
            (card, views(archive, {post: archive.posts.author_of(post) or 0 for post in card.posts}))
            for card in cards[:MOST]
        ]
        own = services().campaign.own.handles
        answers = archive.conversations.unanswered(own, services().now() - _RECENT)
        worked = archive.annotations.of_posts(answers)
        unmarked = [post for post in answers if post not in worked or not worked[post].mark]
    return render_template(
        "replies.html", replies=replies, number=posts_on(cards), rest=len(cards[MOST:]),
        unmarked=unmarked[: actions.MOST], tab=tab, tabs=_TABS, team=team, today=today,
        last_act=last_act, choice=choice, titles=titles(), acts=actions.ACTS, did=actions.result(),
        back=request.full_path, now=services().now(),
    )  # fmt: skip
