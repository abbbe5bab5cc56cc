"""What a number is compared with. It is no number of its own: each that is counted carries it."""

from monitor.report.measure import Definition, Face, Measure

MEASURE = Measure(
    key="change",
    order=80,
    definition=Definition(
        title="Change",
        version=4,  # from 3 on, counted over the same sources, hours and words; from 4 on, along a slow trend
        what="The same number for the days just before, and for a usual week.",
        formula="Like is compared with like: the same sources, hours of the week and search words each"
        " time. A source counts only if it covered nine tenths of each period. Left out are bridged"
        " copies, entries made by hand, whatever a file or a look back added to time already covered, and the"
        " posts of people who have been erased, of whom no more come in."
        " Likes and other reactions are compared as they stood at the same age. Days that are not over"
        " have to wait. If under half of the posts can be compared, nothing is. A usual week is the median"
        " of those among the 8 before that can be compared, at least 4; where at least 6 rise or fall slowly"
        " and clearly, by up to 5% a week, it follows that trend. About nine in ten ordinary weeks lie in the"
        " usual range. Words such as 'busier' are used only far outside it.",
        limits="What was left out is listed. A change says nothing about its cause.",
    ),
    remarks=(
        "A number's SQL also gives it for other days: use those days for `:first` and `:last`. It"
        " includes all posts, even those that are not compared.",
        "Posts that reached us later after the end of an earlier period than the time that has passed"
        " since the end of this one are not counted. A period filled by a look back, or for which a file"
        " is complete, counts in full.",
        "A number is not compared with a time in which it was known for a much larger or smaller part of the"
        " posts or people, as when a platform begins or stops giving likes,"
        " whether or not it gives reposts.",
        "A usual week is given for periods of seven days.",
        "A period that is not over is compared with the same days of earlier ones.",
    ),
    absent=dict.fromkeys(Face, "Each counted number carries its own change."),
)
