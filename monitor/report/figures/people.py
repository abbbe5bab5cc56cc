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
        notes=(TileNote(text=what if new is None else f"{what}; {new:,} new"),),
        shared=(TileNote(text=what),),
        link=TileLink(page="/people", role="editor"),
    )


MEASURE = Measure(
    key="people",
    order=20,
    definition=Definition(
        title="People posting",
        version=2,
        what="The number of different accounts that wrote these posts.",
        formula="Each account counts once, however often it posts; platforms are counted separately. A"
        " bridge's account is not counted when the account it copies is.",
        limits="One person with accounts on two platforms counts twice. An account may be an organisation."
        " Entries made by hand without a name count as one person per place. Posts from a file that names"
        " no authors add nobody; if there are no others, the number of people is not known.",
    ),
    sql=f"SELECT iif((SELECT count(*) {CHOSEN}), nullif((SELECT count(DISTINCT p.author_id) {CHOSEN}\n"
    "AND p.author_id NOT IN (SELECT id FROM authors WHERE native_id = '')\n"
    f"AND p.author_id NOT IN {BRIDGES}), 0), 0);",
    unit=PEOPLE,
    count=_count,
    basis_of=lambda report: "",
    tile_of=_tile,
)
