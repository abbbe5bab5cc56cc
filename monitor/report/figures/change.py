"""What a number is compared with. It is no number of its own: each that is counted carries it."""

from monitor.report.measure import Definition, Face, Measure

MEASURE = Measure(
    key="change",
    order=80,
    definition=Definition(
        title="Change",
        version=3,  # from 3 on, counted over the same sources, hours and words in all times
        what="The same number in the days just before, and in a usual week.",
        formula="All times are counted alike. Only sources count that saw nine tenths of each time or more,"
        " without the hours of the week that one of them missed. Posts do not count that only a hashtag or"
        " phrase found which was not asked for all the time, that a bridge copied, that people entered, or"
        " that a file or a look back added to time that was watched; and posts that came later after the end"
        " of an earlier time than is over since the end of this one. Likes and the like are compared at equal"
        " age, as they had been read then. A time that a look back filled, or of which a file is everything,"
        " counts in full. A day that is not over is left out, with its like in the days before. Under half of"
        " the posts, nothing is compared. A usual week is the median of such weeks among the 8 before, of"
        " which at least 4 are needed. The usual range is the one in which nine of ten more weeks of the kind"
        " would lie, by how much the days of those weeks differ and by how few weeks are known. Words such as"
        " 'busier' are used only far outside that range, for what is told first is chosen among many.",
        limits="What was left out is named. A week that was not collected well enough is left out. A change"
        " says nothing of its cause.",
    ),
    remarks=(
        "The SQL of a number gives it for other days, too: put those days for `:first` and `:last`. It has"
        " all posts, also those that are not compared.",
        "A usual week is given for windows of seven days.",
        "A window that is not over is compared with the same days of earlier ones.",
    ),
    absent=dict.fromkeys(Face, "Each counted number carries its own change."),
)
