"""How many followers, at most, could have seen the posts."""

from monitor.report import Figure, Report
from monitor.report.measure import BRIDGES, CHOSEN, PEOPLE, Counts, Definition, Face, Measure, Reading

_SEEN = "On its own it would be mistaken for people reached, so the likely range is shown instead."


def _count(counts: Counts) -> Reading:
    crowd = counts.crowd
    return Reading(crowd.followers if crowd.followers_known else None, crowd.followers_known, crowd.authors)


def is_ceiling(figure: Figure) -> bool:
    """Return whether the followers of enough accounts are known to call their sum a ceiling."""
    return 3 * figure.known >= 2 * figure.of


def _title(report: Report) -> str:
    is_whole = is_ceiling(report.figures["ceiling"])
    return MEASURE.definition.title if is_whole else "Known followers"


MEASURE = Measure(
    key="ceiling",
    order=50,
    definition=Definition(
        title="Audience ceiling",
        version=2,
        what="The most followers who could have seen the posts.",
        formula="The followers of each account, once, as of its last post on these dates; without a"
        " bridge's account when the account it copies is counted.",
        limits="An upper bound, not people reached: most followers do not see a given post, and one person"
        " may follow many of these accounts. Where followers are known for fewer than two thirds of the"
        " accounts, it is not an upper bound and is called “known followers”.",
    ),
    sql=f"""SELECT sum(followers), count(followers), count(*) FROM (
  SELECT p.followers,
    row_number() OVER (PARTITION BY p.author_id ORDER BY p.created_at DESC, p.id DESC) AS place
  {CHOSEN.replace("WHERE", "  WHERE")}
  AND p.author_id NOT IN {BRIDGES})
WHERE place = 1;""",
    unit=PEOPLE,
    count=_count,
    title_of=_title,
    absent={
        Face.OVERVIEW: "It is in the likely seen tile.",
        **dict.fromkeys((Face.SHARED, Face.MAIL, Face.BRIEF, Face.SLIDES), _SEEN),
    },
)
