"""What people saw where no program can look: a local group, the radio, a stall. Pure."""

BY_HAND = "by-hand"  # the name of their platform; no module of monitor.sources has it
TITLE = "By hand"
PLACES = ("Facebook group", "Nextdoor", "WhatsApp", "Radio or TV", "Newspaper", "Leaflet or stall")
_MARK = "|"  # between the parts of an id: place, day, mark of the text


def id_of(place: str, day: str, mark: str) -> str:
    """Return the id of an entry: the same for the same words in the same place on the same day."""
    return _MARK.join((place, day, mark))


def place_of(platform: str, native_id: str) -> str:
    """Return where an entry was seen; empty for a post of a platform."""
    place, _, rest = native_id.rpartition(_MARK)[0].rpartition(_MARK)
    return place if platform == BY_HAND and rest else ""


def common_place(place: str) -> str:
    """Return a place of the list; empty for words of somebody's own, which may name a person."""
    return place if place in PLACES else ""
