"""How often the posts were shown, where a platform counts that."""

from monitor.report.measure import CHOSEN, Counts, Definition, Face, Measure, Reading

_FEW = "Few platforms count views: where there is room for four numbers, engagement is known for more posts."


def _count(counts: Counts) -> Reading:
    total = counts.total
    return Reading(total.views if total.views_known else None, total.views_known, total.posts)


MEASURE = Measure(
    key="views",
    order=40,
    definition=Definition(
        title="Counted views",
        version=1,
        what="How often these posts were viewed, where the platform counts that.",
        formula="The view counts of the platforms that give them, added up, as last read.",
        limits="Each platform counts a view in its own way, and one person may view a post many times."
        " It is shown for how many posts it is known.",
    ),
    sql=f"SELECT sum(p.views), count(p.views), count(*) {CHOSEN};",
    count=_count,
    absent={
        Face.OVERVIEW: "It is in the engagement tile.",
        **dict.fromkeys((Face.SHARED, Face.MAIL, Face.BRIEF, Face.SLIDES), _FEW),
    },
)
