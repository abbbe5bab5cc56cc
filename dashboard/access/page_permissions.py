"""Who may open what: each endpoint by name. What is not named is open to nobody."""

from collections.abc import Mapping

from monitor.accounts import Role

# Blueprints, and their functions, by the least role that opens them. Pages that are read: VIEWER, who is
# shown nobody's name. Who posts, work on posts, events and shares: EDITOR. Settings and accounts: ADMIN.
# NOBODY: also for those who are not signed in.
_PAGES: Mapping[Role, Mapping[str, str]] = {
    Role.NOBODY: {
        "health": "show",
        "kit": "public picture",  # where an admin switched it on; else as kit.show
        "mail": "show change",  # of one's own, by the link in each mail
        "oidc": "start back",
        "privacy": "show ask",  # the notice and its form
        "shared": "show preview",  # by a link of the office's
        "sign_in": "show sign_in ask_code give_code sign_out invited accept",
    },
    Role.VIEWER: {
        "account": "show change_password sign_out_everywhere phone switch_on switch_off add_token end_token",
        "api": "report openapi",
        "downloads": "show chart_file",
        "events": "show",
        "explore": "show",
        "kit": "show",
        "live": "show",
        "mails": "show ask",
        "methods": "show",
        "missing": "show",
        "outcomes": "show",
        "overview": "show",
        "places": "show sheet",
        "posts": "show detail",
        "reports": "show",
        "sources": "show",
        "themes": "show",
        "tone": "show",
    },
    Role.EDITOR: {
        "api": "posts",
        "events": "work",
        "evidence": "make",
        "feed": "show",
        "file_import": "show receive detail work",
        "kit": "work",
        "mails": "drop resend",
        "manual_entry": "show work template",
        "overview": "put_off",
        "people": "show",
        "places": "take_crimes",
        "posts": "work label",
        "replies": "show",
        "settings": "show",
        "shares": "show add revoke",
        "tallies": "add undo total table",
        "themes": "work",
        "tone_audit": "draw read answer",
    },
    Role.ADMIN: {
        "evidence": "show",
        "guide": "show form save",
        "person": "show work",
        "privacy": "register work document",
        "settings": "form save earlier undo",
        "sign_in": "first",  # how the first account is made, while everyone is the office
        "team": "show add change trail",
    },
}
LEAST = {"static": Role.NOBODY} | {
    f"{blueprint}.{function}": role
    for role, blueprints in _PAGES.items()
    for blueprint, functions in blueprints.items()
    for function in functions.split()
}
FROM_ANYWHERE = frozenset({"mail.change"})  # mail programs press its button; the link is the secret
BY_TOKEN = frozenset({"api", "feed", "downloads"})  # the blueprints that programs may ask
# See totp_for_admins.
WITHOUT_CODE = frozenset({"account.phone", "account.switch_on", "sign_in.sign_out", "static"})


def least_role(endpoint: str | None) -> Role | None:
    """Return the least role for an endpoint; None if it is open to nobody. No endpoint: there is no page."""
    return Role.VIEWER if endpoint is None else LEAST.get(endpoint)


def takes_token(endpoint: str | None) -> bool:
    return endpoint is not None and endpoint.partition(".")[0] in BY_TOKEN
