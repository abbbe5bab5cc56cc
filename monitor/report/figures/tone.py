"""How the posts sound."""

from collections.abc import Iterator

from monitor.core.model import CLEAR_TONES, Tone
from monitor.report import Figure, Report, ToneShares
from monitor.report.measure import CHOSEN, Definition, Face, Measure, Tile, TileLink, TileNote
from monitor.report.wording import NOT_KNOWN, RESCORING, points, quantity, share_range, window_words

_GUESS = "The program's estimate is not passed on; only what people found in a sample they read is."
_PARTS = "It is a number for each tone, not one; the command line and JSON have them."
_MEANT = "How posts sound, not whom they support"
NOT_CHECKED = "not checked"
_WHY = "that could show what single people think"


def _figure(report: Report) -> Figure:
    clear = sum(report.tones.get(tone, 0) for tone in CLEAR_TONES)
    return Figure(definition="tone", value=report.net_tone, known=clear, of=report.posts.of)


def _words(report: Report) -> str:
    tones = ", ".join(f"{number:,} {tone}" for tone, number in report.tones.items())
    check = "" if report.tone_shares else f"; {NOT_CHECKED}"
    if report.is_rescoring:
        return "Being scored again"
    if sum(report.tones.values()):
        rest = "".join(f"; {words}" for words in _held_back(report))
        return f"{tones} (of {_of(report):,} posts, by the program{check}{rest})"
    return NOT_KNOWN if report.tones or not report.posts.value else f"not shown: {_WHY}"


def _of(report: Report) -> int:
    """Return of how many posts the tones are: of those scored, unless some of these may not be told."""
    return sum(report.tones.values()) if len(report.tones) == len(Tone) else report.posts.of


def _held_back(report: Report) -> Iterator[str]:
    """Yield of how many posts the tone is not told, and why; nothing if there are none."""
    if rest := _of(report) - sum(report.tones.values()):
        yield f"{quantity(rest, 'other', 'others')} not shown separately: {_WHY}"


def _tile(report: Report) -> Tile:
    tag = "" if report.tone_shares else NOT_CHECKED
    if not sum(report.tones.values()):
        if not report.tones and report.posts.value:
            return Tile(tag=tag, words="not shown", notes=(TileNote(text=_WHY.capitalize()),))
        return Tile(tag=tag, notes=(TileNote(text="No post has been scored yet"),))
    if report.is_rescoring:
        shared = (TileNote(text=RESCORING), TileNote(text=_MEANT))
        return Tile(shared=shared, notes=(*shared, *_office(report)))
    return _estimate(report, report.tone_shares) if report.tone_shares else _counts(report)


def _estimate(report: Report, read: ToneShares) -> Tile:
    """Return ranges, and how many posts are in none. A range has no posts of its own that it could open."""
    good, even, bad = (share_range(read.shares[tone]) for tone in CLEAR_TONES)
    low, high = read.shares[Tone.POSITIVE].low, read.shares[Tone.POSITIVE].high
    unclear = f"{report.tones.get(Tone.UNCLEAR, 0):,} of {sum(report.tones.values()):,}"
    notes = (
        TileNote(strong=f"{bad} negative;", text=f"{unclear} posts unclear", link=_posts(Tone.UNCLEAR)),
        TileNote(strong="Checked:", text=f"{bad} negative, {even} neutral, {good} positive"),
        TileNote(text="Estimated from posts that people read; shares are of the posts with a clear tone"),
        TileNote(text=_MEANT),
    )
    return Tile(
        words=good, unit="positive", link=TileLink(page="/tone"), shared=notes,
        bar=(("", low), (Tone.POSITIVE, max(high - low, 2)), ("", 100 - high)),
        notes=(*notes, *_office(report)),
    )  # fmt: skip


def _counts(report: Report) -> Tile:
    """Return how the program scored the posts: as nobody has checked it, no share of them is told."""
    notes = [TileNote(text=_MEANT)]
    if check := report.checked:
        net, low, high = (points(one) for one in (check.net.value, check.net.low, check.net.high))
        text = f"net {net} ({low} to {high}), {window_words(check.week)}"
        notes.append(TileNote(strong="Read by people:", text=text))
    counts, of = {str(tone): number for tone, number in report.tones.items()}, _of(report)
    notes += [TileNote(text=words) for words in _held_back(report)]
    first, rest = next(iter(counts)), of - sum(counts.values())
    return Tile(
        tag=NOT_CHECKED, link=_posts(Tone(first)), notes=(*notes, *_office(report)), shared=tuple(notes),
        words=f"{counts.pop(first):,}", unit=f"of {of:,} {first}", parts=counts,
        bar=(*((tone, 100 * number / of) for tone, number in report.tones.items()), ("", 100 * rest / of)),
    )  # fmt: skip


def _posts(tone: Tone) -> TileLink:
    return TileLink(page="/posts", arguments={"tone": tone})


def _office(report: Report) -> Iterator[TileNote]:
    """Yield what a shared page does not tell."""
    if unscored := report.posts.of - _of(report):
        number = quantity(unscored, "post", "posts")
        yield TileNote(text=f"{number} not scored: in another language, or still waiting")
    yield TileNote(text="How reliable is this?", link=TileLink(page="/tone"))


MEASURE = Measure(
    key="tone",
    order=70,
    definition=Definition(
        title="Tone",
        # 2: the words of the subject are left out, and only texts in English are scored. 3: phrases are, too;
        # a tone is clear from 60 % on, not 45; what is unclear is in no share; what was read corrects them.
        # 4: what was read at any time does, too, and labels adjust the analyzer where that helps.
        version=4,
        what="How the posts sound: positive, neutral, negative or unclear.",
        formula="Each post's tone as set by a person, or otherwise as scored by the program: by the"
        " analyzer named in the campaign file, which ignores the words of the subject, such as 'stabbing',"
        " unless it is TextBlob's own, adjusted to what people chose where that helps. Only posts in English"
        " are scored. The shares are of posts with a clear tone. Where people have read a random sample of"
        " these weeks, or of the four before, or 200 posts of all samples, the program's bias in these is"
        " corrected. Net tone is the share of positive posts minus the share of negative ones.",
        limits="Not checked unless people have read a random sample. Then each share has a range that"
        " includes the true figure 19 times in 20; for weeks nobody has read, 9 times in 10 if the shares are"
        " within ten points of the weeks that were read. Tone is not support: a post in favour of the"
        " campaign may well sound angry. What fewer than five people are behind is not shown.",
    ),
    sql=f"SELECT p.tone, count(*) {CHOSEN} AND p.tone IS NOT NULL GROUP BY p.tone;",
    figure_of=_figure,
    words_of=_words,
    tile_of=_tile,
    basis_of=lambda report: "",  # its words have it
    absent={
        **dict.fromkeys((Face.MAIL, Face.BRIEF, Face.SLIDES), _GUESS),
        **dict.fromkeys((Face.CSV, Face.WORKBOOK), _PARTS),
    },
)
