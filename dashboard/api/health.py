"""Whether numbers still come in, for programs that watch over this one: no sign-in, and nothing else told."""

from flask import Blueprint, Response, jsonify

from dashboard.services import services
from monitor.core.errors import MonitorError
from monitor.report import stalled_since

page = Blueprint("health", __name__)


@page.get("/healthz")
def show() -> tuple[Response, int]:
    is_full = services().is_disk_full()
    try:
        sources = services().sources()
    except MonitorError:  # whose sentence may name a file of this computer
        unknown = dict.fromkeys(("collecting", "needs_person", "stalled_since"))
        return jsonify({**unknown, "disk_full": is_full}), 503
    since = stalled_since(sources)
    answer = {
        "collecting": since is None, "disk_full": is_full,
        "needs_person": any(source.needs_person for source in sources),
        "stalled_since": since.isoformat() if since else None,
    }  # fmt: skip
    return jsonify(answer), 503 if since or is_full else 200
