"""How many different things were said."""

from monitor.report.measure import CHOSEN, Counts, Definition, Face, Measure, Reading

_BESIDE = "It is said beside the posts."
_COMPARED = "Posts are what is compared."


def _count(counts: Counts) -> Reading:
    posts = counts.total.posts
    return Reading(posts - counts.copies if counts.is_known else None, posts, posts)


MEASURE = Measure(
    key="messages",
    order=15,
    definition=Definition(
        title="Messages",
        version=1,
        what="Different things that these posts say: the same thing said in several places counts once.",
        formula="These are one message: a post and the copies that a bridge makes on another platform, one"
        " article under several addresses, the same words by the same handle on two platforms within a day"
        " and a half, and one story on several news sites within four days. All other posts are messages of"
        " their own, also where many people pass on the same words.",
        limits="Two articles are taken for one by their headlines, texts, figures and names, and a cross-post"
        " by words and handle: a few are missed, and fewer are joined wrongly.",
    ),
    sql=f"SELECT count(DISTINCT ifnull(p.message, p.id)) {CHOSEN};",
    count=_count,
    absent={
        **dict.fromkeys((Face.OVERVIEW, Face.SHARED), _BESIDE),
        **dict.fromkeys((Face.BRIEF, Face.SLIDES), _COMPARED),
    },
)
