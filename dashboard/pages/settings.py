"""Settings: what is watched, where, how often, and who may do what. Changed in the campaign file."""

from flask import Blueprint, render_template

from dashboard.services import services

page = Blueprint("settings", __name__)


@page.get("/settings")
def show() -> str:
    report = services().report(services().choice())
    return render_template("settings.html", r=report, sources=report.sources, backup=services().backup())
