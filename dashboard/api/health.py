"""Whether numbers still come in, for programs that watch over this one: no sign-in, and nothing else told."""

from flask import Blueprint, Response, jsonify

from dashboard.services import services
from monitor.core.errors import MonitorError

page = Blueprint("health", __name__)


@page.get("/healthz")
def show() -> tuple[Response, int]:
    is_full = services().is_disk_full()
    try:
        since, needs_person = services().stalled(), services().needs_person()
    except MonitorError:  # whose sentence may name a file of this computer
        unknown = dict.fromkeys(("collecting", "needs_person", "stalled_since"))
        return jsonify({**unknown, "disk_full": is_full}), 503
    answer = {
        "collecting": since is None, "needs_person": needs_person, "disk_full": is_full,
        "stalled_since": since.isoformat() if since else None,
    }  # fmt: skip
    return jsonify(answer), 503 if since or is_full else 200
