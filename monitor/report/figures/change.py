"""What a number is compared with. It is no number of its own: each that is counted carries it."""

from monitor.report.measure import Definition, Face, Measure

MEASURE = Measure(
    key="change",
    order=80,
    definition=Definition(
        title="Change",
        version=2,
        what="The same number in the days just before, and in a usual week.",
        formula="Only times of which the same platforms were collected, for nine tenths of the time or"
        " more, are compared. A day that is not over is left out, with its like in the days before. A"
        " usual week is the median of such weeks among the 8 before, of which at least 4 are needed. The"
        " usual range is the one in which nine of ten more weeks of the kind would lie, by how much the"
        " days of those weeks differ and by how few weeks are known. Words such as 'rose' and 'fell' are"
        " used only outside that range.",
        limits="A week that was not collected well enough is left out. A change says nothing of its cause.",
    ),
    remarks=(
        "The SQL of a number gives it for other days, too: put those days for `:first` and `:last`.",
        "A usual week is given for windows of seven days.",
        "A window that is not over can have risen already; that it fell is not said before its last day has"
        " passed.",
    ),
    absent=dict.fromkeys(Face, "Each counted number carries its own change."),
)
