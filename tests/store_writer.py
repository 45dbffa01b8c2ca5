"""Loads sources into the folder given, so many together, until it is killed.

The name of each is written to the file descriptor of stdout only once the store acknowledged it.
"""

import sys

from kg.namespaces import SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad
from kg.store import Background, Incoming, open_store

QUADS = 40


def main(folder: str, first: int, together: int) -> None:
    waiting: list[Incoming] = []
    background = Background((), "0", lambda _: ())
    with open_store(folder, background, create=True) as store:
        for number in range(first, first + 10_000):
            source = f"{SOURCE}s{number}"
            graph = NamedNode(graph_of(source))
            quads = [
                Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal(str(number)), graph)
                for n in range(QUADS)
            ]
            waiting.append(Incoming(source, source, tuple(quads), ()))
            if len(waiting) == together:
                store.replace_several(waiting, recorded_by="writer")
                print("\n".join(one.source for one in waiting), flush=True)
                waiting.clear()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
