"""A number against its usual range, as a line. A decoration beside the same in words."""

from markupsafe import Markup

from monitor.report import Usual

_ROOM = 1.15  # times the largest of the numbers


def range_bar(value: float, usual: Usual) -> Markup:
    """Return the range on a line from zero, with a mark where the number lies, as SVG."""
    whole = max(value, usual.high, 1.0) * _ROOM
    low, high, at = (100 * number / whole for number in (max(usual.low, 0.0), usual.high, value))
    return Markup(
        '<svg class="range" width="100%" height="12" aria-hidden="true">'
        '<rect class="line" y="5" width="100%" height="3" rx="1.5"/>'
        f'<rect class="usual" x="{low:.2f}%" y="4" width="{max(high - low, 1):.2f}%" height="5" rx="2"/>'
        f'<rect class="now" x="{at:.2f}%" width="3" height="12" rx="1.5"/></svg>'
    )


def part_bar(share: float) -> Markup:
    """Return a bar of which a part (0 to 1) is full, as SVG."""
    return Markup(
        '<svg class="part" width="100%" height="6" aria-hidden="true">'
        '<rect class="line" width="100%" height="6" rx="3"/>'
        f'<rect class="full" width="{100 * share:.2f}%" height="6" rx="3"/></svg>'
    )
