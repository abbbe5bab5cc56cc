"""What each platform is, one file each: its name, keys, terms and addresses, read without its library.

The files lie below the archive, the reports and the pages, which may not know the sources.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, get_args

from monitor.campaign.reader import one_of, read
from monitor.core.errors import ConfigError
from monitor.core.model import Outcome

Sentences = tuple[str, ...]
Act = Literal["alerts", "files", "stance"]
ELSEWHERE = {  # nothing is collected from there; files may have posts from there
    "facebook": "Facebook", "tiktok": "TikTok", "linkedin": "LinkedIn", "nextdoor": "Nextdoor",
    "telegram": "Telegram",
}  # fmt: skip
_PROFILES_ELSEWHERE = {
    "facebook": (
        "facebook.com/{user}", "facebook.com/profile.php?id={id}",
        "m.facebook.com/{user}", "m.facebook.com/profile.php?id={id}", "fb.com/{user}",
    ),
    "tiktok": ("tiktok.com/@{user}", "m.tiktok.com/@{user}"),
    "linkedin": ("linkedin.com/in/{user}", "linkedin.com/company/{user}", "uk.linkedin.com/in/{user}"),
    "telegram": ("t.me/{user}", "t.me/s/{user}", "telegram.me/{user}"),
}  # fmt: skip
_PAGES_ELSEWHERE = {
    "facebook": "ads business events gaming groups hashtag help l.php login marketplace media pages people"
    " permalink.php photo photo.php photos plugins policies profile.php public reel reels search share"
    " sharer sharer.php stories story.php tr video.php videos watch",
    "telegram": "addlist addstickers addtheme bg boost c contact iv joinchat login m msg proxy s setlanguage"
    " share socks",
}  # fmt: skip
_COLOURS = dict(zip(ELSEWHERE, ("cobalt", "pink", "steel", "olive", "cyan"), strict=True))
_PLACE = re.compile(r"\s*(?:(\w+):\s*)?@?(.*\S)?")  # of an account, before its handle
_PROFILE = re.compile(r"\s*(?:https?://)?(?:www\.)?([^/\s]+/[^?#\s]*?)/*(?:[?#]\S*)?\s*")  # its address
HEADINGS = {
    "key": "Key", "price": "Price", "sees": "Sees", "keeps": "Keeps", "never": "Never sees",
    "fast": "How fast", "reread": "Rechecks", "second": "Second search", "terms": "Terms",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTime:
    """How to read from a post's id when it was written: a number whose lowest bits are something else."""

    per_second: int
    bits: int
    since_ms: int = 0  # after 1970, in milliseconds
    digits: str = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAddress:
    """How a platform writes the address of a post, after https:// and www."""

    address: str  # an expression with the group `id`, and perhaps others
    reread_key: str = ""  # what the source needs to read it, of these groups
    time: IdTime | None = None
    link: str = ""  # an address by the id alone, without the writer's name; "" where there is none
    digits: str = ""  # by which the id in it is a number, by which programs know the post
    has_other_ids: bool = False  # the post itself is known by others, too


_POSTS_ELSEWHERE = {
    "tiktok": PostAddress(
        address=r"tiktok\.com/(?:@[\w.-]*/(?:video|photo)|v|video|embed(?:/v2)?)/(?P<id>\d{15,20})(?:\.html)?",
        has_other_ids=True,
    ),
    "linkedin": PostAddress(
        address=r"(?:\w\w\.)?linkedin\.com/(?:posts/[^/]*?|(?:embed/)?feed/update/urn(?::|%3A)li(?::|%3A))"
        r"(?:activity|share|ugcPost)(?:-|:|%3A)(?P<id>\d{15,20})(?:-[\w-]+)?",
        has_other_ids=True,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNumber:
    """How one number of a made-up post follows from the post's size."""

    times: int = 1
    of: int = 1
    less: int = 0

    def value(self, size: int) -> int:
        return size * self.times // self.of - self.less


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A platform's part in the demo's made-up posts."""

    share: int  # of the people, beside the other platforms' shares
    out: tuple[float, ...]  # how many days ago it went out, and came back
    since: int = 10_000  # how many days ago it was switched on
    handle: str = "{name}"  # as it writes an account's
    news: bool = False  # newsrooms write there, not residents
    followers: bool = False  # it says how many each writer has
    views: bool = False
    likes: DemoNumber | None = None  # None: the platform does not say
    reposts: DemoNumber | None = None
    replies: DemoNumber | None = None
    quotes: DemoNumber | None = None
    fails: str = ""  # what its last look says, where the demo shows one that failed
    outcome: Annotated[str, one_of(*Outcome)] = Outcome.REFUSED  # of that look
    second: str = ""  # the other way by which last week's posts were looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLimit:
    """How old what was collected may get at most, since it was written or since it was last read."""

    days: int
    since: Annotated[str, one_of("writing", "reading")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformInfo:
    """What a platform is. The nine lists of sentences are what people read before they switch it on."""

    title: str  # as people call it: "Bluesky"
    colour: str  # in every chart: a name of the palette of monitor.charts.colours
    account: str = ""  # an expression of accounts that need not say that they are from here; "": all have to
    also: tuple[str, ...] = ()  # what other programs call it, in small letters, and its hosts
    key: Sentences
    price: Sentences
    sees: Sentences
    keeps: Sentences  # of each post and its writer, as the data map and the notice say it
    never: Sentences
    fast: Sentences
    reread: Sentences
    second: Sentences  # by which other way a week's posts are found, to see what was missed
    terms: Sentences
    row: Sentences  # of the README's table: key, price, what is missing
    share: str = (
        ""  # what opens it with a {text} to be posted, at a {server} where it has many; "" for nothing
    )
    common: str  # a word that is always found, to test the search by; "" where none is, or it costs
    key_note: str = ""  # what the example of a `.env` says beside the keys
    keys: tuple[str, ...] = ()  # environment variables that it cannot work without
    optional_keys: tuple[str, ...] = ()  # those that add something; all of them or none
    how_to: str = ""  # where to get the keys, and what they cost; "" without keys
    needs_papers: bool = False  # collected only once the office has filled in who answers for the data
    tags_only: bool = False  # it cannot be searched for phrases
    consent: str = ""  # what a person must say yes to before it is switched on; "" for nothing
    probe: str = ""  # a tag that costs nothing to ask for; "" where each question is free
    forbids: tuple[Annotated[str, one_of(*get_args(Act))], ...] = ()
    picture_hosts: tuple[str, ...] = ()  # from which its posts' pictures may be fetched
    age_limit: AgeLimit | None = None  # None: the campaign's own periods hold
    # How addresses begin, after https://, of a {user}, and of which {server}, or of an {id}; with an @, how
    # other platforms mention them.
    profiles: tuple[str, ...] = ()
    pages: str = ""  # with what else its addresses go on after their host: nobody's handle stands there so
    mirrors: str = ""  # an expression of other hosts with the paths of the first profile
    post: PostAddress | None = None  # None: its posts have addresses of all kinds
    demo: Demo | None = None

    @property
    def key_names(self) -> tuple[str, ...]:
        """Return the environment variables that it reads: needed, or adding something."""
        return self.keys or self.optional_keys

    def facts(self) -> Iterator[tuple[str, Sentences]]:
        """Yield each heading with its sentences, in the order in which people ask."""
        for name, heading in HEADINGS.items():
            yield heading, getattr(self, name)


@cache
def names() -> tuple[str, ...]:
    paths = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(path[:-5] for path in paths if path.endswith(".toml")))


@cache
def about(name: str) -> PlatformInfo:
    """Return what a platform is; raises ConfigError for a name that is none."""
    if name not in names():
        raise ConfigError(f"There is no source called {name!r}. Sources: {', '.join(names())}.")
    text = (files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
    return read(PlatformInfo, tomllib.loads(text), name)


@cache
def _names_by_word() -> Mapping[str, str]:
    infos = {name: about(name) for name in names()}
    words = {word: name for name, info in infos.items() for word in (name, info.title.casefold(), *info.also)}
    elsewhere = {f"{name}{end}": name for name in ELSEWHERE for end in ("", ".com")}
    return {**elsewhere, "fb": "facebook", **words}


@cache
def titles() -> Mapping[str, str]:
    """Return how people call each platform that posts may be from, by name."""
    return ELSEWHERE | {name: about(name).title for name in names()}


def titles_without_key() -> dict[str, str]:
    """Return how people call each platform that anybody can collect from at once, by name."""
    return {name: about(name).title for name in names() if not about(name).keys}


@cache
def colours() -> Mapping[str, str]:
    """Return the name of the colour that each platform has in charts, by the platform's name."""
    return _COLOURS | {name: about(name).colour for name in names()}


@cache
def profiles(name: str, user: str = "") -> tuple[str, ...]:
    """Return by what people of a platform, or one of this handle, are known; nothing if it is unknown."""
    forms = about(name).profiles if name in names() else _PROFILES_ELSEWHERE.get(name, ())
    is_page = user in pages(name)
    return tuple(form for form in forms if not is_page or form.partition("/")[2] != "{user}")


@cache
def pages(name: str) -> frozenset[str]:
    """Return with what addresses of a platform go on after their host where they are nobody's."""
    return frozenset((about(name).pages if name in names() else _PAGES_ELSEWHERE.get(name, "")).split())


@cache
def hosts(name: str) -> frozenset[str]:
    """Return the hosts of a platform at which it is known where a handle stands."""
    return frozenset(form.partition("/")[0] for form in profiles(name) if "/" in form and form[0] not in "{@")


def original(address: str) -> str:
    """Return an address at its platform, of one at a site that shows the same; after https:// and www.

    Of a post whose address has its writer's handle with more behind it, one below their profile.
    """
    for info in map(about, names()):
        if info.mirrors and (match := re.match(rf"(?:{info.mirrors})(?=/)", address)):
            return info.profiles[0].partition("/")[0] + address[match.end() :]
    return re.sub(r"^linkedin\.com/posts/([\w-]+?)_", r"linkedin.com/in/\1/", address)


def platform_called(word: str) -> str:
    """Return the name of the platform that a word means, or the only one that is named in several words.

    Of none that is known, the words in small letters.
    """
    word, known = word.strip().casefold(), _names_by_word()
    if (whole := word.replace(" ", "")) in known:
        return known[whole]
    inside = {known[part] for part in re.split(r"[^a-z0-9.]+", word) if part in known}
    return inside.pop() if len(inside) == 1 else word


def accounts_called(word: str) -> list[tuple[str, str]]:
    """Return where an account may be, as platform and handle: by its address, its platform, or its form."""
    if address := _PROFILE.fullmatch(word):
        return [account for name in titles() for account in _accounts_at(original(address[1]), name)]
    place, handle = _PLACE.findall(word)[0]
    if place:
        return [(platform_called(place), handle)]
    forms = {name: about(name).account for name in names()}
    return [(name, handle) for name, form in forms.items() if form and re.fullmatch(form, handle)]


def _accounts_at(address: str, name: str) -> Iterator[tuple[str, str]]:
    for form in (form for form in profiles(name) if "{user}" in form):
        pattern = re.escape(form).replace(r"\{user\}", "(?P<user>[^/@]+)")
        pattern = pattern.replace(r"\{server\}", r"(?P<server>[\w-]+\.[\w.-]+)")
        match = re.fullmatch(pattern, address, re.IGNORECASE)
        if match and form in profiles(name, match["user"].casefold()):
            yield name, "@".join(part for part in (match["user"], match.groupdict().get("server")) if part)


@cache
def forbidding(act: Act) -> Mapping[str, str]:
    """Return the titles, by name, of the platforms whose terms forbid this.

    "alerts": posts raise no alert; "files": neither text nor writer leaves in a file, a mail or the API;
    "stance": nobody says of a post whether it is for or against.
    """
    return {name: about(name).title for name in names() if act in about(name).forbids}


@cache
def needing_papers() -> frozenset[str]:
    """Return the names of the platforms that bring nothing until the office has filled in its papers."""
    return frozenset(name for name in names() if about(name).needs_papers)


def post_address(name: str) -> PostAddress | None:
    """Return how a platform writes the address of a post; None where it has all kinds, or is not known."""
    return about(name).post if name in names() else _POSTS_ELSEWHERE.get(name)


def link_by_id(name: str, native_id: str) -> str | None:
    """Return the address of a post without its writer's name; None if the platform has no such addresses."""
    post = about(name).post
    return post.link.format(id=native_id) if post and post.link else None


@cache
def age_limits() -> Mapping[str, AgeLimit]:
    """Return how old posts may get, by the names of the platforms that say so."""
    return {name: limit for name in names() if (limit := about(name).age_limit)}
