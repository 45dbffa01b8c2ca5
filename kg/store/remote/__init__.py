"""Stores on a server: SPARQL 1.1 Protocol, Update and Graph Store Protocol."""

from kg.store.remote.store import RemoteStore

__all__ = ["RemoteStore"]
