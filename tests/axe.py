"""What axe finds wrong with a page for people who cannot see, hear or point well."""

import pytest

axe = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")

# Axe keeps the parts of each colour in weak maps, which cost a quarter of its time to fill and to clear away.
# In these, an object keeps what is kept of it.
_QUICK_MAPS = """
class WeakMap { #key = Symbol();
  has(of) { return this.#key in of }
  get(of) { return of[this.#key] }
  set(of, value) { of[this.#key] = value; return this }
  delete(of) { return delete of[this.#key] } }
class WeakSet extends WeakMap { add(of) { return this.set(of, true) } }"""
# Axe reads each colour anew wherever it meets it, which is a third of its time.
_REMEMBER_COLOURS = """
(() => { const Color = axe.commons.color.Color.prototype, parse = Color.parseString, known = new Map();
  Color.parseString = function (text) {
    if (!known.has(text)) { parse.call(this, text); known.set(text, [this.r, this.g, this.b, this.alpha]) }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this } })();"""
_SCRIPT = f"(() => {{ {_QUICK_MAPS} {axe.AXE_SCRIPT} {_REMEMBER_COLOURS} }})()"
# What it finds in order, which is nearly all, would take longer to pass on than to find.
_RUN = """async () => { const found = await axe.run({resultTypes: ['violations']});
  return found.violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`)) }"""


def faults(page) -> list[str]:
    """Return a line for each fault, which begins with the name of the broken rule and a colon."""
    if page.evaluate("typeof axe") == "undefined":  # on this page it has not been asked yet
        page.evaluate(_SCRIPT)
    return page.evaluate(_RUN)
