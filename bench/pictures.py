"""How often the code of an infographic is read from copies of it: `python -m bench.pictures`.

Eight made-up infographics are shared in seventeen ways each. The controls are a sibling of each on the same
template with a code of its own, photographs, and posters of others, half of these pictures with a code.
"""

import io
import random
import resource
import sys
from collections.abc import Callable, Iterator

import segno
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from bench.ratios import Ratio, table
from monitor.core.errors import MonitorError
from monitor.kit import KitItem
from monitor.kit.channels import ways
from monitor.pictures.qr_codes import qr_codes

WIDTH, HEIGHT = 1080, 1350
_PETITION = "https://petition.parliament.uk/petitions/700000"
_CODE = 220  # pixels of its width, at level Q
_WORDS = (
    "police",
    "officers",
    "our streets",
    "knife crime",
    "a survey",
    "one in three",
    "since 2010",
    "safer",
)
Picture = Image.Image
Way = Callable[[Picture, random.Random], Picture]


def code(number: int, *, sibling: bool = False) -> str:
    """Return what the QR code of an infographic leads to: the kit's own link, for print."""
    item = KitItem(address=_PETITION, code=f"{'b' if sibling else 'a'}{number}")
    return next(way.link for way in ways(item) if way.channel == "print")


def infographic(number: int, *, sibling: bool = False) -> Picture:
    """Return one of eight: a headline, bars, a ring or icons, words, and the code in one of two places."""
    chance = random.Random(f"{number} {sibling}")
    colours = [f"hsl({(number * 47 + turn) % 360}, 65%, {light}%)" for turn, light in ((0, 30), (40, 55))]
    page = Image.new("RGB", (WIDTH, HEIGHT), ("#fff", "#f4efe4", "#14213d")[number % 3])
    draw, ink = ImageDraw.Draw(page), "#fff" if number % 3 == 2 else "#222"
    draw.rectangle((0, 0, WIDTH, 260), fill=colours[0])
    draw.text((50, 60), f"{chance.randint(11, 99)}% say: {chance.choice(_WORDS)}", "#fff", _font(72))
    draw.text((50, 170), " ".join(chance.sample(_WORDS, 3)), "#fff", _font(36))
    for at in range(6):
        long = chance.randint(200, 700)
        draw.rectangle((50, 330 + at * 100, 50 + long, 390 + at * 100), fill=colours[at % 2])
        draw.text((60, 345 + at * 100), chance.choice(_WORDS), "#fff", _font(28))
    for line in range(6):
        draw.text((50, 960 + line * 50), " ".join(chance.choices(_WORDS, k=3)), ink, _font(32))
    place = (WIDTH - _CODE - 40, HEIGHT - _CODE - 40 if number % 2 else 620)
    page.paste(qr(code(number, sibling=sibling), _CODE), place)
    return page


def qr(text: str, width: int) -> Picture:
    """Return a QR code as a picture, with its quiet margin."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", scale=10, border=4)
    return Image.open(out).convert("RGB").resize((width, width), Image.Resampling.LANCZOS)


def photograph(number: int) -> Picture:
    """Return what has no words: soft shapes and noise."""
    chance = random.Random(f"photograph {number}")
    page = Image.effect_noise((WIDTH, HEIGHT), 60).convert("RGB")
    draw = ImageDraw.Draw(page)
    for _ in range(40):
        x, y, wide = chance.randrange(WIDTH), chance.randrange(HEIGHT), chance.randrange(20, 400)
        draw.ellipse((x, y, x + wide, y + wide), fill=tuple(chance.choices(range(256), k=3)))
    return page.filter(ImageFilter.GaussianBlur(4))


def poster(number: int) -> Picture:
    """Return the poster of somebody else in the same style, with a code that leads elsewhere."""
    page = infographic(100 + number)
    others = qr(f"https://elsewhere.example/event/{number}?s=kit-print-a{number % 8}", _CODE)
    page.paste(others, (WIDTH - _CODE - 40, HEIGHT - _CODE - 40 if number % 2 else 620))
    return page


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _as_jpeg(picture: Picture, quality: int = 80) -> Picture:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _narrow(width: int) -> Way:
    return lambda page, _: page.resize((width, width * page.height // page.width), Image.Resampling.LANCZOS)


def _crop(left: float, top: float, right: float, bottom: float) -> Way:
    return lambda page, _: page.crop(
        (int(page.width * left), int(page.height * top), int(page.width * right), int(page.height * bottom))
    )


def _square(page: Picture, _: random.Random) -> Picture:
    top = (page.height - page.width) // 2
    return page.crop((0, top, page.width, top + page.width))


def _within(size: tuple[int, int], box: tuple[int, int, int], colour: str, words: str = "") -> Way:
    """Return a way that shows the page within a larger one, at x and y and so wide, with words around it."""

    def way(page: Picture, _: random.Random) -> Picture:
        x, y, wide = box
        whole = Image.new("RGB", size, colour)
        whole.paste(page.resize((wide, wide * page.height // page.width)), (x, y))
        draw = ImageDraw.Draw(whole)
        for at in (20, size[1] - 90):
            draw.text((40, at), words, "#888" if colour != "#fff" else "#000", _font(52))
        return whole

    return way


def _sticker(page: Picture, chance: random.Random) -> Picture:
    page = page.copy()
    x, y = chance.randrange(80, 500), chance.randrange(350, 800)
    ImageDraw.Draw(page).ellipse((x, y, x + 260, y + 260), fill="#ffcc00", outline="#000", width=6)
    return page


def _altered(page: Picture, _: random.Random) -> Picture:
    page = page.copy()
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 40, WIDTH, 160), fill="#a00")
    draw.text((50, 60), "1% say: it was never so", "#fff", _font(72))
    return page


def _filtered(page: Picture, _: random.Random) -> Picture:
    warm = ImageChops.multiply(page, Image.new("RGB", page.size, "#ffd9a0"))
    return ImageEnhance.Contrast(ImageEnhance.Brightness(warm).enhance(1.1)).enhance(0.75)


def _printed(page: Picture, chance: random.Random) -> Picture:
    """Return a photograph of a print: askew, blurred, lit from one side, with a grain."""
    by = [chance.randint(60, 160) for _ in range(8)]
    corners = (
        -by[0], -by[1], -by[2], page.height + by[3], page.width + by[4], page.height + by[5],
        page.width + by[6], -by[7],
    )  # fmt: skip
    size = (900, 1200)
    shot = page.transform(
        size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="#7a6a58"
    ).filter(ImageFilter.GaussianBlur(1.2))
    light = (
        ImageOps.autocontrast(Image.linear_gradient("L").rotate(90))
        .resize(size)
        .point(lambda v: 140 + v // 3)
    )
    shot = ImageChops.multiply(shot, Image.merge("RGB", [light] * 3))
    return Image.blend(shot, Image.effect_noise(size, 50).convert("RGB"), 0.08)


def _collage(page: Picture, chance: random.Random) -> Picture:
    whole, half = Image.new("RGB", page.size), (page.width // 2, page.height // 2)
    parts = [page, *(photograph(chance.randrange(100)) for _ in range(3))]
    chance.shuffle(parts)
    for at, part in enumerate(parts):
        whole.paste(part.resize(half), (at % 2 * half[0], at // 2 * half[1]))
    return whole.resize((800, 1000))


WAYS: dict[str, Way] = {
    "JPEG of quality 30": lambda page, _: _as_jpeg(page, 30),
    "480 pixels wide": _narrow(480),
    "320 pixels wide": _narrow(320),
    "5 % cropped on each side": _crop(0.05, 0.05, 0.95, 0.95),
    "right quarter cropped: the code is gone": _crop(0, 0, 0.75, 1),
    "cropped to a square": _square,
    "letterbox of a story": _within((1080, 1920), (60, 360, 960), "#101010", "@someone"),
    "screenshot of a phone": _within((1170, 2532), (0, 500, 1170), "#fff", "12:41   Someone, 3 h"),
    "caption of a meme": _within((1080, 1620), (0, 150, 1080), "#fff", "WHEN YOU READ THE FIGURES"),
    "sticker on it": _sticker,
    "altered words": _altered,
    "grey": lambda page, _: ImageOps.grayscale(page).convert("RGB"),
    "filter": _filtered,
    "turned by 4 degrees": lambda page, _: page.rotate(4, Image.Resampling.BICUBIC, fillcolor="#fff"),
    "photograph of a print": _printed,
    "one of four in a collage": _collage,
    "mirrored": lambda page, _: ImageOps.mirror(page),
}


def copies(way: str, numbers: range) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each infographic and its copy, as JPEG as platforms send it."""
    for number in numbers:
        copy = WAYS[way](infographic(number), random.Random(f"{way} {number}"))
        yield number, file(copy)


def file(picture: Picture) -> bytes:
    """Return a picture as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def read(picture: bytes) -> list[str]:
    """Return its codes; none of one that cannot be read."""
    try:
        return qr_codes(picture)
    except MonitorError:
        return []


def readings(way: str, numbers: range = range(8)) -> tuple[int, int]:
    """Return in how many copies the code of the right version was read, and in how many another."""
    right = wrong = 0
    for number, copy in copies(way, numbers):
        texts = read(copy)
        right += code(number) in texts
        wrong += bool(set(texts) - {code(number)})
    return right, wrong


def wrong_of_others(most: int = 30) -> int:
    """Return how many siblings, photographs and posters of others were taken for one of the eight."""
    ours = {code(number) for number in range(8)}
    pictures = [infographic(number, sibling=True) for number in range(min(8, most))]
    pictures += [make(number) for make in (photograph, poster) for number in range(most)]
    return sum(bool(ours & {*read(file(picture))}) for picture in pictures)


def measure() -> list[Ratio]:
    """Return how many codes were read, how many were wrong, and the time for each; print each way."""
    by_way = {way: readings(way) for way in WAYS}
    wrong = sum(count for _, count in by_way.values()) + wrong_of_others()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    each = (spent.ru_utime + spent.ru_stime) * 1000 / (8 * len(WAYS) + 68)
    print("\n".join(f"{right} of 8: {way}" for way, (right, _) in by_way.items()), file=sys.stderr)
    return [
        Ratio(goal="code read in shared copies of 136", value=sum(n for n, _ in by_way.values()), target=118),
        Ratio(goal="wrong codes, of 204 pictures", value=wrong, target=0, at_least=False),
        Ratio(
            goal="ms of a processor for a picture",
            value=each,
            target=400,
            at_least=False,
            note="with the start of its process",
        ),
    ]


if __name__ == "__main__":
    print(table(measure()))
