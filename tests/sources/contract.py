"""What every post of every platform must be, and where each platform says its numbers."""

import runpy
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.core.model import Metrics, Post
from monitor.platform_info import about, names
from monitor.platform_info.post_urls import pointers

METRICS = tuple(Metrics.__dataclass_fields__)

FIXTURES = Path(__file__).parents[1] / "fixtures"
# by platform, where in an item it says each number: beside the post that is expected of its fixture
NUMBERS: dict[str, dict[str, str]] = {
    name: runpy.run_path(str(FIXTURES / name / "post.py"))["NUMBERS"] for name in names()
}


def at(item: Any, path: str) -> Any:
    """Return what is in an item at 'a.b', or at the first of 'a.b|a.c' that is there; None if nothing is."""
    for one in path.split("|"):
        found = item
        for name in one.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is not None:
            return found
    return None


def said(name: str, item: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the numbers that a platform says in an item, read without the code under test."""
    found = {metric: at(item, path) for metric, path in NUMBERS[name].items()}
    numbers = {metric: None if value is None else max(0, int(value)) for metric, value in found.items()}
    return dict.fromkeys((*METRICS, "followers")) | numbers


def kept(post: Post) -> dict[str, int | None]:
    """Return the numbers of a post as we have them."""
    return {metric: getattr(post.metrics, metric) for metric in METRICS} | {
        "followers": post.author.followers
    }


def faults(post: Post, item: Mapping[str, Any]) -> list[str]:
    """Return in what a post breaks the contract; empty for a good one."""
    links = [link for link in (post.url, post.author.url, *post.links) if link]
    texts = [post.id, post.author.id, *([post.reread_key] if post.reread_key is not None else [])]
    return [
        *(f"{text!r} is no text" for text in texts if not isinstance(text, str) or not text),
        *(f"{link!r} is no web address" for link in links if urlsplit(link).scheme not in ("http", "https")),
        *([f"{post.created_at} is not UTC"] if post.created_at.utcoffset() != timedelta(0) else []),
        *([f"{post.platform}: {kept(post)} != {said(post.platform, item)}"]
          if kept(post) != said(post.platform, item) else []),
    ]  # fmt: skip


def leads_back(post: Post) -> bool:
    """Return whether a post's address says which post it is, as far as the platform's addresses do."""
    if about(post.platform).post is None:
        return True
    found = [one for one in pointers(post.url, names()) if one.platform == post.platform]
    ends = (post.id, post.reread_key or "", post.url.rstrip("/"))
    return any(end.endswith(one.id) for one in found for end in ends)


def is_dated(post: Post) -> bool:
    """Return whether the time in a post's address, if it has one, is near that which it says itself."""
    found = [one.written_at for one in pointers(post.url, [post.platform]) if one.written_at]
    return all(abs(written_at - post.created_at) < timedelta(days=1) for written_at in found)
