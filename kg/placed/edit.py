"""Changes to a YAML text in place: what is not changed stays as it was, to the byte.

The changed text is read again, and has to say exactly what was meant; where it would not (an
anchor, an unusual layout), it is an error, and nothing is changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from kg.errors import InputError, Place
from kg.placed.data import Data, Path, mark_at
from kg.placed.yaml import LOADER, read_yaml

_UNCHANGED = "cannot be changed in place: write it out plainly, without anchors, and try again"


@dataclass(frozen=True, slots=True)
class _Node:
    """Where a value stands; `end` is after its last character that is no blank or comment."""

    start: int
    end: int
    flow: bool
    entries: "tuple[_Entry, ...]" = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key and value, or an item; `start` is its key, dash or first character."""

    step: str | int
    start: int
    end: int
    value: _Node


def removed(text: str, gone: Iterable[Path], *, file: str) -> str:
    """Returns a text without some values; what is left empty goes with them.

    Raises:
        InputError: It cannot be done in place.
    """
    tree = _tree(text)
    told = frozenset(gone)
    paths = _widened(tree, (), told)
    meant = _without(read_yaml(text.encode(), file=file).data, (), paths | told)
    cuts = [(start, end, "") for start, end in _cuts(text, tree, (), paths)]
    return _agreed(_spliced(text, cuts), meant, Place(file, 1))


def replaced(text: str, new: Mapping[Path, str], *, file: str) -> str:
    """Returns a text with other values, each given as it is written in YAML.

    Raises:
        InputError: One of them is not YAML there, or it cannot be done in place.
    """
    meant = read_yaml(text.encode(), file=file).data
    splices = []
    for path, written in new.items():
        node = _at(text, path, file)
        first, *others = written.strip("\r\n").split("\n")
        blanks = " " * _column(text, node.start)
        told = (first, *(blanks + line if line.strip() else line for line in others))
        splices.append((node.start, node.end, "\n".join(told)))
        meant = _with(meant, path, read_yaml(written.encode(), file=file).data)
    place = Place(file, *mark_at(text, min(start for start, _, _ in splices)))
    return _agreed(_spliced(text, splices), meant, place)


def with_key(text: str, path: Path, key: str, value: str, *, file: str) -> str:
    """Returns a text in which a mapping begins with another key, key and value as written.

    Raises:
        InputError: It cannot be done in place.
    """
    node = _at(text, path, file)
    place = Place(file, *mark_at(text, node.start))
    if not node.entries:
        raise InputError(_UNCHANGED, place)
    first = node.entries[0].start
    after = ", " if node.flow else "\n" + " " * _column(text, first)
    meant = _with(read_yaml(text.encode(), file=file).data, (*path, key), value)
    return _agreed(_spliced(text, [(first, first, f"{key}: {value}{after}")]), meant, place)


def source_of(text: str, path: Path, *, file: str) -> str:
    """Returns how a value is written, as far to the left as it goes.

    Raises:
        InputError: It stands inside what an alias names.
    """
    node = _at(text, path, file)
    column = _column(text, node.start)
    first, *others = text[node.start : node.end].split("\n")
    moved = (line[min(column, len(line) - len(line.lstrip(" "))) :] for line in others)
    return "\n".join((first, *moved)) + "\n"


def _tree(text: str) -> _Node:
    # The text was read before: it is bounded, and nested no deeper than may be.
    events = iter(yaml.parse(text, Loader=LOADER))
    next(events), next(events)
    return _node(text, next(events), events)


def _node(text: str, event: yaml.Event, events: Iterator[yaml.Event]) -> _Node:
    start, end = _span(event)
    if not isinstance(event, yaml.CollectionStartEvent):
        return _Node(start, start + len(text[start:end].rstrip()), flow=False)
    entries: list[_Entry] = []
    for inner in events:
        end = _span(inner)[1]
        if isinstance(inner, yaml.CollectionEndEvent):
            break
        if isinstance(event, yaml.MappingStartEvent):
            begin, end = _span(inner)
            key = str(inner.value) if isinstance(inner, yaml.ScalarEvent) else ""
            value = _node(text, next(events), events)
            entries.append(_Entry(key, begin, max(end, value.end), value))
        else:
            value = _node(text, inner, events)
            begin = value.start if event.flow_style else text.rfind("-", 0, value.start)
            entries.append(_Entry(len(entries), begin, value.end, value))
    if not event.flow_style:
        end = entries[-1].end
    return _Node(start, end, bool(event.flow_style), tuple(entries))


def _span(event: yaml.Event) -> tuple[int, int]:
    first, last = event.start_mark, event.end_mark
    return (first.index, last.index) if first and last else (0, 0)


def _at(text: str, path: Path, file: str) -> _Node:
    node = _tree(text)
    for step in path:
        found = [entry.value for entry in node.entries if entry.step == step]
        if not found:
            raise InputError(_UNCHANGED, Place(file, *mark_at(text, node.start)))
        node = found[0]
    return node


def _column(text: str, offset: int) -> int:
    return mark_at(text, offset)[1] - 1


def _widened(node: _Node, path: Path, gone: frozenset[Path]) -> frozenset[Path]:
    """Returns what has to go so that nothing is left empty."""
    if path in gone:
        return frozenset({path})
    inner = [(*path, entry.step) for entry in node.entries]
    parts = [_widened(e.value, at, gone) for e, at in zip(node.entries, inner, strict=True)]
    found = frozenset[Path]().union(*parts)
    return frozenset({path}) if inner and found.issuperset(inner) else found


def _cuts(text: str, node: _Node, path: Path, gone: frozenset[Path]) -> Iterator[tuple[int, int]]:
    entries = node.entries
    going = [(*path, entry.step) in gone for entry in entries]
    for entry, goes in zip(entries, going, strict=True):
        if not goes:
            yield from _cuts(text, entry.value, (*path, entry.step), gone)
    if not any(going) or all(going):
        return
    alone = not text[: entries[0].start].rpartition("\n")[2].strip()
    first = 0
    if node.flow or not alone:
        # What follows moves up to where the first one stood.
        first = going.index(False)
        if first:
            yield entries[0].start, entries[first].start
    for number in range(first, len(entries)):
        if going[number] and node.flow:
            yield entries[number - 1].end, entries[number].end
        elif going[number]:
            start = text.rfind("\n", 0, entries[number].start) + 1
            yield start, text.find("\n", entries[number].end) + 1 or len(text)


def _spliced(text: str, splices: Iterable[tuple[int, int, str]]) -> str:
    for start, end, told in sorted(splices, reverse=True):
        text = text[:start] + told + text[end:]
    return text


def _agreed(text: str, meant: Data, place: Place) -> str:
    """Returns the text if it says what is meant."""
    try:
        said = read_yaml(text.encode(), file=place.file).data
    except InputError as error:
        raise InputError(f"{_UNCHANGED}: {error.message}", place) from error
    if said != meant:
        raise InputError(_UNCHANGED, place)
    return text


def _without(data: Data, path: Path, gone: frozenset[Path]) -> Data:
    if isinstance(data, dict):
        return {
            key: _without(value, (*path, key), gone)
            for key, value in data.items()
            if (*path, key) not in gone
        }
    if isinstance(data, list):
        return [
            _without(value, (*path, n), gone)
            for n, value in enumerate(data)
            if (*path, n) not in gone
        ]
    return data


def _with(data: Data, path: Path, value: Data) -> Data:
    """Returns the data with one value another one; what else shares it keeps its own."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {**data, str(step): _with(data.get(str(step)), rest, value)}
    if isinstance(data, list) and isinstance(step, int):
        return [*data[:step], _with(data[step], rest, value), *data[step + 1 :]]
    return data
