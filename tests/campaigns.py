"""The smallest campaign that there is; a test puts what it needs besides behind it."""

from functools import cache
from pathlib import Path

from monitor.campaign import Campaign, load
from monitor.campaign.privacy import Privacy

ONE_TRACK = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
"""


@cache
def shipped() -> Campaign:
    """Return the campaign that the program comes with, which takes long to read."""
    return load(Path(__file__).parents[1] / "config/campaign.toml")


# What an office has to fill in before a source that needs it brings anything, and before stances are set.
PAPERS = Privacy(
    controller="The office of Jo Example MP", contact="privacy@office.example", lawful_basis="public task"
)
PAPERS_LINES = """
[privacy]
controller = "The office of Jo Example MP"
contact = "privacy@office.example"
lawful_basis = "public task"
"""
