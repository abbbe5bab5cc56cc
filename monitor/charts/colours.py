"""The colours of pictures, documents, mails and light pages; those of dark pages are in charts.css."""

INK, SOFT, GRID, PAPER = "#14181f", "#575d68", "#e2ded6", "#ffffff"
BLUE, BAR = "#12436d", "#688aae"  # what is odd, and what is usual
USUAL, USUAL_EDGE = "#ecd3a2", "#9c6b10"
HEAT = ("#f0f2f5", "#c3d7ea", "#7fa9d0", "#3f76ab", BLUE)  # from none to most
SEEN, UNSEEN = "#7d8290", "#dedad1"

# Of platforms, by the names that their own files give. Parts of a bar have gaps between them, as so many
# colours cannot all be three times as light as each other.
PALETTE = {
    "sky": "#1191c8", "violet": "#6737b7", "orange": "#d26d09", "teal": "#107970", "moss": "#3b651f",
    "brick": "#af2f09", "charcoal": "#32363b", "crimson": "#b00131", "magenta": "#bf308f", "plum": "#6b2470",
    "indigo": "#3541b3", "brown": "#6b4f2f", "cobalt": "#085dc7", "pink": "#d6638b", "steel": "#49677d",
    "olive": "#787618", "cyan": "#028a9b", "grey": "#7a7f87",
}  # fmt: skip
TONES = {"positive": "#0b6b3a", "neutral": "#8a8578", "negative": "#c0492b", "unclear": "#cfc9bd"}
SERIES = {
    "posts": BAR,
    "rest": "#7f8893",
    **{f"c-{name}": colour for name, colour in PALETTE.items()},
    **{f"t-{name}": colour for name, colour in TONES.items()},
}  # by style
