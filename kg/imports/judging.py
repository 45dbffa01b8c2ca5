"""Which rows are wrong, and why: those that could be are put to a judge, as few as need be."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeAlias
from urllib.parse import unquote

from kg.imports.alike import Alike, Aspect
from kg.imports.mapped import Mapped
from kg.imports.mapping import Mapping


class Judge(Protocol):
    """Says what is wrong with N-Quads of one source: by the IRI of a node, in words."""

    @property
    def aspects(self) -> Sequence[Aspect] | None:
        """What that follows from; `None` if it may be anything."""

    def __call__(self, asserted: str, derived: str) -> dict[str, str]:
        """Returns what is wrong with which node."""


Quads: TypeAlias = Callable[[Mapped], tuple[str, str]]
"""Tells all of some rows, asserted and derived: of their source and their actors, too."""


class Judging:
    """Says which rows are wrong, and why.

    Args:
        mapping: Of the rows.
        judge: Who says it.
        quads: What he is shown of rows.
        other_rules: Whether other than the shipped rules derive, whose outcome may be anything.
    """

    def __init__(self, mapping: Mapping, judge: Judge, quads: Quads, *, other_rules: bool) -> None:
        self._row = f"{mapping.source}#row="
        self._judge, self._quads = judge, quads
        self._alike = Alike(mapping, None if other_rules else judge.aspects)

    def found(
        self, mapped: Mapped, numbers: Sequence[int], known: dict[int, str]
    ) -> dict[int, str]:
        """Returns which of some rows are wrong, by their places among those that can be read.

        Args:
            mapped: The rows.
            numbers: Of all of them, also of those that cannot be read.
            known: What was found before, by number; nothing where a row is sound.
        """
        of = [numbers[at] for at in mapped.taken] if known else []
        before = {at: known[row] for at, row in enumerate(of) if row in known}
        rest = [at for at in range(len(mapped.taken)) if at not in before]
        some = mapped.only(rest) if before else mapped
        found = self._alike.wrong(some, partial(self._among, some, numbers))
        told = {at: said for at, said in before.items() if said}
        return told | {rest[at]: said for at, said in found.items()}

    def _among(
        self, mapped: Mapped, numbers: Sequence[int], places: Sequence[int]
    ) -> dict[int, str]:
        """Returns what the judge finds wrong with the rows at some places."""
        some = mapped.only(places)
        found = self._judge(*self._quads(some))
        if not found:
            return {}
        rows = [numbers[taken] for taken in some.taken]
        rows_of: dict[str, list[int]] = defaultdict(list)
        for event, row in zip(some.events, rows, strict=True):
            rows_of[event].append(row)
        return {
            at: _shared(event, rows_of[event]) + said
            for at, event, row in zip(places, some.events, rows, strict=True)
            if (said := found.get(event[1:-1]) or found.get(f"{self._row}{row}"))
        }


def _shared(event: str, numbers: list[int]) -> str:
    """Returns which rows tell of an event, if that is more than one."""
    if len(numbers) == 1:
        return ""
    first = ", ".join(map(str, numbers[:3][: len(numbers) - 1]))
    last = f"{numbers[-1]}" if len(numbers) <= 4 else f"{len(numbers) - 3:,} more"
    return f"rows {first} and {last} share the id {unquote(event[1:-1].rpartition('/')[2])}: "
