"""The tone, checked: what samples that people read say of it, and the page on which a sample is read."""

from flask import Blueprint

from dashboard.services import Services
from dashboard.tone import accuracy, audit_review


def pages(services: Services) -> Blueprint:
    """Return the pages at '/tone' and below."""
    page = Blueprint("tone", __name__)
    accuracy.attach(page, services)
    audit_review.attach(page, services)
    return page
