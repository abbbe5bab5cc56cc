"""Mail on the dashboard: what became of it and who gets it, and the page by which a reader leaves."""

from flask import Flask

from dashboard.mail import admin, unsubscribe
from dashboard.mail.services import MailServices


def attach(app: Flask, services: MailServices | None) -> None:
    """Add the pages about mail; without services there are none."""
    app.jinja_env.globals["has_mail"] = services is not None
    if services is not None:
        app.extensions["mail_services"] = services
        app.context_processor(lambda: {"made_up": services.demo})
        app.register_blueprint(unsubscribe.page)
        app.register_blueprint(admin.page)
