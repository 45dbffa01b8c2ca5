"""A store on the network: SPARQL, graphs, questions and things, within limits that hold."""

from kg.web.bounds import Bounds
from kg.web.server import Settings, serve

__all__ = ["Bounds", "Settings", "serve"]
