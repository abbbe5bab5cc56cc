"""How many accounts posted."""

from monitor.report import Report
from monitor.report.measure import (
    BRIDGES,
    CHOSEN,
    PEOPLE,
    Counts,
    Definition,
    Measure,
    Reading,
    Tile,
    TileLink,
    TileNote,
)


def _count(counts: Counts) -> Reading:
    people = counts.crowd.authors
    is_told = people or not counts.total.posts  # files may name no writers
    return Reading(people if counts.is_known and is_told else None, people, people)


def _tile(report: Report) -> Tile:
    what = "Different accounts: one person on two platforms counts twice"
    new = report.new_people if report.posts.value else None
    return Tile(
        notes=(TileNote(text=what if new is None else f"{what}; {new:,} not seen before"),),
        shared=(TileNote(text=what),),
        link=TileLink(page="/people", role="editor"),
    )


MEASURE = Measure(
    key="people",
    order=20,
    definition=Definition(
        title="People posting",
        version=2,
        what="Different accounts that wrote these posts.",
        formula="Each account counts once, however often it posts; each platform is counted by itself. An"
        " account that a bridge made does not count beside the one whose posts it repeats.",
        limits="One person with accounts on two platforms counts twice. An account may be an organisation."
        " Entries made by hand without a name count as one person for each place."
        " Posts of a file that names no writers count nobody: without others, people are not known.",
    ),
    sql=f"SELECT iif((SELECT count(*) {CHOSEN}), nullif((SELECT count(DISTINCT p.author_id) {CHOSEN}\n"
    "AND p.author_id NOT IN (SELECT id FROM authors WHERE native_id = '')\n"
    f"AND p.author_id NOT IN {BRIDGES}), 0), 0);",
    unit=PEOPLE,
    count=_count,
    tile_of=_tile,
)
