"""Nodes and edges from a store, and what can be computed from them."""

from kg.network.graph import PROJECTIONS, Edge, Filters, GraphView, Node

__all__ = ["PROJECTIONS", "Edge", "Filters", "GraphView", "Node"]
