"""What axe finds wrong with a page for people who cannot see, hear or point well."""

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

# Axe reads each colour anew wherever it meets it, which is a third of its time.
_REMEMBER_COLOURS = """
(() => { const Color = axe.commons.color.Color.prototype, parse = Color.parseString, known = new Map();
  Color.parseString = function (text) {
    if (!known.has(text)) { parse.call(this, text); known.set(text, [this.r, this.g, this.b, this.alpha]) }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this } })();"""
_AXE = axe.Axe()
_AXE.axe_script += _REMEMBER_COLOURS


def faults(page) -> list[str]:
    """Return a line for each fault, which begins with the name of the broken rule and a colon."""
    violations = _AXE.run(page).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in violations for node in fault["nodes"]]
