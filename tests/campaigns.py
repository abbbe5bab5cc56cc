"""The smallest campaign that there is; a test puts what it needs besides behind it."""

from monitor.campaign.privacy import Privacy

ONE_TRACK = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
"""

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
