"""Loads sources into the folder given until it is killed; says each one after it is in.

The name of each is written to the file descriptor of stdout only once the store acknowledged it.
"""

import sys

from kg.namespaces import SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad
from kg.store import Background, open_store

QUADS = 40


def main(folder: str, first: int) -> None:
    background = Background((), "0", lambda _: ())
    with open_store(folder, background, create=True) as store:
        for number in range(first, first + 10_000):
            source = f"{SOURCE}s{number}"
            graph = NamedNode(graph_of(source))
            quads = [
                Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal(str(number)), graph)
                for n in range(QUADS)
            ]
            store.replace(source, quads, (), label=source, recorded_by="writer")
            print(source, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
