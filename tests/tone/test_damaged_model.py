"""A language model with missing or damaged files: a sentence says so, and nothing of them is run."""

import pickle
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import MissingModelError
from monitor.tone import _broken, _transformer, english_analyzer
from monitor.tone.word_pieces import END, MASK, START, UNKNOWN
from tests.tone import small_model

SUBJECT = frozenset({"stabbing"})
PIECES = (UNKNOWN, MASK, START, END, "lovely", "evening", "what", "a", "all")
TEXT = "What a lovely evening, thank you all"


class Trap:
    """Whoever unpickles it makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return the folder of a package with a small model, which is found in place of any other."""
    folder = tmp_path / "campaign_monitor_tone"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "vocabulary.txt").write_text("\n".join(PIECES))
    np.savez(folder / "weights.npz", **small_model.weights())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("monitor.tone.version", lambda name: "7")
    before = sys.modules.pop(folder.name, None)
    _transformer.cache_clear()
    yield folder
    _transformer.cache_clear()
    _broken.clear()
    sys.modules.pop(folder.name, None)
    if before:
        sys.modules[folder.name] = before


def changed(**others):
    """Return what writes the weights with other arrays; None leaves one out."""

    def write(folder):
        arrays = {k: v for k, v in (small_model.weights() | others).items() if v is not None}
        np.savez(folder / "weights.npz", **arrays)

    return write


def cut(folder):
    whole = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(whole[: len(whole) // 2])


def turned(folder):
    whole = bytearray((folder / "weights.npz").read_bytes())
    place = whole.index(small_model.weights()["words"].tobytes())
    whole[place] ^= 0xFF
    (folder / "weights.npz").write_bytes(whole)


FAULTS = {
    "no weights": lambda folder: (folder / "weights.npz").unlink(),
    "empty weights": lambda folder: (folder / "weights.npz").write_bytes(b""),
    "weights cut short": cut,
    "one bit of the weights turned": turned,
    "a pickle": lambda folder: (folder / "weights.npz").write_bytes(pickle.dumps(Trap(folder / "trapped"))),
    "a pickle among the weights": lambda folder: changed(words=np.array([Trap(folder / "trapped")]))(folder),
    "too few places for a long text": changed(places=small_model.weights()["places"][:64]),
    "an array missing": changed(places=None),
    "more layers than there are": changed(layers=np.int64(7)),
    "an array of another shape": changed(**{"0.wide": np.zeros((3, 3), np.int8)}),
    "no numbers": changed(**{"tones.bias": np.full(3, np.nan, np.float32)}),
    "no vocabulary": lambda folder: (folder / "vocabulary.txt").unlink(),
    "a vocabulary cut short": lambda folder: (folder / "vocabulary.txt").write_text("\n".join(PIECES[:5])),
    "a vocabulary that is no text": lambda folder: (folder / "vocabulary.txt").write_bytes(b"\xff" * 9),
}


@pytest.mark.heavy
def test_control_the_whole_package_scores(package):
    one = english_analyzer("transformer", SUBJECT)
    assert one.name.startswith("transformer-7.")
    assert one.is_whole()
    assert one.score(TEXT)


@pytest.mark.heavy
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_what_is_damaged_scores_nothing_says_so_and_runs_nothing(package, fault):
    fault(package)
    one = english_analyzer("transformer", SUBJECT)
    with pytest.raises(MissingModelError, match="is not installed, or its files are damaged"):
        one.score(TEXT)
    assert (one.name, one.is_whole(), one.why(TEXT)) == ("", False, None)
    assert not (package / "trapped").exists()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whether_it_is_damaged_is_known_before_it_is_chosen(package, fault):
    fault(package)
    assert not english_analyzer("transformer", SUBJECT).is_whole()
    assert english_analyzer("transformer", SUBJECT).name == ""


def test_files_that_nobody_installed_have_no_version_and_are_not_used(package, monkeypatch):
    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("monitor.tone.version", version)
    assert english_analyzer("transformer", SUBJECT).name == ""


@pytest.mark.heavy
def test_removed_after_it_was_let_go_it_has_no_name_from_the_next_text_on(package):
    one = english_analyzer("transformer", SUBJECT)
    assert one.score(TEXT)
    _transformer.cache_clear()
    FAULTS["no weights"](package)
    assert one.name
    with pytest.raises(MissingModelError):
        one.score("Another lovely evening, thank you all")
    assert one.name == ""
    assert english_analyzer("campaign", SUBJECT).is_whole()  # the control
