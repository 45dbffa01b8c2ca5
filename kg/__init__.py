"""A knowledge graph of diplomatic interactions that an analyst can trust."""

__version__ = "0.1.0"
