"""People and access: who may open which page. `attach` puts a guard before all of an app's pages."""

from flask import Flask, Response, request

from dashboard.access import account, entry, team
from dashboard.access.guard import Guard, may, who
from dashboard.office import Office
from monitor.accounts import Accounts

__all__ = ["Guard", "attach", "may", "who"]

_ROOMS = (entry, account, team)
_OWN = frozenset(room.page.name for room in _ROOMS) | {"shares", "shared"}


def attach(app: Flask, office: Office, accounts: Accounts | None) -> Guard:
    """Put a guard before the app, and add the pages about people; return the guard, whose `vary` caches need.

    To be called after the check of names and before whatever answers requests by itself. Without `accounts`
    everyone at this computer may do everything, and nobody else anything.
    """
    guard = app.extensions["guard"] = Guard(office, accounts)
    app.before_request(guard.check)
    app.after_request(_private)
    app.context_processor(lambda: {"me": who(), "may": may})
    app.jinja_env.globals["has_accounts"] = accounts is not None
    if accounts is not None:
        for room in _ROOMS:
            app.register_blueprint(room.page)
    return guard


def _private(response: Response) -> Response:
    if request.blueprint in _OWN or (not who().role and request.endpoint != "static"):
        response.headers["Cache-Control"] = "no-store"
    return response
