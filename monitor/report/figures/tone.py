"""How the posts sound."""

from monitor.report import Figure, Report
from monitor.report.measure import CHOSEN, Definition, Face, Measure, Tile, TileLink, TileNote
from monitor.report.wording import NOT_KNOWN, percents, quantity, tone_checked

_GUESS = "The program's guess is not handed on: what a person's reading of a sample found is."
_PARTS = "It is a number for each tone, not one; the command line and JSON have them."


def _figure(report: Report) -> Figure:
    scored = sum(report.tones.values())
    return Figure(definition="tone", value=report.net_tone, known=scored, of=report.posts.of)


def _words(report: Report) -> str:
    scored = sum(report.tones.values())
    tones = ", ".join(f"{number:,} {tone}" for tone, number in report.tones.items())
    return f"{tones} (of {scored:,} posts; uncalibrated)" if scored else NOT_KNOWN


def _tile(report: Report) -> Tile:
    parts = {str(tone): percent for tone, percent in percents(report.tones).items()}
    if not parts:
        return Tile(tag="uncalibrated", notes=(TileNote(text="No post has been rated yet"),))
    notes = [TileNote(text="How posts sound, not whom they support; the program’s guess")]
    if checked := tone_checked(report):
        notes.append(TileNote(strong="Checked:", text=checked))
    shared = tuple(notes)
    if unscored := report.posts.of - sum(report.tones.values()):
        number = quantity(unscored, "post", "posts")
        notes.append(TileNote(text=f"{number} not scored: in another language, or not yet"))
    notes.append(TileNote(text="How far to trust it", link=TileLink(page="/tone")))
    return Tile(tag="uncalibrated", parts=parts, notes=tuple(notes), shared=shared)


MEASURE = Measure(
    key="tone",
    order=70,
    definition=Definition(
        title="Tone",
        version=2,  # from 2 on, the words of the subject are left out, and only texts in English are scored
        what="How the posts sound: positive, neutral, negative or unclear.",
        formula="Each post's tone as a person has set it, else as the program scored it: by the analyzer"
        " named in the campaign file, which leaves out the words of the subject, such as 'stabbing', unless"
        " it is TextBlob's own. Posts in other languages than English are not scored. Net tone is the share"
        " of positive posts less the share of negative ones, among the posts that have a tone.",
        limits="Uncalibrated unless a person has read a random sample of the week: then the net tone of that"
        " week is told with a range that holds the truth 19 times in 20. Tone is not support: a post"
        " in favour of the campaign may well sound angry.",
    ),
    sql=f"SELECT p.tone, count(*) {CHOSEN} AND p.tone IS NOT NULL GROUP BY p.tone;",
    figure_of=_figure,
    words_of=_words,
    tile_of=_tile,
    absent={
        **dict.fromkeys((Face.CHANGED, Face.MAIL, Face.BRIEF, Face.SLIDES), _GUESS),
        **dict.fromkeys((Face.CSV, Face.WORKBOOK), _PARTS),
    },
)
