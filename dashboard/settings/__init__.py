"""Settings: what is watched, where, how often, and who is told. Written into the campaign file and `.env`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.access.guard import accounts, may, now, who
from dashboard.access.sign_in import own_path
from dashboard.services import services
from dashboard.settings import sections
from dashboard.settings.attempts import attempts
from dashboard.settings.refusals import cautions, loss_of, refusals
from monitor.campaign import Own
from monitor.campaign.edit import tables_of
from monitor.campaign.settings_form import Section, changes, complaint, differences
from monitor.core.errors import ConfigError, NoArchive, SettingsConflict
from monitor.report import wording
from monitor.track_trial import new_words, trial

_SAVED = "Saved. Collecting and mails follow within half a minute, and these pages at once."
_SCORED = f"{_SAVED} Where this changes how posts are scored, all are scored again; below is how far that is."
_UNDONE = f"Undone. This step is listed under Earlier versions and can be undone as well. {_SAVED}"
_FIXED = "{} is set in the environment that the monitor is started in, and can be removed only there. "
Newest = Callable[[], Section]  # as the files have it now
Page = Callable[..., str]  # shows a section's form; takes the section, and what else its template needs

page = Blueprint("settings", __name__)


@page.get("/settings")
def show() -> str:
    settings = services().settings
    return render_template(
        "settings/hub.html", sections=sections.sections(settings) if settings else (),
        env=settings.env if settings else {}, can_change=services().files is not None and may("admin"),
        backup=services().backup(), tone=services().tone(), retention=_retention() if settings else "",
        platform_of=sections.platform_of, key_labels=sections.key_labels,
        success={None: "", "earlier": _UNDONE, "tone": _SCORED}.get(request.args.get("done"), _SAVED),
    )  # fmt: skip


def _retention() -> str:
    """Return how far texts have been removed; "" before anything was collected."""
    try:
        with services().read() as archive:
            return wording.retention(archive.retention.removed_until)
    except NoArchive:
        return ""


@page.get("/settings/<path>")
def form(path: str) -> str:
    return _form(sections.section_at(path, sections.files().settings()))


@page.post("/settings/<path>")
def save(path: str) -> ResponseReturnValue:
    onward = own_path(request.form.get("next"))
    onward = url_for("settings.show", done=path) if onward == "/" else onward

    def newest() -> Section:
        return sections.section_at(path, sections.files().settings())

    if request.form.get("act") == "remove" and newest().is_track:
        return _save(newest, {path: None}, {}, page=_form, onward=onward)
    return answer(newest, page=_form, onward=onward)


def answer(newest: Newest, *, page: Page, onward: str) -> ResponseReturnValue:
    """Try and save what a form says, and return the way on; or `page` again, with what stands in the way."""
    section = newest()
    typed, platform = request.form, sections.platform_of(section)
    values, problems = changes(section, typed)
    if typed.get("act") == "try" and not problems:
        return page(section, **_trial(section, values))
    keys = {name: typed.get(f"key.{name}", "").strip() for name in sections.key_labels(section)}
    keys = {name: key for name, key in keys.items() if key or typed.get(f"remove.{name}")}
    if platform and platform.consent and values.get("on") and not typed.get("consent"):
        problems["consent"] = "Tick this first."
    if problems := problems or refusals(section, values):
        return page(section, problems=problems), 422
    whole = sections.whole_keys(section, values)
    answers = attempts(whole, keys, section.path.partition(".")[2] if platform else "")
    for setting in section.settings:
        key = section.key(setting.name)
        if failures := [says for place, works, says in answers if place == key and not works]:
            problems[setting.name] = " ".join(failures)
    problems |= cautions(section, values)
    if problems and not typed.get("anyway"):
        return page(section, problems=problems, anyway=True), 422
    success = " ".join([*(says for _, works, says in answers if works), *_silent(whole)])
    return _save(newest, whole, keys, page=page, onward=onward, success=success)


def _silent(changes: Mapping[str, Any]) -> Iterator[str]:
    """Yield, of new accounts of the campaign's own, that there is no post by some of them: a slip, maybe."""
    with suppress(NoArchive), services().read() as archive:
        names = [
            name
            for name in changes.get("own.accounts", ())
            if not archive.posts.of_accounts(Own(accounts=(name,)).handles, date.min, date.max)
        ]
        if names:
            yield f"There are no posts so far by {wording.listed(names)}: check how each is written."


def _trial(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    before, after = (track.query for track in sections.tracks_of(section, values))
    words = new_words(before, after)
    with services().read() as archive:
        result = trial(archive, before, after, now())
    return {"trial": result, "words": words, "previews": services().preview(words)}


def _save(
    newest: Newest, values: Mapping[str, Any], keys: Mapping[str, str], *, page: Page, onward: str,
    success: str = "",
) -> ResponseReturnValue:  # fmt: skip
    """Save; return the form again if something stands in the way, or if there is something to tell."""
    try:
        sections.files().save(values, keys, base=request.form.get("base", ""), who=who().name, now=now())
    except SettingsConflict as error:
        section = newest()
        theirs = {one.name: one.words for one in section.settings if section.key(one.name) in error.theirs}
        return page(section, theirs=theirs, wrong=str(error), base=sections.files().settings().version), 409
    except ConfigError as error:
        name, says = complaint(newest(), str(error))
        return page(newest(), wrong="" if name else says, problems={name: says}), 422
    env = sections.files().settings().env
    success += "".join(_FIXED.format(name) for name, key in keys.items() if not key and name in env)
    if not success:
        return redirect(onward, 303)
    return page(newest(), typed={}, base=sections.files().settings().version, success=f"{_SAVED} {success}")


@page.get("/settings/earlier")
def earlier(wrong: str = "", *, to: str = "") -> str:
    every = sections.sections(sections.files().settings())
    titles = {section.path: section.title for section in every if "." in section.path}
    steps = [
        (new, old, differences(old.text, new.text, titles))
        for new, old in pairwise(accounts().campaign_versions())
    ]
    return render_template("settings/earlier.html", steps=steps, wrong=wrong, to=to)


@page.post("/settings/earlier")
def undo() -> ResponseReturnValue:
    to = request.form.get("to", "")
    text = {str(version.id): version.text for version in accounts().campaign_versions()}.get(to)
    if text is None:
        return redirect(url_for("settings.earlier"), 303)  # it is no longer stored
    try:
        loss = loss_of(tables_of(text).get("keep", {}))
        if loss and not request.form.get("anyway"):
            return earlier(loss, to=to), 422
        sections.files().restore(text, who=who().name, now=now())
    except ConfigError as error:
        return earlier(str(error)), 422
    return redirect(url_for("settings.show", done="earlier"), 303)


def _form(section: Section, **context: Any) -> str:
    tone = services().tone() if section.path == "tone" else ""
    return render_template("settings/form.html", **form_context(section) | {"tone": tone} | context)


def form_context(section: Section) -> dict[str, Any]:
    """Return what a form's template needs, for a form that nobody has sent yet or that is shown again."""
    settings = sections.files().settings()
    return {
        "section": section, "typed": request.form, "problems": {}, "theirs": {},
        "keys": sections.key_labels(section), "platform": sections.platform_of(section),
        "base": request.form.get("base", settings.version), "env": settings.env,
        "next": request.values.get("next", ""),
    }  # fmt: skip
