"""What people install: the wheel has everything in it, and works away from the checkout."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import __version__

ROOT = Path(__file__).parents[1]
LICENCES = ("LICENSE", "NOTICE", "monitor/charts/fonts/OFL.txt")

pytestmark = pytest.mark.slow


def wanted() -> dict[str, bytes]:
    """Return what has to be in the wheel, by its path there."""
    rooms = [path for room in ("monitor", "dashboard") for path in (ROOT / room).rglob("*")]
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in rooms if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip
    settings = {f"monitor/config/{path.name}": path.read_bytes() for path in (ROOT / "config").iterdir()}
    about = f"campaign_monitor-{__version__}.dist-info/licenses"
    return files | settings | {f"{about}/{name}": (ROOT / name).read_bytes() for name in LICENCES}


def missing(wheel: Path) -> list[str]:
    """Return the paths that are not in the wheel, or not as they are here."""
    with zipfile.ZipFile(wheel) as file:
        have = {name: file.read(name) for name in file.namelist()}
    return [name for name, content in wanted().items() if have.get(name) != content]


def locked(lock: str) -> set[str]:
    """Return what a lock installs."""
    return set(re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / lock).read_text()))


def test_the_lock_of_the_program_has_all_that_it_needs_and_nothing_that_builds_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.match(r"[a-z0-9-]+", dependency)[0] for dependency in project["dependencies"]}
    tools = {"pip", *locked("requirements-build.txt")} - {"pluggy", "tomlkit"}  # these two it needs itself
    assert needed - locked("requirements.txt") == set()
    assert tools & locked("requirements.txt") == set()
    assert {"hatchling", "editables"} <= tools


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, str(folder), str(wheel)], check=True, capture_output=True, timeout=120)
    return folder


def installed(site: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment of the installed program: `-S` keeps the checkout out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MONITOR_", "PYTHON"))}
    paths = os.pathsep.join([str(site), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    return [sys.executable, "-S", str(site / "bin/monitor"), *words], kept | {"PYTHONPATH": paths}


def run(site: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command, env = installed(site, *words)
    return subprocess.run(
        command, env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def demo(site: Path, tmp_path: Path) -> Iterator[str]:
    command, env = installed(site, "demo", "--posts", "400", "--port", "0")
    with subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = next(filter(None, (re.search(r"http://\S+?/(?= )", line) for line in process.stderr)))
        yield found[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_everything_is_in_the_wheel(wheel):
    assert missing(wheel) == []
    everything = wanted()
    for name in ("monitor/py.typed", "dashboard/py.typed", "monitor/tone/model_weights.json",
                 "monitor/config/campaign.toml", "monitor/config/.env.example",
                 "dashboard/templates/overview.html", "monitor/charts/fonts/Inter-400.ttf"):  # fmt: skip
        assert name in everything


def test_the_weights_of_the_language_model_are_in_no_wheel_but_their_own(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = " ".join(file.namelist())
    assert [word for word in (".npz", "campaign_monitor_tone", "tone_model") if word in names] == []
    assert wheel.stat().st_size < 4 * 2**20
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    model = tomllib.loads((ROOT / "tone_model/pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["tone"] == [model["name"], *model["dependencies"]]
    needed = {re.match(r"[a-z0-9-]+", dependency)[0] for dependency in model["dependencies"]}
    assert locked("requirements-tone.txt") == needed
    assert not {model["name"], *needed} & locked("requirements.txt")


def test_all_but_the_language_model_runs_where_neither_it_nor_numpy_is_installed(site, tmp_path):
    code = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(["campaign_monitor_tone", "numpy"]))  # an import of these fails
import dashboard, monitor
for package in (monitor, dashboard):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith(("__main__", LEFT_OUT)):
            importlib.import_module(module.name)
from monitor.tone import english_analyzer
for name in ("campaign", "textblob"):
    print(name, english_analyzer(name, frozenset()).score("What a lovely day"))
print("transformer", english_analyzer("transformer", frozenset()).is_whole())
"""
    command, env = installed(site)

    def done(left_out: str) -> subprocess.CompletedProcess[str]:
        words = [*command[:2], "-c", code.replace("LEFT_OUT", repr(left_out))]
        return subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    tones = done("monitor.tone.transformer").stdout.splitlines()
    assert [line.partition(",")[0] for line in tones] == [
        "campaign Sentiment(tone=<Tone.POSITIVE: 'positive'>",
        "textblob Sentiment(tone=<Tone.POSITIVE: 'positive'>",
        "transformer False",
    ]
    assert "numpy" in done("none").stderr  # the control


@pytest.mark.parametrize("lost", ["licenses/NOTICE", "monitor/config/places.toml", "dashboard/py.typed"])
def test_control_a_file_that_the_wheel_lost_is_noticed(wheel, tmp_path, lost):
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(tmp_path / "less.whl", "w") as less:
        for name in whole.namelist():
            if not name.endswith(lost):
                less.writestr(name, whole.read(name))
    assert [name for name in missing(tmp_path / "less.whl") if name.endswith(lost)] != []
    assert len(missing(tmp_path / "less.whl")) == 1


def test_the_installed_program_is_not_the_checkout(site, tmp_path):
    command, env = installed(site)
    code = "import sys, monitor, dashboard; print(monitor.__file__, dashboard.__file__, *sys.path, sep='\\n')"
    done = subprocess.run(
        [*command[:2], "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    program, pages, *paths = done.stdout.splitlines()
    assert Path(program).is_relative_to(site)
    assert Path(pages).is_relative_to(site)
    assert str(ROOT) not in paths


def test_the_installed_program_says_its_version_and_finds_nothing_wrong(site, tmp_path):
    assert run(site, tmp_path, "--version").stdout == f"monitor, version {__version__}\n"
    doctor = run(site, tmp_path, "doctor")
    assert (doctor.returncode, doctor.stderr) == (0, "")
    assert "ok   campaign file: Calling Time on Crime" in doctor.stdout


@pytest.mark.kills
def test_the_installed_program_serves_the_demo_with_style_chart_and_mail(site, demo, tmp_path):
    def get(path: str) -> bytes:
        with urllib.request.urlopen(demo + path, timeout=60) as answer:
            return bytes(answer.read())

    page = get("").decode()
    assert "Made-up data" in page
    style = re.search(r'href="/(static/style\.css[^"]*)"', page)
    assert style
    assert len(get(style[1])) > 1000
    assert get("takeaway/chart.png").startswith(b"\x89PNG")
    mail = run(site, tmp_path, "--archive", "data/demo.db", "digest", "preview", "--format", "html")
    assert "<h2 style=" in mail.stdout
