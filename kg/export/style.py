"""Colours, the same in every format: calm, and told apart by readers who see no red or green."""

_COLOURS = {
    "Person": (31, 78, 121),
    "Organization": (86, 130, 163),
    "State": (14, 40, 65),
    "Position": (184, 134, 11),
}
_EVENT = (148, 86, 61)


def colour_of(type: str) -> tuple[int, int, int]:
    """Returns red, green, blue, 0 to 255: of actors blue, positions ochre, events brown."""
    return _COLOURS.get(type, _EVENT)


def hexadecimal(type: str) -> str:
    """Returns a type's colour as `#1f4e79`."""
    return "#{:02x}{:02x}{:02x}".format(*colour_of(type))
