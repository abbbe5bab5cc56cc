"""Takes the pictures of the documentation: the demo's first page on a laptop and a phone, and its mail.

`make pictures` runs it, in Chromium. Beside the pictures it leaves a fingerprint of what they show, by which
a test sees when they are out of date: two machines never draw the same pixels.
"""

import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from PIL import Image
from werkzeug.serving import make_server

from monitor.archive import Archive
from monitor.cli import DEMO, Paths
from monitor.cli.wiring import analyzer_of, campaign_of
from monitor.cli.wiring.mail import weekly_of
from monitor.cli.wiring.web import flask_app
from monitor.core.clock import utcnow
from monitor.demo import fill
from monitor.mail.weekly.send_times import latest
from monitor.mail.weekly.writing import preview_of

FOLDER = Path(__file__).parent
FINGERPRINT = FOLDER / "fingerprint.txt"
ROOT = FOLDER.parents[1]
SIGHT = ("dashboard/templates", "dashboard/static", "monitor/charts", "monitor/demo", "monitor/digest")
SIZES = {"laptop": (1280, 1000), "phone": (390, 844)}
SCHEMES = ("light", "dark")
_MAIL = (640, 1000)
_QUALITY = 62  # of WebP, 0 to 100


def fingerprint(root: Path = ROOT) -> str:
    """Return a hash of the files that decide how the pictures look."""
    files = sorted(path for room in SIGHT for path in (root / room).rglob("*") if _is_seen(path))
    parts = (f"{path.relative_to(root)} {sha256(path.read_bytes()).hexdigest()}" for path in files)
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _is_seen(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Yield the address of a demo that is served, and its mail as HTML."""
    with TemporaryDirectory() as folder:
        paths = Paths(campaign=ROOT / "config/campaign.toml", archive=Path(folder) / DEMO)
        campaign = campaign_of(paths)
        with Archive.open(paths.archive, campaign.zone, demo=True) as archive:
            fill(archive, campaign, analyzer_of(campaign), utcnow())
        week = latest(campaign.digest, campaign.zone, utcnow())
        mail, _ = preview_of(weekly_of(paths, campaign), week)
        server = make_server("127.0.0.1", 0, flask_app(paths, campaign), threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.port}/", mail.html
        finally:
            server.shutdown()


def take() -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        sys.exit("The pictures are taken in Chromium. Type: apt install chromium-headless-shell")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with demo() as (address, mail), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (width, height) in SIZES.items():
            for scheme in SCHEMES:
                size = {"width": width, "height": height}
                page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1)
                page.goto(address, wait_until="networkidle")
                _save(page.screenshot(), f"week-{name}-{scheme}")
        page = browser.new_page(viewport=dict(zip(("width", "height"), _MAIL, strict=True)))
        page.set_content(mail)
        _save(page.screenshot(), "mail")
        browser.close()
    FINGERPRINT.write_text(f"{fingerprint()}\n", encoding="utf-8")


def _save(png: bytes, name: str) -> None:
    Image.open(BytesIO(png)).convert("RGB").save(FOLDER / f"{name}.webp", quality=_QUALITY, method=6)


if __name__ == "__main__":
    take()
