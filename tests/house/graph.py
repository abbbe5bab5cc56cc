"""The import graph of the program: which module imports which, imports inside functions among them."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
parse = cache(ast.parse)  # each file is read by several tests


@cache
def graph() -> grimp.ImportGraph:
    """Return the graph of both packages, with the libraries that they import."""
    return grimp.build_graph("monitor", "dashboard", include_external_packages=True, cache_dir=None)


def graph_of(folder: Path, package: str) -> grimp.ImportGraph:
    """Return the graph of a package in a folder, for planted faults."""
    sys.path.insert(0, str(folder))
    try:
        return grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    finally:
        sys.path.remove(str(folder))


def circles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Return the groups of modules that reach themselves by their imports, each sorted."""
    reached = {module: graph.find_upstream_modules(module) for module in graph.modules}
    groups = {
        frozenset({module} | {other for other in upstream if module in reached[other]})
        for module, upstream in reached.items()
    }
    return sorted(sorted(group) for group in groups if len(group) > 1)


def source_of(module: str) -> Path:
    """Return the file of a module of ours."""
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def docstring_of(module: str) -> str:
    """Return a module's docstring."""
    return ast.get_docstring(parse(source_of(module).read_text(encoding="utf-8"))) or ""


def ours() -> Iterator[str]:
    """Yield the modules of both packages."""
    return (module for module in sorted(graph().modules) if re.match(r"(monitor|dashboard)\b", module))
