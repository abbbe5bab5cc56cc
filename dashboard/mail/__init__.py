"""Mail on the dashboard: what became of it and who gets it, and the page by which a reader leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from monitor.mail.digest_job import Weekly


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The weekly mail, and where mails go in words.

    `hurry` delivers what waits, where no worker does.
    """

    weekly: Weekly
    out: str
    demo: bool = False
    hurry: Callable[[], object] = lambda: None


def attach(app: Flask, made: Desk | None) -> None:
    """Add the pages about mail; without a desk there are none."""
    from dashboard.mail import admin, unsubscribe

    app.jinja_env.globals["has_mail"] = made is not None
    if made is not None:
        app.extensions["desk"] = made
        app.context_processor(lambda: {"made_up": made.demo})
        app.register_blueprint(unsubscribe.page)
        app.register_blueprint(admin.page)


def desk() -> Desk:
    """Return the desk of this app."""
    found: Desk = current_app.extensions["desk"]
    return found
