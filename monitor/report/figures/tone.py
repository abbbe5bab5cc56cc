"""How the posts sound."""

from monitor.core.model import CLEAR_TONES, Tone
from monitor.report import Figure, Report
from monitor.report.measure import CHOSEN, Definition, Face, Measure, Tile, TileLink, TileNote
from monitor.report.wording import NOT_KNOWN, percents, quantity, share_range

_GUESS = "The program's guess is not handed on: what a person's reading of a sample found is."
_PARTS = "It is a number for each tone, not one; the command line and JSON have them."
NOT_CHECKED = "not checked"


def _figure(report: Report) -> Figure:
    clear = sum(report.tones.get(tone, 0) for tone in CLEAR_TONES)
    return Figure(definition="tone", value=report.net_tone, known=clear, of=report.posts.of)


def _words(report: Report) -> str:
    scored = sum(report.tones.values())
    tones = ", ".join(f"{number:,} {tone}" for tone, number in report.tones.items())
    check = "" if report.tone_shares else f"; {NOT_CHECKED}"
    return f"{tones} (of {scored:,} posts, by the program{check})" if scored else NOT_KNOWN


def _tile(report: Report) -> Tile:
    tag = "" if report.tone_shares else NOT_CHECKED
    scored, unclear = sum(report.tones.values()), report.tones.get(Tone.UNCLEAR, 0)
    if not scored:
        return Tile(tag=tag, notes=(TileNote(text="No post has been rated yet"),))
    notes = [TileNote(text="How posts sound, not whom they support")]
    if read := report.tone_shares:
        good, bad = (share_range(read.shares[tone]) for tone in (Tone.POSITIVE, Tone.NEGATIVE))
        notes.append(TileNote(strong="Checked:", text=f"{bad} negative, {good} positive"))
    elif unclear:
        text = f"{quantity(unclear, 'post', 'posts')} unclear, and in none of these shares"
        notes.append(TileNote(text=text, link=TileLink(page="/posts", arguments={"tone": Tone.UNCLEAR})))
    shared = tuple(notes)
    if unscored := report.posts.of - scored:
        number = quantity(unscored, "post", "posts")
        notes.append(TileNote(text=f"{number} not scored: in another language, or not yet"))
    notes.append(TileNote(text="How far to trust it", link=TileLink(page="/tone")))
    parts = {str(tone): percent for tone, percent in percents(report.clear_tones).items()}
    return Tile(tag=tag, parts=parts, notes=tuple(notes), shared=shared)


MEASURE = Measure(
    key="tone",
    order=70,
    definition=Definition(
        title="Tone",
        # 2: the words of the subject are left out, and only texts in English are scored. 3: phrases are, too;
        # a tone is clear from 60 % on, not 45; what is unclear is in no share; what was read corrects them.
        version=3,
        what="How the posts sound: positive, neutral, negative or unclear.",
        formula="Each post's tone as a person has set it, else as the program scored it: by the analyzer"
        " named in the campaign file, which leaves out the words of the subject, such as 'stabbing', unless"
        " it is TextBlob's own. Posts in other languages than English are not scored. The shares are of the"
        " posts whose tone is clear. Where people have read a random sample of these weeks, or of the four"
        " before, the lean of the program in what they read is taken out. Net tone is the share of positive"
        " posts less the share of negative ones.",
        limits="Not checked unless people have read a random sample: then each share has a range that holds"
        " the truth 19 times in 20, and for weeks that were not read 9 times in 10 if the shares are within"
        " ten points of those of the weeks that were. Tone is not support: a post in favour of the campaign"
        " may well sound angry.",
    ),
    sql=f"SELECT p.tone, count(*) {CHOSEN} AND p.tone IS NOT NULL GROUP BY p.tone;",
    figure_of=_figure,
    words_of=_words,
    tile_of=_tile,
    absent={
        **dict.fromkeys((Face.MAIL, Face.BRIEF, Face.SLIDES), _GUESS),
        **dict.fromkeys((Face.CSV, Face.WORKBOOK), _PARTS),
    },
)
