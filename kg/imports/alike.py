"""Which rows need no judge: those that are like rows which he found sound.

A judge says what his verdicts follow from. A row that has nothing in these respects which sound
rows did not have is sound, too; of those that are alike one is judged first. Several rows of one
event that say the same of it are alike as one; those that do not are judged, all together.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Protocol

from kg.imports.mapped import Coded, Mapped, properties_of
from kg.imports.mapping import Mapping
from kg.imports.memory import MAX_SEEN
from kg.namespaces import RDFS


class Aspect(Protocol):
    """What a verdict follows from, as `kg.validate.aspects` has it."""

    @property
    def classes(self) -> frozenset[str] | None:
        """Those that matter of the classes of an event; `None` for all."""

    @property
    def properties(self) -> frozenset[str]:
        """Those whose values matter."""

    @property
    def is_each(self) -> bool:
        """Whether each value is judged for itself."""


class _Respect:
    """What rows are alike in: classes of their events, and columns.

    Attributes:
        sound: What sound rows had.
    """

    def __init__(
        self, classes: frozenset[str] | None, columns: tuple[int, ...], *, always: bool
    ) -> None:
        self.sound: set[Hashable] = set()
        self._classes, self._columns, self._always = classes, columns, always
        self._of: dict[Coded, frozenset[str]] = {}

    def of(
        self,
        kinds: Sequence[Coded],
        columns: Sequence[Sequence[Hashable]],
        shared: Iterable[Sequence[int]],
    ) -> list[Hashable]:
        """Returns what each row has; the same for all events that nothing is asked of.

        Args:
            kinds: Of each.
            columns: Of all.
            shared: Places of rows that tell of one event: each has what all of them have.
        """
        for kind in {*kinds} - self._of.keys():
            matter = kind.classes if self._classes is None else kind.classes & self._classes
            self._of[kind] = matter
        classes = map(self._of.__getitem__, kinds)
        had = list(zip(classes, *(columns[at] for at in self._columns), strict=True))
        found: list[Hashable] = [one if self._always or one[0] else None for one in had]
        for places in shared:
            all_have = len(places), frozenset(had[at] for at in places)
            for at in places:
                found[at] = all_have
        return found


class Alike:
    """Remembers what sound rows are like.

    Args:
        mapping: Of the rows.
        aspects: What verdicts follow from; `None` if that may be anything.
    """

    def __init__(self, mapping: Mapping, aspects: Sequence[Aspect] | None) -> None:
        self._told = properties_of(mapping)
        # No two events have the same label.
        self._is_open = aspects is None or any(RDFS + "label" in one.properties for one in aspects)
        # Who takes part is a node that is judged, too; so is the row, of which the last one tells.
        last = len(self._told) - 1
        parties = (_Respect(frozenset(), (column,), always=True) for column in range(3))
        respects = {
            (aspect.classes if columns else None, columns)
            for aspect in aspects or ()
            for columns in self._columns(aspect)
        }
        self._respects = [*parties, *(_Respect(*one, always=last in one[1]) for one in respects)]

    def _columns(self, aspect: Aspect) -> Iterable[tuple[int, ...]]:
        """Returns the columns that matter, those apart that are judged each for itself."""
        columns = tuple(at for at, told in enumerate(self._told) if told & aspect.properties)
        return [(at,) for at in columns] if aspect.is_each and columns else [columns]

    def wrong(
        self, mapped: Mapped, judge: Callable[[Sequence[int]], dict[int, str]]
    ) -> dict[int, str]:
        """Returns which of some rows are wrong, and why.

        Args:
            mapped: The rows.
            judge: Says it of those at some places; it is asked of as few as need be.
        """
        every = range(len(mapped.events))
        if self._is_open:
            return judge(every)
        columns, shared = mapped.columns, _shared(mapped.events)
        told = [(one.sound, one.of(mapped.kinds, columns, shared)) for one in self._respects]
        # All but the last column tell of the event.
        of_event = list(zip(mapped.kinds, *columns[:-1], strict=True)) if shared else []
        at_odds = {at for some in shared if len({of_event[at] for at in some}) > 1 for at in some}
        firsts = {at for sound, had in told for at in _firsts(sound, had)}
        ahead = _whole(shared, firsts) | at_odds
        wrong = judge(sorted(ahead)) if ahead else {}
        self._learn(told, ahead - at_odds - _whole(shared, {*wrong}))
        rest = {at for sound, had in told for at in every if had[at] not in sound} - ahead
        if rest := _whole(shared, rest):
            wrong |= judge(sorted(rest))
            self._learn(told, rest - _whole(shared, {*wrong}))
        return wrong

    def _learn(self, told: list[tuple[set[Hashable], list[Hashable]]], places: set[int]) -> None:
        for sound, had in told:
            if len(sound) > MAX_SEEN:
                sound.clear()
            sound.update(had[at] for at in places)


def _shared(events: Sequence[str]) -> list[list[int]]:
    """Returns the places of rows of which several tell of one event, by event."""
    if len({*events}) == len(events):
        return []
    places: dict[str, list[int]] = defaultdict(list)
    for at, event in enumerate(events):
        places[event].append(at)
    return [some for some in places.values() if len(some) > 1]


def _whole(shared: list[list[int]], places: set[int]) -> set[int]:
    """Returns some places, and those of all rows that tell of the same events."""
    return places.union(*(some for some in shared if not places.isdisjoint(some)))


def _firsts(sound: set[Hashable], had: list[Hashable]) -> Iterator[int]:
    """Yields the first place of each that no sound row had."""
    fresh = {*had} - sound
    for at, one in enumerate(had) if fresh else ():
        if one in fresh:
            fresh.remove(one)
            yield at
