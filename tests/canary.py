"""A made-up name that is planted wherever one may be kept, and looked for in the bytes of every file."""

from base64 import b64encode
from pathlib import Path

CANARY = "zqxcanary"


def forms(word: str = CANARY) -> dict[str, bytes]:
    """Return what a word looks like in a file, by how it may be coded there."""
    coded = {
        "UTF-8": word.encode(),
        "capitals": word.upper().encode(),
        "UTF-16LE": word.encode("utf-16-le"),
        "UTF-16BE": word.encode("utf-16-be"),
        "percent": "".join(f"%{ord(letter):02X}" for letter in word).encode(),
    }
    for before in range(3):  # of three letters Base64 makes four: those at the ends follow from others, too
        whole = b64encode(b"\0" * before + word.encode())
        start, letters = -(-before * 4 // 3), (before + len(word)) * 4 // 3
        coded[f"Base64 at {before}"] = whole[start:letters]
    return coded


def traces(folder: Path, word: str = CANARY) -> dict[str, int]:
    """Return how often a word is in the files of a folder, by file and coding; in none: nothing."""
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    counts = {
        f"{path.relative_to(folder)} {name}": content.count(form)
        for path, content in files.items()
        for name, form in forms(word).items()
    }
    return {place: number for place, number in counts.items() if number}
