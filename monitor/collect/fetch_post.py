"""Asking a platform for one post, by its address."""

from collections.abc import Mapping
from datetime import datetime

from monitor.campaign import Campaign
from monitor.collect import opened
from monitor.core.errors import ConfigError, SourceError
from monitor.core.model import Pointer
from monitor.sources.contract import KnownPost, Rereads, Spends
from monitor.why_missing import PlatformAnswer


def fetch_post(
    campaign: Campaign, env: Mapping[str, str], pointer: Pointer, now: datetime
) -> PlatformAnswer | None:
    """Return what a platform says of a post now; None where it cannot be asked, or only for money.

    Nothing is stored. Only the platform's own interface is asked, never the address.
    """
    settings = campaign.sources.get(pointer.platform)
    if not pointer.reread_key or settings is None or not settings.on:
        return None
    post = KnownPost(id="" if pointer.server else pointer.reread_key, reread_key=pointer.reread_key)
    try:
        platform = opened(campaign, pointer.platform, env, now)
        if isinstance(platform, Spends) or not isinstance(platform, Rereads):
            return None
        pages = list(platform.reread([post]))
    except (SourceError, ConfigError):
        return None
    if any(page.deleted_authors for page in pages):
        return PlatformAnswer(is_private=True)
    if posts := [post for page in pages for post in page.posts]:
        return PlatformAnswer(post=posts[0])
    return PlatformAnswer() if any(page.deleted for page in pages) else None
