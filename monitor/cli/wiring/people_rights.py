"""People's rights, on a real archive, its files and clock."""

from functools import partial

from dashboard.services import PeopleRights
from monitor.archive.erasure.person import DataSubject
from monitor.backup.eraser import Eraser
from monitor.campaign import Campaign
from monitor.cli import Paths
from monitor.cli.wiring import backups_of, drop_box_of
from monitor.core.clock import utcnow
from monitor.export.person_file import PersonFile


def eraser_of(paths: Paths, campaign: Campaign) -> Eraser:
    """Return what finds and erases people in all files of an installation."""
    folders = (paths.archive.parent / "mail", drop_box_of(paths).folder)
    return Eraser(backups=backups_of(paths, campaign), folders=folders, clock=utcnow)


def file_about(paths: Paths, campaign: Campaign, person: DataSubject) -> PersonFile:
    """Return all that is held of a person, as they may have it."""
    return PersonFile(
        who=person.who, campaign=campaign.name, reasons=_reasons(campaign),
        holdings=eraser_of(paths, campaign).record(person), made_at=utcnow().astimezone(campaign.zone),
    )  # fmt: skip


def rights_of(paths: Paths, campaign: Campaign) -> PeopleRights:
    """Return what the pages need for people's rights."""
    answer = partial(file_about, paths, campaign)
    return PeopleRights(eraser=eraser_of(paths, campaign), answer=answer)


def _reasons(campaign: Campaign) -> tuple[str, ...]:
    """Return why it is held, until when, and who answers for it."""
    office = campaign.privacy
    return (
        f"These posts are public, and were collected to learn what is said about {campaign.name}.",
        "They go when their platform reports them deleted, and when you ask for it.",
        f"Responsible: {office.controller or campaign.name}. Contact: {office.contact or 'not yet given'}.",
    )
