"""How many posts there were."""

from collections.abc import Iterator

from monitor.report import Report
from monitor.report.measure import CHOSEN, Counts, Definition, Measure, Reading, Tile, TileLink, TileNote
from monitor.report.window import length
from monitor.report.wording import change, quantity, story


def _count(counts: Counts) -> Reading:
    posts = counts.total.posts
    return Reading(posts if counts.is_known else None, posts, posts)


def _tile(report: Report) -> Tile:
    text = change(report) or f"In {length(report.window).days:,} days"
    return Tile(notes=(TileNote(text=text), *_messages(report)), link=TileLink(page="/posts"))


def _messages(report: Report) -> Iterator[TileNote]:
    """Yield how many messages the posts are, where that is fewer, and the biggest story."""
    messages = report.figures["messages"].value
    if messages is not None and messages != report.posts.value:
        link = TileLink(page="/posts", arguments={"ids": report.news.ids}) if report.news else None
        about = story(report) or "the same thing said in several places counts once"
        yield TileNote(strong=f"{quantity(messages, 'message', 'messages')}:", text=about, link=link)


MEASURE = Measure(
    key="posts",
    order=10,
    definition=Definition(
        title="Posts",
        version=1,
        what="Public posts that match the track and were written during these days.",
        formula="Each post counts once, on its day in the campaign's time zone. A repost is not a new"
        " post; it counts as a repost of the original. One whose writer takes the hashtag out later still"
        " counts.",
        limits="Only what the platforms showed to the public while we were collecting. Time that"
        " was not collected is a gap in the charts and counts as unknown, not as zero. A post that was"
        " deleted before it was collected is missing, so days found by looking back may have fewer.",
    ),
    sql=f"SELECT count(*) {CHOSEN};",
    count=_count,
    basis_of=lambda report: "",
    tile_of=_tile,
)
