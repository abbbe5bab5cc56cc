"""The smallest campaign that there is; a test puts what it needs besides behind it."""

ONE_TRACK = """
name = "Test"
[[track]]
name = "test"
title = "#Test"
tags = ["test"]
"""
