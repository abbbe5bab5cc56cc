"""What people without an account may see: links to one page or chart, made and ended by the office."""

from flask import Flask, Response, g, request

from dashboard.share import manage, page

_PAGES = (manage.page, page.page)


def attach(app: Flask) -> None:
    """Add the pages of links, and the headers that keep them out of caches and search engines.

    To be called before what sets the headers of all pages: the last to be added is the first to answer.
    """
    for pages in _PAGES:
        app.register_blueprint(pages)
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    if request.blueprint in {pages.name for pages in _PAGES}:
        response.headers["Cache-Control"] = "no-store"
    if request.blueprint == page.page.name:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
    if sites := g.get("sites"):
        policy = response.headers["Content-Security-Policy"]
        allowed = f"frame-ancestors {' '.join(sites)}"
        response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", allowed)
    return response
