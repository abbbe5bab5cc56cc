"""Every post, searched and filtered; and the work that people do on posts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from dashboard.access import may, need, note, who
from dashboard.filters import DATES, Choice, number
from dashboard.posts import actions
from dashboard.services import services
from monitor.archive import ArchiveReader
from monitor.archive.conversations import ThreadItem
from monitor.archive.posts.annotations import Label, PostAnnotations, Stance
from monitor.archive.query.criteria import MOST_COUNTED, Criteria, Cursor, Filter, Order, Total
from monitor.archive.values import IMPORT, Mark, Origin, PostRow
from monitor.core.model import LONGEST_THREAD, Metrics, Tone
from monitor.core.normal_text import cleaned
from monitor.core.text import fingerprint, normal_tag
from monitor.export.evidence import LONGEST
from monitor.kit import KitUse
from monitor.manual_entry import BY_HAND, place_of
from monitor.report import wording as words
from monitor.report.anonymise import nameless_row
from monitor.report.window import tells_opinions
from monitor.report.wording import title_of

SHOWN = 15  # posts on a page: more would be far to scroll on a phone
_LOOKING = " (still looking through older posts)"
_LONGEST = 200  # characters of a filter
_ORDERS = {Order.NEWEST: "newest first", Order.BIGGEST: "top first"}
_KIT = {
    KitUse.EXACT: "word for word", KitUse.NEAR: "with changes", KitUse.OWN: "in their own words",
    KitUse.PART: "its link or picture, in their own words", None: "",
}  # fmt: skip
_One = TypeVar("_One", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSearch(Criteria):
    """What an address asks for, besides days, track and platforms."""

    typed: str = ""  # as it stands in the box; `words` names nobody to those who are not to know

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments of an address that asks for the same again."""
        return {
            "q": self.typed, "author": self.author, "tag": self.tag, "place": self.place, "theme": self.theme,
            "tone": self.tone, "kit": self.kit, "stance": self.stance, "mark": self.mark,
            "new": "yes" if self.new_voices else None, "ids": ".".join(map(str, self.ids)), "like": self.like,
            "order": None if self.order == Order.NEWEST else self.order,
        }  # fmt: skip

    @property
    def about(self) -> str:
        """Return how a line of the trail begins: by the archive's number of the person asked for, if any."""
        return f"person {self.author}: " if self.author else "person: " if self.is_of_person else ""

    def filter(self, archive: ArchiveReader, choice: Choice) -> Filter:
        """Return what the archive is asked for."""
        campaign = services().campaign
        return Filter(
            scope=choice.scope(archive),
            named_place=campaign.gazetteer.key_of(self.words), own=campaign.own.handles,
            **{field.name: getattr(self, field.name) for field in fields(Criteria)},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView(PostRow):
    """A post as the page shows it, at its time by the campaign's clock.

    Either who posted is known, or how it sounds or what a person said of it: its `tone` or `stance`.
    """

    author: int
    work: PostAnnotations
    seen_in: str
    stance: Label | None = None
    set_by: str = ""  # who set the tone or stance
    words: str | None = None  # by what its text is known where no number may tell whose it is
    alike: int = 0  # posts in the same words that it stands for

    @property
    def who(self) -> str:
        """Return the writer's public handle, or what stands in for it."""
        return self.handle or self.name or "Someone"


page = Blueprint("posts", __name__)
page.post("/posts/work")(actions.work)


@page.get("/posts")
def show() -> str | Response:
    choice, search = services().choice(), search_of(request.args)
    if "" in request.args.values():  # a form sends its empty fields too; an address should be short
        return redirect(choice.address("/posts", **search.arguments))
    return render_template("posts.html", **_context(choice, search))


@page.get("/posts/<row:post_id>")
def detail(post_id: int, wrong: str = "") -> str:
    services().choice()
    common = _common()
    with services().read() as archive:
        author = archive.posts.author_of(post_id)
        posts = views(archive, {post_id: author}) if author else []
        history = archive.marks.history(post_id)
        origin, pictures = archive.posts.origin(post_id), archive.posts.pictures(post_id)
        copies = [_visible(row) for row in archive.posts.copies(post_id)]
        thread, unanswered = _conversation(archive, post_id)
    if not posts:
        abort(404, "This post is not in the archive, or was removed from it. Go back to the posts.")
    return render_template(
        "post.html", p=posts[0], pictures=pictures, copies=copies, thread=thread, unanswered=unanswered,
        most=LONGEST_THREAD, history=history, line=actions.history_line,
        origin=origin_words(origin) if origin else "", wrong=wrong,
        first=services().today + timedelta(days=1), last=services().today + LONGEST, **common,
    )  # fmt: skip


def _conversation(
    archive: ArchiveReader, post: int
) -> tuple[list[tuple[ThreadItem, PostView | None]], set[int]]:
    """Return the conversation that a post is in, and which of it wait for an answer of the campaign's own."""
    own = services().campaign.own.handles
    items = archive.conversations.of(post, own)
    authors = {item.post: item.author or 0 for item in items if item.post}
    members = {view.id: view for view in views(archive, authors)}
    thread = [(item, members.get(item.post or 0)) for item in items]
    since = min((view.created_at for view in members.values()), default=services().now())
    return thread, {*archive.conversations.unanswered(own, since)} & members.keys()


@page.post("/posts")
def label() -> Response:
    """Say of posts, known by their words alone, how they sound or whom they support."""
    choice, search = services().choice(), search_of(request.args)
    if not search.is_of_opinion:  # elsewhere writers are named, and an answer could tell what they think
        abort(400, "Filter the posts by a tone or a stance first. Both are set only where nobody is named.")
    words, most = {*request.form.getlist("words")}, _start() + 2 * SHOWN
    with services().read() as archive:
        query = search.filter(archive, choice)
        ids = archive.post_query.page(query, most=most).ids if archive.opinions.is_safe(query) else ()
        ids = tuple(row.id for row in archive.posts.by_ids(ids) if fingerprint(row.text) in words)
    return actions.label(ids)


def _context(choice: Choice, search: PostSearch) -> dict[str, Any]:
    common = _common()
    with services().read() as archive:
        query = search.filter(archive, choice)
        is_safe = not search.is_of_opinion or (
            tells_opinions(choice.window, choice.today, services().began())
            and archive.opinions.is_safe(query)
        )
        list_of = _opinions if search.is_of_opinion else _with_names
        posts, after = list_of(archive, query) if is_safe else ([], None)
        total = archive.post_query.total(query) if is_safe else None
        if total and (search.is_of_opinion or search.like or search.ids):  # such a list is not folded
            total = replace(total, folds=total.posts)
        similar = archive.post_query.similar(query) if is_safe and not posts else None
        ways = _ways(archive, choice, search.typed) if search.typed else []
        current = archive.themes.current()
        themes = {str(theme.id): theme.name + _LOOKING * (not theme.is_counted) for theme in current}
        author = archive.people.name_of(search.author) if search.author is not None else None
    here = choice.address("/posts", **search.arguments)
    by = (author and author[1]) or "an account without a name"
    if search.is_of_person:
        note(f"{search.about}looked at their posts")
    at = choice.address("/posts", **search.arguments, after=request.args.get("after"))
    return common | {
        "posts": posts, "search": search, "total": total, "at": at, "most": MOST_COUNTED,
        "sentence": sentence(total, search.order) if is_safe else "Not shown",
        "filters": filters(choice, search, by, themes.get(search.theme, "not kept any more")),
        "themes": themes, "here": here, "is_first": "after" not in request.args, "is_safe": is_safe,
        "why": request.args.get("why"), "explanation": services().why,
        "similar": similar and (similar, choice.address("/posts", **(search.arguments | {"q": similar}))),
        "ways": ways,
        "next": choice.address("/posts", **search.arguments, after=after) if after else None,
    }  # fmt: skip


def _with_names(archive: ArchiveReader, query: Filter) -> tuple[list[PostView], str | None]:
    read = archive.post_query.page if query.like or query.ids else archive.post_query.folded
    listed = read(query, after=cursor_of(), most=SHOWN)
    posts = [replace(post, alike=listed.alike.get(post.id, 0)) for post in views(archive, listed.authors)]
    return posts, str(listed.next) if listed.next else None


def _opinions(archive: ArchiveReader, query: Filter) -> tuple[list[PostView], str | None]:
    """Return a page of posts with their tone or stance, without what says whose they are; and the next one.

    Pages are counted here, for a cursor would name the last post.
    """
    start = _start()
    listed = archive.post_query.page(query, most=start + SHOWN)
    authors = dict(islice(listed.authors.items(), start, None))
    posts = [_opinion(post, "tone" if query.tone else "stance") for post in views(archive, authors)]
    return posts, str(start + SHOWN) if listed.next and start < MOST_COUNTED else None


def _opinion(post: PostView, field: str) -> PostView:
    latest, bare = post.work.latest(field), nameless_row(post)
    labels = tuple(label for label in post.work.labels if label.field == field)
    return replace(
        bare, id=0, native_id="", metrics=Metrics(), tone=post.tone if field == "tone" else None, author=0,
        work=PostAnnotations(labels=labels), seen_in="", set_by=_by(latest), words=fingerprint(post.text),
        stance=latest if field == "stance" else None,
    )  # fmt: skip


def _start() -> int:
    return min(number(request.args.get("after", "")) or 0, MOST_COUNTED)


def _ways(archive: ArchiveReader, choice: Choice, words: str) -> list[tuple[str, str]]:
    """Return links to what a question may be the name of: a place, a hashtag, accounts."""
    gazetteer, tag = services().campaign.gazetteer, normal_tag(words)
    place = gazetteer.key_of(words)
    links = [(f"posts that mention {gazetteer.title(place)}", {"place": place})] if place else []
    links += [(f"posts tagged #{tag}", {"tag": tag})] if archive.post_query.has_tag(tag) else []
    if may("editor"):
        links += [
            (f"posts by {handle} on {title_of(platform)}", {"author": str(author)})
            for author, platform, handle in archive.people.accounts(words.lstrip("@"))
        ]
    return [(text, choice.address("/posts", **arguments)) for text, arguments in links]


def _common() -> dict[str, Any]:
    with services().read() as archive:  # before the posts: what was done since is noticed
        last_act = archive.marks.last_act()
    return {
        "last_act": last_act, "acts": actions.ACTS,
        "did": actions.result(), "tones": list(Tone), "stances": list(Stance), "marks": list(Mark),
        "back": request.full_path,
    }  # fmt: skip


def views(archive: ArchiveReader, authors: Mapping[int, int]) -> list[PostView]:
    """Return posts, given with their authors, and the work on them, as whoever looks at them may see them."""
    ids = list(authors)
    worked = archive.annotations.of_posts(ids)
    return [
        _post(_visible(row), authors[row.id], worked.get(row.id, PostAnnotations()))
        for row in archive.posts.by_ids(ids)
    ]


def _visible(row: PostRow) -> PostRow:
    """Return a post as whoever looks at it may see it."""
    return row if may("editor") else nameless_row(row)


def _post(row: PostRow, author: int, annotations: PostAnnotations) -> PostView:
    row = replace(row, created_at=row.created_at.astimezone(services().campaign.zone))
    return PostView(
        **{field.name: getattr(row, field.name) for field in fields(row)}, author=author,
        work=annotations, seen_in=place_of(row.platform, row.native_id),
    )  # fmt: skip


def origin_words(origin: Origin) -> str:
    """Return what brought a post and when, and as of when its numbers are, as sentences."""
    zone = services().campaign.zone
    since, reading = (f"{at.astimezone(zone):%-d %B %Y, %H:%M}" for at in (origin.stored_at, origin.read_at))
    if origin.source == BY_HAND:
        return f"Entered by hand on {since}."
    if origin.source == IMPORT:
        name = origin.stream.removeprefix(f"{IMPORT}:") if may("editor") else ""
        return f"From the file {name}".rstrip() + f", imported on {since}. Its numbers are from {reading}."
    return f"Found on {title_of(origin.source)} on {since}. Its numbers are from {reading}."


def _by(label: Label | None) -> str:
    if label is None:
        return "automatic"
    return "set by you" if label.by == who().name else f"set by {label.by}"


def sentence(total: Total | None, order: Order) -> str:
    """Return how many posts there are, in which order they come, and how many are shown with others."""
    if total is None:
        return f"Many posts, {_ORDERS[order]}"
    if not total.posts:
        return "No posts"
    if total.more:
        return f"More than {MOST_COUNTED:,} posts, {_ORDERS[order]}"
    head, together = f"{words.quantity(total.posts, 'post', 'posts')}, {_ORDERS[order]}", ""
    if total.folds is None:
        together = "; those in the same words are grouped"
    elif folded := total.posts - total.folds:
        together = f"; {folded:,} of them grouped with others in the same words"
    return head + together


def filters(choice: Choice, search: PostSearch, author: str, theme: str) -> list[tuple[str, str]]:
    """Return each filter in words, with the address of the same page without it."""
    place = services().campaign.gazetteer.title(search.place)
    labels = {
        "q": f"words: {search.typed}", "author": f"by {author}", "tag": f"#{search.tag.lstrip('#')}",
        "place": f"mentions: {place}", "theme": f"theme: {theme}", "kit": f"share kit: {_KIT[search.kit]}",
        "tone": f"tone: {search.tone}", "stance": f"stance: {search.stance}",
        "mark": f"marked “{actions.mark_title(search.mark)}”", "new": "new voices only",
        "ids": f"only {words.quantity(len(search.ids), 'post', 'posts')} chosen together",
        "like": "in the same words",
    }  # fmt: skip
    links = [
        (text, choice.address("/posts", **(search.arguments | {name: None})))
        for name, text in labels.items()
        if search.arguments[name] not in (None, "")
    ]
    for name in sorted(choice.platforms):
        others = sorted(choice.platforms - {name})
        links.append((f"on {name}", choice.address("/posts", **search.arguments, platform=others)))
    if choice.period == DATES:
        dates = words.window_words(choice.window)
        links.append((dates, choice.address("/posts", **search.arguments, since=None, until=None)))
    return links


def search_of(args: Mapping[str, str]) -> PostSearch:
    """Return what the address asks for; ends the request with 400 if it makes no sense."""
    author = None
    if args.get("author"):
        if not (author := number(args["author"])):
            abort(400, "There is no such account. Choose one on the People page.")
        need("editor")
    tone, stance = _one_of(Tone, args.get("tone", "")), _one_of(Stance, args.get("stance", ""))
    typed = _text(args, "q")
    search = PostSearch(
        typed=typed, words=typed if may("editor") else cleaned(typed).replace("@", ""), author=author,
        tag=_text(args, "tag"), place=_text(args, "place"), theme=_text(args, "theme"),
        kit=_one_of(KitUse, args.get("kit", "")), mark=_one_of(Mark, args.get("mark", "")),
        tone=tone, stance=stance,
        new_voices=args.get("new") == "yes", ids=_ids(args.get("ids", "")), like=number(args.get("like", "")),
        order=_one_of(Order, args.get("order", "")) or Order.NEWEST,
    )  # fmt: skip
    if search.is_of_person and (tone or stance):
        abort(
            400,
            "Tone and stance are never listed for one person: this program keeps no file on"
            " anybody's opinions. Remove the filter for the person, or the one for tone or stance.",
        )
    if search.is_chosen and (tone or stance):
        abort(
            400,
            "Tone and stance are never listed for a theme, a mark, other chosen posts, or words with OR or"
            " “-”: they could be chosen to tell what one person thinks. Remove one of the two filters.",
        )
    if tone and stance:
        abort(400, "Choose a tone or a stance, not both: together they would show what single people think.")
    return search


def named_search() -> PostSearch:
    """Return what the address asks for; ends the request with 400 if that would be an opinion by person."""
    search = search_of(request.args)
    if search.is_of_opinion:
        abort(400, "Posts of one tone or stance are listed on the Posts page only, where nobody is named.")
    return search


def _text(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "").strip()
    if len(text) > _LONGEST:
        abort(400, f"That search is too long. Use at most {_LONGEST} characters.")
    return text


def _ids(text: str) -> tuple[int, ...]:
    """Return the posts that an address names: '12.15.19'."""
    ids = [post for post in map(number, text.split(".")) if post is not None] if text else []
    if (text and len(ids) != text.count(".") + 1) or len(ids) > actions.MOST:
        abort(400, f"This address was cut off or changed. It may name up to {actions.MOST} posts.")
    return tuple(dict.fromkeys(ids))


def _one_of(kind: type[_One], word: str) -> _One | None:
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        abort(400, f"{word[:40]!r} is not an option here. Choose from: {', '.join(kind)}.")


def cursor_of() -> Cursor | None:
    """Return after which post the address asks for more; ends the request with 400 if it makes no sense."""
    after = request.args.get("after")
    if not after:
        return None
    try:
        return Cursor.of(after)
    except ValueError:
        abort(400, "This address was cut off or changed. Go back to the first page of posts.")
