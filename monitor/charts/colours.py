"""The colours of pictures, documents, mails and light pages; those of dark pages are in style.css."""

INK, SOFT, GRID, PAPER = "#14181f", "#4b5563", "#d6dae0", "#ffffff"
HATCH, HATCH_BACK = "#b9c0ca", "#f0f2f5"
HATCH_STRONG = "#9aa3af"  # where a hatch is small, or shown at half its size

# The biggest first; more cannot be told apart by every eye.
RANKED = ("#12436d", "#28a197", "#801650", "#f46a25")
MORE = ("#a285d1", "#3d3d3d", "#8fb8de", "#c9a227")  # for a workbook, where each platform has its own bar
SERIES = {f"s{rank}": colour for rank, colour in enumerate(RANKED)} | {"sx": "#6b7280"}  # by style
