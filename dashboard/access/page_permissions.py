"""Who may open what: one row for each endpoint. What has no row is open to nobody."""

from monitor.accounts import Role

# endpoint, as blueprint.function: least role. Pages that are read: VIEWER, who is shown nobody's name.
# Who posts, work on posts, events and shares: EDITOR. Settings and accounts: ADMIN. NOBODY: also for
# those who are not signed in.
LEAST = {
    "static": Role.NOBODY,
    "health.show": Role.NOBODY,
    "overview.show": Role.VIEWER,
    "overview.put_off": Role.EDITOR,
    "explore.show": Role.VIEWER,
    "live.show": Role.VIEWER,
    "sources.show": Role.VIEWER,
    "missing.show": Role.VIEWER,
    "methods.show": Role.VIEWER,
    "posts.show": Role.VIEWER,
    "posts.detail": Role.VIEWER,
    "posts.work": Role.EDITOR,
    "replies.show": Role.EDITOR,
    "posts.label": Role.EDITOR,
    "evidence.make": Role.EDITOR,
    "evidence.show": Role.ADMIN,
    "people.show": Role.EDITOR,
    "person.show": Role.ADMIN,
    "person.work": Role.ADMIN,
    "events.show": Role.VIEWER,
    "events.work": Role.EDITOR,
    "outcomes.show": Role.VIEWER,
    "tallies.add": Role.EDITOR,
    "tallies.undo": Role.EDITOR,
    "tallies.total": Role.EDITOR,
    "tallies.table": Role.EDITOR,
    "manual_entry.show": Role.EDITOR,
    "manual_entry.work": Role.EDITOR,
    "manual_entry.template": Role.EDITOR,
    "file_import.show": Role.EDITOR,
    "file_import.receive": Role.EDITOR,
    "file_import.detail": Role.EDITOR,
    "file_import.work": Role.EDITOR,
    "places.show": Role.VIEWER,
    "places.sheet": Role.VIEWER,
    "places.take_crimes": Role.EDITOR,
    "themes.show": Role.VIEWER,
    "themes.work": Role.EDITOR,
    "kit.show": Role.VIEWER,
    "kit.work": Role.EDITOR,
    "kit.public": Role.NOBODY,  # where an admin switched it on; else as kit.show
    "kit.picture": Role.NOBODY,
    "reports.show": Role.VIEWER,
    "downloads.show": Role.VIEWER,
    "downloads.chart_file": Role.VIEWER,
    "tone.show": Role.VIEWER,
    "tone_audit.draw": Role.EDITOR,
    "tone_audit.read": Role.EDITOR,
    "tone_audit.answer": Role.EDITOR,
    "settings.show": Role.EDITOR,
    "settings.form": Role.ADMIN,
    "settings.save": Role.ADMIN,
    "settings.earlier": Role.ADMIN,
    "settings.undo": Role.ADMIN,
    "guide.show": Role.ADMIN,
    "guide.form": Role.ADMIN,
    "guide.save": Role.ADMIN,
    "api.report": Role.VIEWER,
    "api.posts": Role.EDITOR,
    "api.openapi": Role.VIEWER,
    "feed.show": Role.EDITOR,
    # signing in and out
    "sign_in.show": Role.NOBODY,
    "sign_in.sign_in": Role.NOBODY,
    "sign_in.ask_code": Role.NOBODY,
    "sign_in.give_code": Role.NOBODY,
    "sign_in.sign_out": Role.NOBODY,
    "oidc.start": Role.NOBODY,
    "oidc.back": Role.NOBODY,
    "sign_in.invited": Role.NOBODY,
    "sign_in.accept": Role.NOBODY,
    "sign_in.first": Role.ADMIN,  # how the first account is made, while everyone is the office
    # one's own account
    "account.show": Role.VIEWER,
    "account.change_password": Role.VIEWER,
    "account.sign_out_everywhere": Role.VIEWER,
    "account.phone": Role.VIEWER,
    "account.switch_on": Role.VIEWER,
    "account.switch_off": Role.VIEWER,
    "account.add_token": Role.VIEWER,
    "account.end_token": Role.VIEWER,
    # other people's
    "team.show": Role.ADMIN,
    "team.add": Role.ADMIN,
    "team.change": Role.ADMIN,
    "team.trail": Role.ADMIN,
    # links for those without an account
    "shares.show": Role.EDITOR,
    "shares.add": Role.EDITOR,
    "shares.revoke": Role.EDITOR,
    "shared.show": Role.NOBODY,
    "shared.preview": Role.NOBODY,
    # the notice and its form, for everybody; what people asked, and the papers
    "privacy.show": Role.NOBODY,
    "privacy.ask": Role.NOBODY,
    "privacy.register": Role.ADMIN,
    "privacy.work": Role.ADMIN,
    "privacy.document": Role.ADMIN,
    # the weekly mail: one's own by the link in it, the office's on a page
    "mail.show": Role.NOBODY,
    "mail.change": Role.NOBODY,
    "mails.show": Role.VIEWER,
    "mails.ask": Role.VIEWER,
    "mails.drop": Role.EDITOR,
    "mails.resend": Role.EDITOR,
}
FROM_ANYWHERE = frozenset({"mail.change"})  # mail programs press its button; the link is the secret
BY_TOKEN = frozenset({"api", "feed", "downloads"})  # the blueprints that programs may ask
# See totp_for_admins.
WITHOUT_CODE = frozenset({"account.phone", "account.switch_on", "sign_in.sign_out", "static"})


def least_role(endpoint: str | None) -> Role | None:
    """Return the least role for an endpoint; None if it is open to nobody. No endpoint: there is no page."""
    return Role.VIEWER if endpoint is None else LEAST.get(endpoint)


def takes_token(endpoint: str | None) -> bool:
    """Return whether a token is enough for an endpoint."""
    return endpoint is not None and endpoint.partition(".")[0] in BY_TOKEN
