"""A track's part of all posts. It is a table of all tracks, not a number of the one that is shown."""

from monitor.report.measure import Definition, Face, Measure

MEASURE = Measure(
    key="share",
    order=90,
    definition=Definition(
        title="Share",
        version=2,  # from 2 on, over time in which all tracks were watched
        what="A track's part of the posts of all tracks.",
        formula="The track's posts divided by the posts of all tracks added up, on days when every source"
        " covered at least nine tenths of the time for all of them. Other posts are not counted.",
        limits="A post that belongs to two tracks counts in both. Not known if there was no such day.",
    ),
    sql="""SELECT t.track, count(*) FROM posts p JOIN post_tracks t ON t.post_id = p.id
WHERE p.day BETWEEN :first AND :last GROUP BY t.track;""",
    remarks=("The SQL gives the posts of each track, including days on which not every track was covered.",),
    absent=dict.fromkeys(Face, "It is a table of all tracks, on the overview and in JSON."),
)
