"""Colours, the same in every format: calm, and told apart by readers who see no red or green."""

from kg.network import Node

_COLOURS = {
    "Person": (31, 78, 121),
    "Organization": (86, 130, 163),
    "State": (14, 40, 65),
    "Position": (184, 134, 11),
}
_EVENT = (148, 86, 61)


def colour_of(node: Node) -> tuple[int, int, int]:
    """Returns red, green and blue, 0 to 255: actors blue, positions ochre, events brown."""
    return _COLOURS.get(node.type, _EVENT)
