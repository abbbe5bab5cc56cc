"""The tone, checked: what samples that people read say of it, and the page on which a sample is read."""

from flask import Blueprint

from dashboard.services import Office
from dashboard.tone import accuracy, audit_review


def pages(office: Office) -> Blueprint:
    """Return the pages at '/tone' and below."""
    page = Blueprint("tone", __name__)
    accuracy.attach(page, office)
    audit_review.attach(page, office)
    return page
