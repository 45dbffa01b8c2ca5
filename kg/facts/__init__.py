"""Fact documents: what one source says, from YAML or JSON to quads."""

from kg.facts.build import Document
from kg.facts.read import Register, read, read_documents, read_register

__all__ = ["Document", "Register", "read", "read_documents", "read_register"]
