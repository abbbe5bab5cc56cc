"""A trend the size of a word: one line, broken where nothing is known. A decoration beside its number."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

_HEIGHT = 32


def spark(numbers: Sequence[int | None]) -> Markup:
    """Return the line as SVG; empty if fewer than two numbers are known."""
    values = [number for number in numbers if number is not None]
    if len(values) < 2:
        return Markup("")
    lines = "".join(
        f'<polyline points="{" ".join(points)}" vector-effect="non-scaling-stroke"/>'
        for points in _runs(numbers, max(*values, 1))
    )
    wide = len(numbers) - 1
    return Markup(
        f'<svg class="spark" width="100%" height="{_HEIGHT}" viewBox="0 -2 {wide} {_HEIGHT}"'
        f' preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'
    )


def _runs(numbers: Sequence[int | None], most: int) -> Iterator[list[str]]:
    """Yield the points of each stretch of known numbers; one alone is drawn as a dash."""
    run: list[str] = []
    for x, number in enumerate([*numbers, None]):
        if number is not None:
            run.append(f"{x},{(_HEIGHT - 4) * (1 - number / most):.1f}")
        elif run:
            yield run if len(run) > 1 else [*run, f"{x - 0.6},{run[0].split(',')[1]}"]
            run = []
