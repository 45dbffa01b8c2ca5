"""A knowledge graph of diplomatic interactions: who did and said what, on whose word.

import kg
graph = kg.open(".kg")
graph.query("positions", issue="military interventions").to_pandas()
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kg.api import Answer, Graph, open  # noqa: A004 - as gzip.open

__all__ = ["Answer", "Graph", "__version__", "open"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    # `kg --help` must not wait for what only Python users need.
    if name in {"Answer", "Graph", "open"}:
        from kg import api

        return getattr(api, name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
