"""The graph from Python: `kg.open`, questions as tables, networks, rdflib."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import KgError, Misuse, counted
from kg.export import export
from kg.load import House, Loaded, load, read_house
from kg.network import Filters, GraphView, project, to_networkx
from kg.queries import find_question, prepare, read_questions, resolve
from kg.rdf import Quad, Rows, Triples, dictionaries, in_words, to_rdflib
from kg.store import Closing, Limits, SourceRecord, Writer, is_folder, open_store

if TYPE_CHECKING:
    import pandas
    import rdflib

    from kg.network.measures import Network

Value = str | int | float | bool | None

SHOWN = 50
"""Rows that a notebook shows."""


class Answer:
    """Rows of an answer, as wide as its columns; it shows itself as a table in a notebook."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns; `x` is an IRI where there is an `xLabel`."""
        return self._rows.variables

    def __len__(self) -> int:
        return len(self._rows.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Yields a dictionary for each row: numbers and booleans as such, the rest as text."""
        return dictionaries(self._rows)

    def to_pandas(self) -> "pandas.DataFrame":
        """Returns a data frame, a row for each row.

        Raises:
            Misuse: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise Misuse("this needs a library: pip install 'diplomatic-kg[pandas]'") from error
        return pandas.DataFrame(list(self), columns=list(self.columns))

    def __repr__(self) -> str:
        return f"<Answer: {counted(len(self), 'row')} of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        heads, cells = in_words(self._rows)
        top = "".join(f"<th>{escape(head)}</th>" for head in heads)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in cells[:SHOWN]
        )
        more = f"<p>{counted(len(cells) - SHOWN, 'more row')}</p>" if len(cells) > SHOWN else ""
        return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{more}"


class Graph(Closing):
    """An open store: load, ask, draw. Use it in a `with`, or `close` it."""

    def __init__(self, address: str, house: House, store: Writer) -> None:
        self._address = address
        self._house = house
        self._store = store
        self._project = _project_of(address)

    def load(self, path: str | Path, *, recorded_by: str = "") -> list[Loaded]:
        """Takes a file through the gate, as `kg load`; a line for each of its sources.

        Raises:
            InputError: It cannot be read.
            NotConforming: It has violations; the store is as it was.
            StoreError: The store cannot be written.
        """
        return load(self._store, Path(path), self._house, recorded_by=recorded_by or "python")

    def query(
        self,
        question: str,
        *,
        limit: int | None = None,
        seconds: float = 30.0,
        megabytes: int = 2048,
        **chosen: object,
    ) -> "Answer | rdflib.Graph | bool":
        """Returns the answer to a prepared question, by name, or to SPARQL.

        Args:
            question: A name, as `kg query --list` shows them, or the text of a query.
            limit: How many rows of a prepared question are wanted, from the first.
            seconds: Wall time after which it is stopped.
            megabytes: Memory that it may take.
            chosen: Parameters of a prepared question: a label, slug or IRI, or a list of them.

        Returns:
            An `Answer` for SELECT, an rdflib graph for CONSTRUCT and DESCRIBE, a boolean for ASK.

        Raises:
            Misuse: The question, a parameter or a name is unknown.
            InputError: The question's file is wrong.
            QueryError: The SPARQL is wrong.
            LimitError: It reached a limit.
        """
        text = question
        if question.replace("-", "").isalnum():
            bad: dict[str, KgError] = {}
            known = read_questions(self._project, "check", bad)
            known |= read_questions(self._project, bad=bad)
            pairs = [
                (name, str(one))
                for name, value in chosen.items()
                for one in (value if isinstance(value, list | tuple) else [value])
            ]
            text = prepare(find_question(known, question, bad), self._store, pairs, limit)
        elif chosen or limit is not None:
            raise Misuse("parameters are for prepared questions; write them into the SPARQL")
        found = self._store.run(text, Limits(seconds, megabytes))
        if isinstance(found, Triples):
            return to_rdflib(_quads(found))
        return Answer(found) if isinstance(found, Rows) else found

    def network(self, projection: str = "dyads", **narrowed: str | Sequence[str]) -> "Network":
        """Returns a `networkx.MultiDiGraph`; nodes and edges as in the exports.

        Args:
            projection: `dyads` (or `actors`, the same), `dyads-aggregated` or `events`.
            narrowed: `actor`, `issue`, `kind`, `source`, `status` by name, one or a list;
                `since` and `until` as days.

        Raises:
            Misuse: The projection or a name is unknown.
        """
        return to_networkx(self._view(projection, narrowed))

    def export(
        self,
        format: str,
        out: str | Path,
        projection: str = "events",
        **narrowed: str | Sequence[str],
    ) -> None:
        """Writes the graph in a format of `kg export`, to a file or folder, whole or not at all.

        Args:
            format: A key of `kg.export.FORMATS`.
            out: The file; for formats of several files, the folder.
            projection: As of `network`.
            narrowed: As of `network`.

        Raises:
            Misuse: A format, projection or name is unknown.
            StoreError: It cannot be written.
        """
        export(self._view(projection, narrowed), format, Path(out))

    def to_rdflib(self) -> "rdflib.Graph":
        """Returns everything that queries see as one rdflib graph, literals as written."""
        return to_rdflib(self._store.quads())

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source, sorted by IRI."""
        return self._store.sources()

    def close(self) -> None:
        """Lets go of the store; so does the end of a `with`."""
        self._store.close()

    def __repr__(self) -> str:
        return f"<Graph {self._address}: {counted(len(self.sources()), 'source')}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(one.label)}</td><td>{one.asserted}</td></tr>"
            for one in self.sources()
        )
        return (
            "<table><thead><tr><th>source</th><th>quads</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def _view(self, projection: str, narrowed: Mapping[str, str | Sequence[str]]) -> GraphView:
        for name in narrowed:
            if name not in _FILTERS:
                raise Misuse(f"no filter is called {name!r}: choose one of {', '.join(_FILTERS)}")

        def found(name: str, type: str) -> tuple[str, ...]:
            given = narrowed.get(name, ())
            texts = [given] if isinstance(given, str) else given
            return tuple(resolve(self._store, type, text).value for text in texts)

        filters = Filters(
            actors=found("actor", "actor"),
            issues=found("issue", "issue"),
            kinds=found("kind", "kind"),
            sources=found("source", "source"),
            statuses=found("status", "status"),
            since="".join(found("since", "date")),
            until="".join(found("until", "date")),
        )
        named = "dyads" if projection == "actors" else projection
        return project(self._store, named, filters)


_FILTERS = ("actor", "issue", "kind", "source", "status", "since", "until")


def open(address: str | Path = ".kg", *, create: bool = False) -> Graph:  # noqa: A001 - as gzip.open
    """Opens a store.

    Args:
        address: A folder, `memory:`, or the http address of a SPARQL endpoint.
        create: Whether to make the folder where there is none.

    Raises:
        StoreError: There is no store, or it cannot be opened.
        Misuse: No store has such an address.
    """
    house = read_house(_project_of(str(address)))
    return Graph(str(address), house, open_store(str(address), house.background, create=create))


def _project_of(address: str) -> Path:
    return Path(address).absolute().parent if is_folder(address) else Path.cwd()


def _quads(found: Triples) -> Iterator[Quad]:
    from kg.namespaces import GRAPH
    from kg.rdf import NamedNode

    for triple in found.triples:
        yield Quad(triple.subject, triple.predicate, triple.object, NamedNode(GRAPH + "answer"))
