"""How often people liked, passed on, quoted and answered the posts."""

from monitor.report import Report
from monitor.report.measure import (
    CHOSEN,
    POSTS,
    Counts,
    Definition,
    Measure,
    Reading,
    Tile,
    TileLink,
    TileNote,
)
from monitor.report.wording import known_of, quantity


def _count(counts: Counts) -> Reading:
    total = counts.total
    return Reading(total.engagement, total.engagement_known, total.posts)


def _tile(report: Report) -> Tile:
    basis = known_of(report.figures["engagement"], *POSTS)
    own = TileNote(text=f"Likes, reposts, quotes and replies; known for {basis}")
    return Tile(
        notes=(own, _views(report)),
        shared=(own,),
        link=TileLink(page="/posts", arguments={"order": "biggest"}),
    )


def _views(report: Report) -> TileNote:
    views = report.figures["views"]
    if views.value is None:
        return TileNote(text="Views: not known")
    basis = known_of(views, *POSTS)
    return TileNote(strong=quantity(views.value, "view", "views"), text=f"counted for {basis}")


MEASURE = Measure(
    key="engagement",
    order=30,
    definition=Definition(
        title="Engagement",
        version=1,
        what="Likes, reposts, quotes and replies to these posts.",
        formula="The four added up, as last read. A number that a platform does not give adds nothing.",
        limits="It is shown for how many posts any of the four is known. Recent posts are still gathering"
        " reactions; some platforms, such as Bluesky's stream and news feeds, give no numbers at all.",
    ),
    sql=f"SELECT sum(p.engagement), count(p.engagement), count(*) {CHOSEN};",
    count=_count,
    tile_of=_tile,
)
