"""Weights of a transformer that is small enough to be reckoned by hand; they mean nothing."""

import numpy as np

from monitor.tone.transformer import HEADS

WIDTH, WIDE, LAYERS, WORDS, PLACES = 2 * HEADS, 30, 2, 9, 128
WHOLE = {
    "attention": (WIDTH, 3 * WIDTH),
    "told": (WIDTH, WIDTH),
    "wide": (WIDTH, WIDE),
    "narrow": (WIDE, WIDTH),
}


def weights():
    """Return arrays by their names, of whole numbers with scales, as a package has them."""
    chance = np.random.default_rng(5)

    def some(*shape):
        return chance.normal(size=shape).astype(np.float32)

    made = {
        "layers": np.int64(LAYERS),
        "places": some(PLACES, WIDTH),
        "words.scale": abs(some(WORDS, 1)) / 50,
        "words": chance.integers(-127, 128, (WORDS, WIDTH)).astype(np.int8),
    }
    columns = {"tones": (WIDTH, 3)} | {f"{n}.{k}": v for n in range(LAYERS) for k, v in WHOLE.items()}
    for name, shape in columns.items():
        made[name] = chance.integers(-127, 128, shape).astype(np.int8)
        made |= {f"{name}.scale": abs(some(shape[1])) / 200, f"{name}.bias": some(shape[1])}
    for name in ("begin", *(f"{n}.{k}" for n in range(LAYERS) for k in ("first", "second"))):
        made |= {f"{name}.norm": some(WIDTH), f"{name}.norm.bias": some(WIDTH)}
    return made
