"""People and access: who may open which page. `attach` puts a guard before all of an app's pages."""

from flask import Flask, Response, request

from dashboard.access import account, oidc, sign_in, team
from dashboard.access.guard import Guard, may, need, note, who
from dashboard.services import Services
from monitor.accounts import Accounts

__all__ = ["Guard", "attach", "may", "need", "note", "who"]

_ROOMS = (sign_in, account, team)
_OWN = frozenset(room.page.name for room in (*_ROOMS, oidc))


def attach(
    app: Flask, services: Services, accounts: Accounts | None, provider: oidc.Provider | None = None
) -> Guard:
    """Put a guard before the app, and add the pages about people; return the guard, whose `vary` caches need.

    To be called after the check of names and before whatever answers requests by itself. Without `accounts`
    everyone at this computer may do everything, and nobody else anything. A `provider` vouches for people.
    """
    guard = app.extensions["guard"] = Guard(services, accounts)
    app.before_request(guard.check)
    app.after_request(_private)
    app.context_processor(lambda: {"me": who(), "may": may})
    app.jinja_env.globals["has_accounts"] = accounts is not None
    if accounts is not None:
        for room in _ROOMS:
            app.register_blueprint(room.page)
    if accounts is not None and provider is not None:
        app.extensions["provider"] = app.jinja_env.globals["provider"] = provider
        app.register_blueprint(oidc.page)
    return guard


def _private(response: Response) -> Response:
    """Keep pages of accounts, and those of nobody in particular, out of every cache."""
    if request.blueprint in _OWN or (not who().role and request.endpoint != "static"):
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
