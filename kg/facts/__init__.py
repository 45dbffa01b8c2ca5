"""Fact documents: what one source says, from YAML or JSON to quads."""

from kg.facts.read import Document, Register, read, read_documents, read_register

__all__ = ["Document", "Register", "read", "read_documents", "read_register"]
