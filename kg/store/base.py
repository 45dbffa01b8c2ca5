"""What a store can do: a `Reader` answers, a `Writer` also takes sources in and out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from kg.rdf import Quad, Result

MARK = "kg-serve"
"""Header by which a `kg serve` is known; a proxy before it may have a `Server` of its own."""


class Background:
    """What every store holds besides its sources: the vocabulary and the register.

    Attributes:
        digest: Changes when the vocabulary, the register or the rules do; an index made under
            another one is stale.
        derive: Gives what the rules derive from one source's asserted quads.
    """

    def __init__(
        self,
        quads: tuple[Quad, ...] | Callable[[], tuple[Quad, ...]],
        digest: str,
        derive: Callable[[Iterable[Quad]], Iterable[Quad]],
    ) -> None:
        self._quads = quads
        self.digest = digest
        self.derive = derive

    @cached_property
    def quads(self) -> tuple[Quad, ...]:
        """In graphs of their own, derived ones included; an index that is fresh needs none."""
        return self._quads() if callable(self._quads) else self._quads


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source in a store.

    Attributes:
        source: Its IRI.
        label: What a person calls it.
        asserted: Number of quads that its document asserts.
        digest: SHA-256 of them as sorted N-Quads; of a source that came in bulk, of what they
            were made of.
        loaded_at: When it came in, UTC, ISO 8601; the same load again does not change it.
        recorded_by: Who loaded it.
    """

    source: str
    label: str
    asserted: int
    digest: str
    loaded_at: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A source that is to come in.

    Attributes:
        source: Its IRI.
        label: What a person calls it.
        asserted: In the graph of the source.
        derived: In that graph's `/derived` twin.
        approved: Digest of what it was judged with, if that found nothing wrong with it.
    """

    source: str
    label: str
    asserted: tuple[Quad, ...]
    derived: tuple[Quad, ...]
    approved: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A source that is too large to be held, as files.

    Attributes:
        asserted: N-Quads in the graph of the source, gzip, in order. A comment, a line that begins
            with `#`, stands where what follows can be derived from without what precedes.
        derived: N-Quads in its `/derived` twin, gzip.
        count: How many quads are asserted.
        digest: Of what the quads were made of, and so of them: SHA-256.
    """

    asserted: tuple[Path, ...]
    derived: tuple[Path, ...]
    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a query from outside may go.

    Attributes:
        seconds: Wall time until it is killed.
        megabytes: Memory that it may take.
    """

    seconds: float = 30.0
    megabytes: int = 2048


class Closing(ABC):
    """Closes at the end of a `with` block."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of files and locks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@runtime_checkable
class Reader(Protocol):
    """Answers. The default graph of every query is the union of all graphs."""

    def query(self, text: str) -> Result:
        """Returns the answer to one of our own queries, run in this process."""

    def run(self, text: str, limits: Limits) -> Result:
        """Returns the answer to a query from outside, run in a process of its own.

        Raises:
            QueryError: It cannot be parsed, asks for the network, or failed.
            LimitError: It reached a limit and was stopped.
        """

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Yields what queries see: of one named graph, or all, derived and background included."""

    def asserted(self, source: str | None = None) -> Iterator[Quad]:
        """Yields what sources assert, literals as they were written."""

    def sources(self) -> list[SourceRecord]:
        """Returns a record of each source, sorted by IRI."""

    def close(self) -> None:
        """Lets go of files and locks."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class Narrowable(Protocol):
    """A store that can be asked about one source alone, where it is."""

    def narrowed(self, source: str) -> Reader | None:
        """Returns a reader of one source and the background; nothing where it cannot be asked."""


@runtime_checkable
class Approving(Reader, Protocol):
    """A store that knows what its sources were judged with."""

    def approved(self, source: str) -> str:
        """Returns the digest of what found nothing wrong with a source as queries see it, or ''."""

    def difference(self, source: str, quads: Iterable[Quad]) -> tuple[list[Quad], list[Quad]]:
        """Returns what queries do not see yet of a source that is to be these, and see too much."""


@runtime_checkable
class Keeping(Protocol):
    """Keeps sources in files, which may be damaged."""

    def is_sound(self, source: str) -> bool:
        """Returns whether a source is there as it was written."""


@runtime_checkable
class Writer(Reader, Protocol):
    """Also takes sources in and out; readers see all of a change or nothing of it."""

    def replace(
        self,
        source: str,
        asserted: Iterable[Quad],
        derived: Iterable[Quad],
        *,
        label: str,
        recorded_by: str,
    ) -> bool:
        """Puts a source in, in place of what it was; returns whether that changed anything.

        Args:
            source: Its IRI.
            asserted: In the graph of the source.
            derived: In that graph's `/derived` twin.
            label: What a person calls the source.
            recorded_by: Who loads it.

        Raises:
            StoreError: The store is locked, full or cannot be written; it is as it was.
        """

    def replace_several(self, sources: Sequence[Incoming], *, recorded_by: str) -> list[bool]:
        """Puts sources in, each as `replace` does; returns of each whether that changed anything.

        They may share a transaction: none is ever in by half, and all are when this returns.

        Args:
            sources: No two are the same.
            recorded_by: Who loads them.

        Raises:
            StoreError: The store is locked, full or cannot be written; some may be in, the others
                are as they were.
        """

    def replace_bulk(self, source: str, bulk: Bulk, *, label: str, recorded_by: str) -> bool:
        """Puts in a source of any size, in place of what it was; returns whether that changed it.

        Raises:
            StoreError: The store is locked, full or cannot be written; it is as it was.
        """

    def remove(self, source: str) -> SourceRecord:
        """Takes a source out and returns what it was.

        Raises:
            Misuse: There is no such source.
        """
