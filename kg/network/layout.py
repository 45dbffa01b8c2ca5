"""Where nodes stand in a picture."""

from collections.abc import Sequence
from math import cos, pi, sin

from kg.errors import Misuse
from kg.network.graph import GraphView

SEED = 7
"""The same data gives the same picture."""


def layout(
    view: GraphView, *, around: Sequence[str], within: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Returns x and y, each from -1 to 1.

    Args:
        view: Whose edges draw nodes together.
        around: Ids of nodes that stand on the circle, in this order, so that labels find room.
        within: Ids of nodes that stand where the others draw them.

    Raises:
        Misuse: The library for it is not installed.
    """
    import networkx as nx

    step = 2 * pi / max(len(around), 1)
    # From the top, half a step on: no label stands straight above or below another.
    circle = {
        name: (sin((n + 0.5) * step), -cos((n + 0.5) * step)) for n, name in enumerate(around)
    }
    if not within:
        return circle
    shown = {*around, *within}
    graph = nx.Graph()
    graph.add_nodes_from((*around, *within))
    graph.add_edges_from(
        (edge.source, edge.target) for edge in view.edges if {edge.source, edge.target} <= shown
    )
    try:
        found = nx.spring_layout(
            graph, pos={**_middles(graph, circle, within), **circle}, fixed=list(circle) or None,
            k=0.9 / len(graph) ** 0.5, iterations=60, seed=SEED,
        )  # fmt: skip
    except ImportError as error:
        raise Misuse("the picture needs libraries: pip install 'diplomatic-kg[network]'") from error
    return {
        name: _inside(float(x), float(y)) if name not in circle else circle[name]
        for name, (x, y) in found.items()
    }


def _middles(
    graph: object, circle: dict[str, tuple[float, float]], within: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Between the nodes on the circle that each is joined to, none exactly upon another."""
    found = {}
    for number, name in enumerate(within):
        ends = [circle[end] for end in graph[name] if end in circle] or [(0.0, 0.0)]  # type: ignore[index]
        x, y = (sum(end[axis] for end in ends) / len(ends) for axis in (0, 1))
        found[name] = (x * 0.6 + 0.05 * sin(number), y * 0.6 + 0.05 * cos(number))
    return found


def _inside(x: float, y: float) -> tuple[float, float]:
    """Draws what was pushed out back into the circle."""
    far = (x * x + y * y) ** 0.5
    return (x, y) if far <= 0.86 else (x * 0.86 / far, y * 0.86 / far)
