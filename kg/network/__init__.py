"""Nodes and edges from a store, and what can be computed from them."""

from kg.network import measures
from kg.network.graph import PROJECTIONS, Edge, Filters, GraphView, Node
from kg.network.layout import layout
from kg.network.measures import to_networkx
from kg.network.project import project

__all__ = [
    "PROJECTIONS",
    "Edge",
    "Filters",
    "GraphView",
    "Node",
    "layout",
    "measures",
    "project",
    "to_networkx",
]
