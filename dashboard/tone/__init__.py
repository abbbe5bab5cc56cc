"""The tone, checked: what samples that people read say of it, and the page on which a sample is read."""

from flask import Blueprint

from dashboard.office import Office
from dashboard.tone import reading, trust


def pages(office: Office) -> Blueprint:
    """Return the pages at '/tone' and below."""
    page = Blueprint("tone", __name__)
    trust.attach(page, office)
    reading.attach(page, office)
    return page
