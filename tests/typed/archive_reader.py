"""What mypy has to refuse, checked by mypy itself: an `ignore` that is not needed any more is an error.

A method that writes, given to an archive that is open for reading only, would make one of these lines right.
"""

from monitor.archive import ArchiveReader


def write_through(reader: ArchiveReader) -> None:
    reader.ingest  # type: ignore[attr-defined]  # noqa: B018
    reader.place_tags  # type: ignore[attr-defined]  # noqa: B018
    reader.rebuild  # type: ignore[attr-defined]  # noqa: B018
    reader.annotations.label  # type: ignore[attr-defined]  # noqa: B018
    reader.coverage.beat  # type: ignore[attr-defined]  # noqa: B018
    reader.history.save_definitions  # type: ignore[attr-defined]  # noqa: B018
    reader.events.add  # type: ignore[attr-defined]  # noqa: B018
    reader.refresh_queue.schedule  # type: ignore[attr-defined]  # noqa: B018
    reader.spend.reserve  # type: ignore[attr-defined]  # noqa: B018
    reader.tone_audits.draw  # type: ignore[attr-defined]  # noqa: B018
    reader.tone_scores.save  # type: ignore[attr-defined]  # noqa: B018
    reader.db.transaction  # type: ignore[attr-defined]  # noqa: B018
