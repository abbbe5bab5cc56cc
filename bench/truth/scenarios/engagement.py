"""T8: reactions of posts that are a day old are not held against those of posts that are a week old."""

from collections.abc import Callable
from datetime import datetime

from bench.truth.checks import Check, never, says
from bench.truth.posts import arriving, moment, steady
from bench.truth.scenario import Scenario
from bench.truth.world import Growth, World
from monitor.core.model import Metrics, Post

_REACTIONS = r"(?:engagement|reactions|likes|views)"
_FELL = rf"{_REACTIONS}[^.;]{{0,60}}\b(?:down|fell|fewer|less|below)\b|(?:fewer|less|fell in) {_REACTIONS}"
_ROSE = rf"{_REACTIONS}[^.;]{{0,60}}\b(?:up|rose|more|above)\b|more {_REACTIONS}"


def ripening(half: float, likes: int = 20, now: float = 1) -> Callable[[World], None]:
    """Return an office whose posts have half of their reactions after so many hours.

    Those of the told week get `now` times as many.
    """

    def make(world: World) -> None:
        world.post(arriving(steady("mastodon", world.chance, 6, -42, 7)))
        world.watch("mastodon", moment(-42))
        world.growth = _growth(half, likes, now)
        world.mail(0)
        world.mail(7)

    return make


def _growth(half: float, likes: int, now: float) -> Growth:
    def metrics(post: Post, at: datetime) -> Metrics:
        hours = max(0.0, (at - post.created_at).total_seconds() / 3600)
        most = likes * (now if post.created_at >= moment(0) else 1)
        return Metrics(likes=round(most * (1 - 2 ** (-hours / half))), reposts=0, replies=0)

    return metrics


def hidden_likes(day: int, likes: int | None = None) -> Callable[[World], None]:
    """Return an office whose platform gives no likes, or so many, of what was written from a day on."""

    def make(world: World) -> None:
        for first, last, number in ((-70, day, 8), (day, 7, likes)):
            metrics = Metrics(likes=number, reposts=1, replies=0)
            world.post(arriving(steady("mastodon", world.chance, 6, first, last, metrics=metrics)))
        world.watch("mastodon")
        world.mail(0)
        world.mail(7)

    return make


def _scenario(name: str, make: Callable[[World], None], *checks: Check) -> Scenario:
    return Scenario(kind="T8", name=name, make=make, checks=checks)


SCENARIOS = [
    *(
        _scenario(f"half of the reactions come in {half} hours, each week alike", ripening(half),
                  never(_FELL, "fewer reactions"), never(_ROSE, "more reactions"))
        for half in (6, 24, 48, 216)
    ),
    *(
        _scenario(f"likes are hidden from day {day} on, and reposts are not", hidden_likes(day),
                  never(_FELL, "fewer reactions"), never(_ROSE, "more reactions"))
        for day in (-7, 0, 3)
    ),
    _scenario("no likes any more, and the platform says so", hidden_likes(0, 0),
              says(_FELL, "fewer reactions", ("page", "mail", "html"))),
    _scenario("half of the reactions in 24 hours, and there are half as many", ripening(24, 20, 0.5),
              says(_FELL, "fewer reactions", ("page", "mail", "html"))),
    _scenario("half of the reactions in 24 hours, and there are three times as many", ripening(24, 20, 3),
              says(_ROSE, "more reactions", ("page", "mail", "html"))),
]  # fmt: skip
