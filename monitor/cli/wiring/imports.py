"""Files that people bring to the dashboard, on a real archive and clock."""

from collections.abc import Iterator, Mapping

from dashboard.services import Imports
from monitor.archive import Archive, ArchiveReader
from monitor.campaign import Campaign, track_of
from monitor.cli import Paths
from monitor.cli.wiring import drop_box_of
from monitor.collect.imports.file_import import as_of, read_file
from monitor.collect.imports.file_inspection import inspect_again
from monitor.collect.imports.import_run import ImportRun
from monitor.collect.tone_scoring import adjusted
from monitor.core.clock import utcnow
from monitor.core.files.contents import ImportCounts, Inspection
from monitor.core.files.opening import Progress
from monitor.drop_box import DroppedFile, Intake
from monitor.tone import Analyzer


def imports_of(paths: Paths, campaign: Campaign, analyzer: Analyzer, *, demo: bool) -> Imports:
    """Return what the pages need to take files into the archive."""
    box = drop_box_of(paths)

    def look(file: DroppedFile) -> tuple[Inspection, Mapping[str, str]]:
        with ArchiveReader.open(paths.archive, campaign.zone) as archive:
            remembered = archive.import_answers.of
            return inspect_again(box.path(file), file.answers, remembered, campaign.zone, utcnow())

    def remember(file: DroppedFile) -> None:
        inspection, answers = look(file)
        with Archive.open(paths.archive, campaign.zone, demo=demo) as archive:
            archive.import_answers.save(inspection.header, answers, utcnow())

    def intake(file: DroppedFile) -> Intake:
        tracks = (track_of(campaign, file.track),) if file.track else campaign.tracks

        def take(progress: Progress) -> Iterator[ImportCounts]:
            answers = look(file)[1]
            with Archive.open(paths.archive, campaign.zone, demo=demo) as archive:
                run = ImportRun(
                    campaign=campaign, tracks=tracks, matching=not file.track, archive=archive,
                    analyzer=adjusted(analyzer, archive), clock=utcnow, started_at=utcnow(),
                )  # fmt: skip
                path = box.path(file)
                yield from run.take(
                    lambda count: read_file(path, answers, campaign.zone, count), file.name, progress,
                    as_of(path, utcnow()),
                )  # fmt: skip

        return take

    return Imports(box=box, inspect=lambda file: look(file)[0], remember=remember, intake=intake)
