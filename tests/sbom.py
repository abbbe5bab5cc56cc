"""What the program is made of, as CycloneDX: `python -m tests.sbom`, from the lock that it is installed by.

The lock has all that an inventory needs but licences, which the installed libraries name themselves: a
generator would bring more libraries than the program has.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from monitor import __version__

ROOT = Path(__file__).parents[1]
NAME = "campaign-monitor"
_PIN = re.compile(r"(?m)^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def sbom(lock: str, pyproject: str) -> dict[str, Any]:
    """Return the inventory as CycloneDX 1.6; the same lock always gives the same."""
    parts = [_component(pin) for pin in _PIN.finditer(lock)]
    refs = {part["name"]: part["bom-ref"] for part in parts}
    root = {"type": "application", "bom-ref": NAME, "name": NAME, "version": __version__}
    direct = tomllib.loads(pyproject)["project"]["dependencies"]
    edges = [(NAME, direct), *((ref, _requirements(name)) for name, ref in refs.items())]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, __version__ + lock)}",
        "version": 1,
        "metadata": {"component": root},
        "components": parts,
        "dependencies": [{"ref": ref, "dependsOn": sorted(_refs(wanted, refs))} for ref, wanted in edges],
    }


def _component(pin: re.Match[str]) -> dict[str, Any]:
    name, version = canonicalize_name(pin["name"]), pin["version"]
    purl = f"pkg:pypi/{name}@{version}"
    # One for each file in which it is handed out: the lock is for all systems.
    hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(pin["rest"])]
    part = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return part | {"hashes": hashes} | _licence(name)


def _licence(name: str) -> dict[str, Any]:
    """Return what an installed library says of its licence; nothing if it is silent, or not installed."""
    try:
        known = metadata(name)
    except PackageNotFoundError:
        return {}
    if expression := known.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    names = [line.rpartition(" :: ")[2] for line in known.get_all("Classifier", []) if line.startswith("Lic")]
    first_line = (known.get("License") or "").strip().split("\n")[0]
    return {"licenses": [{"license": {"name": text}} for text in names or [first_line] if text]}


def _requirements(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def _refs(wanted: list[str], refs: dict[str, str]) -> Iterator[str]:
    """Yield those of the lock that are wanted on any system, and not by an extra only."""
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        if name in refs and "extra ==" not in str(requirement.marker):
            yield refs[name]


if __name__ == "__main__":
    files = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "pyproject.toml")]
    print(json.dumps(sbom(*files), indent=2))
