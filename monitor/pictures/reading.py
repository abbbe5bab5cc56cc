"""Pictures of posts, fetched from their platforms' own hosts and read for the kit's codes; none is kept."""

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

from monitor.archive import Archive
from monitor.archive.kit.pictures import WaitingPicture
from monitor.campaign import Campaign
from monitor.core.clock import Clock
from monitor.core.errors import MonitorError, RateLimited, Refused, Unreadable
from monitor.kit import Kit, kit_of
from monitor.pictures.qr_codes import qr_codes
from monitor.platform_info import about
from monitor.sources import source
from monitor.sources.contract import KnowsPictureHosts
from monitor.sources.shared.http import BoundedSession, check, is_safe, target

log = logging.getLogger(__name__)
_AT_ONCE = 20
_SECONDS, _LARGEST, _STEPS = 5, 2_000_000, 3  # of a picture: time, bytes, and answers that forward


def read_pictures(
    archive: Archive, campaign: Campaign, env: Mapping[str, str], clock: Clock, stop: Callable[[], bool]
) -> None:
    """Fetch some pictures, and note which show a version of the kit.

    Without a picture in the kit there is nothing to be found, and none is fetched.
    """
    kit = kit_of(archive.kit.items())
    if not any(item.has_picture for item in kit.items):
        return
    platforms = {*campaign.sources_on}
    hosts = dict[str, frozenset[str]]()
    for _ in range(_AT_ONCE):
        picture = archive.pictures.waiting(platforms, clock())
        if stop() or not picture:
            return
        try:
            if picture.platform not in hosts:
                hosts[picture.platform] = _hosts(campaign, env, picture.platform, clock())
            _read(archive, kit, picture, hosts[picture.platform], clock)
        except RateLimited:
            return
        except MonitorError as error:
            log.info("a picture of %s was not read: %s", picture.platform, error)
            if picture.platform not in hosts:  # one that cannot be opened costs only its own pictures
                platforms.remove(picture.platform)


def _read(archive: Archive, kit: Kit, picture: WaitingPicture, hosts: Collection[str], clock: Clock) -> None:
    """Fetch a picture, and note what it shows; of one that was read in another post, what it showed there."""
    codes = picture.codes
    if codes is None:
        archive.pictures.claim(picture, clock())
        texts = qr_codes(fetched(picture.address, hosts, clock()))
        codes = " ".join(item.code for text in texts if (item := kit.linked(text)))
    archive.pictures.save(picture, codes.split(), {item.code: item for item in kit.items}, clock())


def fetched(address: str, hosts: Collection[str], now: datetime) -> bytes:
    """Return a picture; raises SourceError, without asking where its host is not one of these."""
    with BoundedSession(seconds=_SECONDS, is_public_only=True) as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        onward: str | None = address
        for _ in range(_STEPS):
            if not is_safe(onward) or urlsplit(onward).netloc not in hosts:
                raise Refused("Its host is not one that its platform is known to show pictures by.")
            answer = session.get(str(onward), allow_redirects=False)
            if not (onward := target(answer)):
                break
    check(answer, now)
    if len(answer.content) > _LARGEST:
        raise Unreadable("The picture is too large.")
    return answer.content


def _hosts(campaign: Campaign, env: Mapping[str, str], name: str, now: datetime) -> frozenset[str]:
    platform = source(name).open(campaign.sources[name].own, env, now)
    more = platform.picture_hosts() if isinstance(platform, KnowsPictureHosts) else ()
    return frozenset((*about(name).picture_hosts, *more))
