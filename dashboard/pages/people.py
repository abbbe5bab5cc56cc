"""Who posts: by public handle, each platform by itself, and never with what they seem to think."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, abort, render_template, request

from dashboard.access import note
from dashboard.filters import Choice
from dashboard.services import services
from monitor.archive.people import PeopleOrder

MOST = 50  # people on the page


class View(StrEnum):
    """Which people come first; also the word in the address."""

    POSTS = "posts"
    FOLLOWERS = "followers"
    NEW = "new"
    THANK = "thank"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PersonView:
    title: str  # in the choice
    finding: str  # above the list
    nothing: str
    order: PeopleOrder
    new_only: bool = False


VIEWS = {
    View.POSTS: _PersonView(
        title="Most posts", finding="Who posted most", order=PeopleOrder.POSTS,
        nothing="Nobody found for these dates.",
    ),
    View.FOLLOWERS: _PersonView(
        title="Most followers", finding="Who is followed most", order=PeopleOrder.FOLLOWERS,
        nothing="No platform gave follower numbers for these accounts.",
    ),
    View.NEW: _PersonView(
        title="New", finding="Who posted for the first time", order=PeopleOrder.POSTS, new_only=True,
        nothing="Nobody posted for the first time during these dates.",
    ),
    View.THANK: _PersonView(
        title="Most reactions", finding="Whose posts got the most likes, reposts, quotes and replies",
        order=PeopleOrder.ENGAGEMENT, nothing="No likes, reposts or replies recorded yet.",
    ),
}  # fmt: skip


page = Blueprint("people", __name__)


@page.get("/people")
def show() -> str:
    context = _context(services().choice())
    note("people: looked at the list")
    return render_template("people.html", **context)


def _context(choice: Choice) -> dict[str, Any]:
    view = _view(request.args.get("by") or View.POSTS)
    listing = VIEWS[view]
    with services().read() as archive:
        ranked, new_only = archive.people.ranked, listing.new_only
        people = ranked(choice.scope(archive), listing.order, new_only=new_only, most=MOST)
    return {
        "people": people, "view": view, "views": VIEWS, "listing": listing, "most": MOST,
        "said": {} if view == View.POSTS else {"by": view},
    }  # fmt: skip


def _view(word: str) -> View:
    try:
        return View(word)
    except ValueError:
        abort(400, f"People can be ordered by: {', '.join(View)}. Choose one of them on the page.")
