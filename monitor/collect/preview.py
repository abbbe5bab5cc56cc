"""What sources without a key would bring for some words: each is asked once, and nothing is stored."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from monitor.campaign import Campaign
from monitor.collect import opened
from monitor.core.errors import MonitorError
from monitor.core.model import Outcome, Preview, Query
from monitor.platform_info import about
from monitor.report.wording import moment, quantity
from monitor.sources.shared.http import LATER
from monitor.sources.shared.time_limit import within

SECONDS, _WEEK = 8.0, timedelta(days=7)
_PAGES = 6  # of a source: somebody waits, and the platform gives this for nothing
_TOO_SLOW = "It did not answer in time."


def preview(campaign: Campaign, query: Query, now: datetime, seconds: float = SECONDS) -> tuple[Preview, ...]:
    """Return what each source that is on and needs no key finds for the query, all asked at once.

    None is asked for what has neither a hashtag nor a phrase. Takes about `seconds`, whatever they do.
    """
    on = [name for name in campaign.sources_on if not about(name).keys]
    names = on if query.tags or query.phrases else []
    pool = ThreadPoolExecutor(len(names) or 1, thread_name_prefix="preview")
    futures = {name: pool.submit(_preview, campaign, name, query, now, seconds) for name in names}
    wait(futures.values(), seconds + 1)
    pool.shutdown(wait=False, cancel_futures=True)  # a name that cannot be looked up has no limit of ours
    return tuple(
        future.result() if future.done() else Preview(title=about(name).title, sentence=_TOO_SLOW)
        for name, future in futures.items()
    )


def _preview(campaign: Campaign, name: str, query: Query, now: datetime, seconds: float) -> Preview:
    end, posts, problem = time.monotonic() + seconds, {}, ""
    starts = dict[str, datetime | None]()  # of what each stream has read whole
    try:
        with within(seconds):
            for number, page in enumerate(opened(campaign, name, {}, now).search(query, {})):
                posts.update({post.id: post for post in page.posts if post.created_at >= now - _WEEK})
                problem = problem or (page.detail if page.outcome is not Outcome.COMPLETE else "")
                starts[page.stream] = page.since or starts.get(page.stream)
                if number == _PAGES or time.monotonic() > end:
                    starts["what was not asked any more"] = None
                    break
        problem = problem if starts else "It cannot be searched for these words: give it a hashtag."
    except MonitorError as error:
        problem = str(error)
    newest = sorted(posts.values(), key=lambda post: post.created_at, reverse=True)
    known = [since.astimezone(campaign.zone) for since in starts.values() if since]
    since = max(known) if known and len(known) == len(starts) else None
    sentence = _sentence(len(newest), since, problem.replace(LATER, ""), now)
    return Preview(title=about(name).title, posts=tuple(newest), sentence=sentence)


def _sentence(number: int, since: datetime | None, problem: str, now: datetime) -> str:
    """Return how many posts a source has of the last seven days, and whether these are all."""
    if problem and not number:
        return problem
    posts = quantity(number, "post", "posts")
    if since and since <= now - _WEEK:
        return f"The last seven days would have brought {posts}."
    whole = f"All are shown only from {moment(since)} on." if since else "Whether these are all is not known."
    return f"It shows {posts} from the last seven days. {whole} {problem}".strip()
