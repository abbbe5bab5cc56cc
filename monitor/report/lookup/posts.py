"""Look up the posts that are shown, as they are shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.archive.values import DeskCard, PostRow
from monitor.core.normal_text import normal
from monitor.manual_entry import place_of
from monitor.report import OwedReply, ShownPost, Window
from monitor.report.lookup import Lookup
from monitor.report.wording import host, link

_LATEST = 30  # posts: days that have no more are shown whole


def lists(
    lookup: Lookup, cards: Sequence[DeskCard]
) -> tuple[tuple[ShownPost, ...], tuple[ShownPost, ...], tuple[OwedReply, ...]]:
    """Return the latest posts, those with most reactions, and those that are owed a reply."""
    archive = lookup.archive
    latest = archive.posts.newest(lookup.scope, most=_LATEST)
    top = archive.posts.by_ids(archive.stats.top_post_ids(lookup.scope))
    shown_posts = posts(lookup, [*latest, *top, *archive.posts.by_ids([card.posts[0] for card in cards])])
    replies = (
        OwedReply(
            post=shown_posts[card.posts[0]], posts=card.posts, by=card.by, since=card.since,
            due=card.due or lookup.today,
        )
        for card in cards
    )  # fmt: skip
    folds = archive.posts.folds([*shown_posts])
    newest, loudest = (_folded([shown_posts[row.id] for row in rows], folds) for rows in (latest, top))
    return newest, loudest, tuple(replies)


def without_imprint(lookup: Lookup, window: Window) -> tuple[int, ...]:
    """Return the campaign's own posts of these days whose text lacks the words of the imprint."""
    own = lookup.campaign.own
    if not own.imprint or not own.accounts:
        return ()
    words, posts = normal(own.imprint), lookup.archive.posts
    rows = posts.of_accounts(own.handles, window.first, window.last)
    return tuple(row.id for row in rows if row.text and not row.mark and words not in normal(row.text))


def _folded(posts: Iterable[ShownPost], folds: Mapping[int, int]) -> tuple[ShownPost, ...]:
    """Return of the posts in the same words the first."""
    firsts: dict[tuple[bool, int], ShownPost] = {}
    for post in posts:
        fold = (post.id in folds, folds.get(post.id, post.id))
        firsts[fold] = replace(first, alike=first.alike + 1) if (first := firsts.get(fold)) else post
    return tuple(firsts.values())


def posts(lookup: Lookup, rows: Sequence[PostRow]) -> dict[int, ShownPost]:
    ids = [row.id for row in rows]
    pages = tuple(f"{host(page)}/" for page in lookup.campaign.petition)
    settled = lookup.archive.marks.settled(ids, lookup.campaign.own.handles)
    new = lookup.archive.stats.new_voices(lookup.scope, ids) if lookup.had_begun else ()
    return {
        row.id: ShownPost(
            id=row.id, platform=row.platform, url=link(row.url or "") or "", handle=row.handle,
            name=row.name, text=row.text, created_at=row.created_at.astimezone(lookup.campaign.zone),
            metrics=row.metrics, seen_in=place_of(row.platform, row.native_id),
            is_marked=row.mark is not None, is_settled=row.id in settled,
            is_petition=any(f"{host(url)}/".startswith(pages) for url in filter(link, row.terms_of("link"))),
            is_new_voice=row.id in new,
        )
        for row in rows
    }  # fmt: skip
