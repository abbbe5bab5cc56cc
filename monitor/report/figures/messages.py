"""How many different things were said."""

from monitor.report.measure import CHOSEN, Counts, Definition, Face, Measure, Reading

_BESIDE = "It is shown beside the posts."
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
        what="The number of different things said: the same thing posted in several places counts once.",
        formula="Each of these is one message: a post and its bridged copies on another platform; one"
        " article under several addresses; the same words by the same handle on two platforms within a day"
        " and a half; one story on several news sites within four days. Every other post is a message"
        " of its own, even when many people pass on the same words.",
        limits="Articles are matched by headline, text, figures and names, and cross-posts by"
        " words and handle: a few matches are missed, and fewer are wrong.",
    ),
    sql=f"SELECT count(DISTINCT ifnull(p.message, p.id)) {CHOSEN};",
    count=_count,
    basis_of=lambda report: "",
    absent={
        **dict.fromkeys((Face.OVERVIEW, Face.SHARED), _BESIDE),
        **dict.fromkeys((Face.BRIEF, Face.SLIDES), _COMPARED),
    },
)
