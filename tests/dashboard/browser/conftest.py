"""Each whole site served once, and visits to it."""

from contextlib import ExitStack, contextmanager

import pytest

from monitor.accounts import Role
from tests.dashboard.browser.site import SITES
from tests.dashboard.reports import served


class Visit:
    """A page that somebody has opened, with all that the browser said and asked for meanwhile."""

    def __init__(self, page):
        self.page, self.said, self.asked, self.answer, self.shown = page, [], [], None, None
        self._heard = {
            "console": lambda message: self.said.append(message.text),
            "pageerror": lambda error: self.said.append(str(error)),
            "request": lambda request: self.asked.append(request.url),
        }
        for event, listen in self._heard.items():
            page.on(event, listen)

    def leave(self):
        """Listen no more: the page goes to somebody else."""
        for event, listen in self._heard.items():
            self.page.remove_listener(event, listen)


class Sites:
    """The sites by name, each made when it is first visited."""

    def __init__(self, pages, folder, stack):
        self._pages, self._folder, self._stack, self._made = pages, folder, stack, {}
        self._cookies = {}

    def _served(self, name):
        if name not in self._made:
            if name != "open":
                self._served("open")  # whose archive some others look at
            site = SITES[name](self._folder)
            self._made[name] = site, self._stack.enter_context(served(site.app))
        return self._made[name]

    def address(self, spot):
        site, at = self._served(spot.site)
        return at + spot.path.format(**site.said)

    @contextmanager
    def visit(self, spot, *, width=1180, **how):
        """Open a page as the one who is meant to, and leave it again; `how` as for a new context."""
        with self._pages.lend(width=width, **how) as page:
            yield from self._seen(spot, page)

    @contextmanager
    def first_visit(self, spot, *, width=1180):
        """Do the same in a browser that has seen nothing of the site yet."""
        context = self._pages.browser.new_context(viewport={"width": width, "height": 800})
        yield from self._seen(spot, context.new_page())
        context.close()

    def _seen(self, spot, page):
        site, at = self._served(spot.site)
        if spot.who != Role.NOBODY:
            cookie = self._cookies.get(spot.who) or self._cookies.setdefault(spot.who, site.cookie(spot.who))
            page.context.add_cookies([{"name": "monitor", "value": cookie, "url": at}])
        visit = Visit(page)
        visit.answer = page.goto(self.address(spot))
        yield visit
        visit.leave()


@pytest.fixture(scope="session")
def sites(pages, tmp_path_factory):
    with ExitStack() as stack:
        yield Sites(pages, tmp_path_factory.mktemp("sites"), stack)
