"""The share kit: what supporters may pass on, for the office to keep and for all to take; what came of it."""

import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.access.guard import may, note, refusal, who
from dashboard.filters import Choice, number
from dashboard.qr_code import qr_code
from dashboard.services import services
from monitor.archive.kit import SEARCHED
from monitor.core.errors import ArchiveError, MonitorError
from monitor.core.model import CLEAR_TONES, Tone
from monitor.kit import PICTURES, KitItem
from monitor.kit.channels import ChannelLink, asking, ways

_MOST_BYTES = 4 * 10**6  # of a form with a picture
# As people write it: its name, the address of a page there, or their own handle.
_SERVER = re.compile(
    r"(?:https?://)?(?:@?[\w.-]+@)?(?=[^/]{4,253}(?:/|$))"
    r"((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})(?:/\S*)?"
)
_DONE = {
    "save": "It is in the kit now.",
    "retire": "It was retired. Its posts still count, and you can find it under “No longer suggested”.",
    "restore": "It is back in the kit.",
    "ours": "Marked as ours.",
    "altered": "Marked as altered.",
}
_AT_ONCE = 5_000  # posts that are looked through in about a second; of more, the worker does it

page = Blueprint("kit", __name__)


@page.get("/share-kit")
def show() -> str:
    return render_template("share_kit.html", **_context(services().choice()))


@page.post("/share-kit")
def work() -> ResponseReturnValue:
    request.max_content_length = _MOST_BYTES
    choice = services().choice()
    try:
        act = request.form.get("act", "")
        _do(act)
    except RequestEntityTooLarge:
        wrong = f"A picture has {_MOST_BYTES // 10**6} MB at most. Save it smaller, and choose it again."
        return render_template("share_kit.html", **_context(choice), wrong=wrong), 413
    except MonitorError as error:
        context = _context(choice) | {"wrong": str(error), "typed": request.form}
        return render_template("share_kit.html", **context), 400
    note(f"share kit: {act}")
    return redirect(choice.address("/share-kit", did=act), 303)


@page.get("/kit")
def public() -> ResponseReturnValue:
    """Return the page for supporters, who have no account and get no cookie."""
    if not (services().campaign.kit.public or may("viewer")):
        abort(404)
    if services().campaign.is_dissolved(services().now()):
        return refusal("This page has ended", "It ended when Parliament was dissolved.", 410)
    typed = _SERVER.fullmatch(request.args.get("server", "").strip().casefold())
    server = typed[1] if typed else ""
    with services().read() as archive:
        items = [_view(item, server) for item in archive.kit.current()]
    return render_template("share_kit.html", items=items, server=server, asking=asking(), shared=True)


@page.get("/kit/<row:item>-<row:version>")
def picture(item: int, version: int) -> Response:
    """Return a picture; one that is suggested no longer, or after the page has ended, to the office only."""
    campaign = services().campaign
    is_open = campaign.kit.public and not campaign.is_dissolved(services().now())
    with services().read() as archive:
        content = archive.kit.picture(item, version)
        current = [(other.id, other.version) for other in archive.kit.current()]
    if content is None or not (may("viewer") or (is_open and (item, version) in current)):
        abort(404)
    return Response(content, mimetype="image/png" if content.startswith(PICTURES[0]) else "image/jpeg")


def _do(act: str) -> None:
    """Do what the form says; raises MonitorError."""
    form, now = request.form, services().now()
    item, version = (number(form.get(name, "")) or 0 for name in ("id", "version"))
    with services().write() as archive:
        if act == "retire":
            archive.kit.retire(item, version, now)
        elif act == "restore":
            archive.kit.restore(item, version, now, number(form.get("seen", "")))
        elif act in ("ours", "altered"):
            archive.pictures.judge(number(form.get("post", "")) or 0, item, act, who().name)
        elif act == "save":
            words, alt, address, code = (form.get(name, "") for name in ("words", "alt", "address", "code"))
            suggestion = KitItem(
                id=item, version=version, words=words, alt=alt, address=address, code=code,
                has_imprint="imprint" in form,
            )  # fmt: skip
            with closing(request.files.get("picture") or FileStorage()) as upload:
                archive.kit.save(suggestion, now, upload.read())
        else:
            raise ArchiveError("That cannot be done here. Use the buttons on the page.")
        if archive.posts.last_id() <= _AT_ONCE:
            for _ in archive.kit.update(now):
                pass


def _context(choice: Choice) -> dict[str, Any]:
    report, own = services().report(choice), services().campaign.own.handles
    with services().read() as archive:
        scope = choice.scope(archive)
        counts, uses = archive.kit.counts(scope), archive.kit.uses(scope)
        items, is_searched = archive.kit.items(), archive.kit.is_searched()
        versions, progress = archive.pictures.versions(scope), archive.pictures.progress()
        doubtful = archive.pictures.doubtful() if may("editor") else []
        posts = archive.posts.by_ids([picture.post for picture in doubtful])
        tone = _tone(report.tones, archive.kit.tones(scope))
        groups = archive.kit.same_words(scope, own) if may("editor") else []
    return {
        "r": report, "counts": counts, "items": [_view(item) for item in items if not item.until],
        "ended": [item for item in items if item.until], "uses": uses, "tone": tone,
        "groups": groups, "is_searched": is_searched, "searched": SEARCHED,
        "versions": versions, "progress": progress,
        "doubtful": list(zip(doubtful, posts, strict=True)),
        "did": _DONE.get(request.args.get("did", "")),
        "address": next(iter(services().campaign.petition), ""),
        "kit_address": url_for("kit.public", _external=True),
    }  # fmt: skip


def _tone(tones: Mapping[Tone, int], copies: Mapping[str, int]) -> str:
    """Return how posts sound with and without those that pass on the kit; empty where that is not told."""
    both, own = _net(tones), _net({tone: posts - copies.get(tone, 0) for tone, posts in tones.items()})
    if len(tones) < len(Tone) or not copies or both is None or own is None:
        return ""
    return f"Net tone {both:+d} with the posts that pass on the kit, {own:+d} without."


def _net(tones: Mapping[Tone, int]) -> int | None:
    clear = sum(tones.get(tone, 0) for tone in CLEAR_TONES)
    return round(100 * sum(tone.net * posts for tone, posts in tones.items()) / clear) if clear else None


def _view(item: KitItem, server: str = "") -> tuple[KitItem, list[ChannelLink], Markup]:
    """Return an item with its channels, and the QR code to print."""
    channels = list(ways(item, server))
    link = channels[-1].link
    return item, channels, qr_code(link) if link else Markup()
