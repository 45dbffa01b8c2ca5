"""YAML 1.2 at the level of its events, so that every bound holds before anything is built."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from kg.errors import InputError, InputErrors, LimitError, Place
from kg.placed.data import Data, Mark, Number, Path, Placed, decode

MAX_DEPTH = 64
MAX_ALIASES = 1_000
MAX_EXPANDED = 100_000
"""How many nodes all aliases together may stand for."""

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""Gives events and marks; builds nothing."""


def read_yaml(data: bytes, *, file: str) -> Placed:
    """Returns the one document of a YAML file with its places.

    Plain scalars follow the core schema of YAML 1.2: `true`, `null` and nothing else are special;
    numbers come as `Number`; `no`, `on` and dates are text.

    Raises:
        InputError: Bad syntax, a key that stands twice, a tag, a merge key, a second document.
        LimitError: Too deep, too many aliases, or too large.
    """
    text = decode(data, file)
    reader = _Reader(Placed(file), text)
    try:
        reader.read_document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1)
        context = f" {error.context}" if error.context else ""
        raise InputError(f"not YAML: {error.problem}{context}", place) from error
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {error}", Place(file, 1)) from error
    if reader.errors:
        raise InputErrors(tuple(reader.errors))
    return reader.placed


@dataclass(slots=True)
class _Anchor:
    path: Path
    data: Data = None
    size: int = 0
    open: bool = True


@dataclass(slots=True)
class _Reader:
    placed: Placed
    text: str
    events: Iterator[yaml.Event] = field(init=False)
    anchors: dict[str, _Anchor] = field(default_factory=dict)
    errors: list[InputError] = field(default_factory=list)
    aliases: int = 0
    expanded: int = 0
    size: int = 0
    """Nodes read so far, those that aliases stand for included."""

    def __post_init__(self) -> None:
        self.events = iter(yaml.parse(self.text, Loader=LOADER))

    def read_document(self) -> None:
        next(self.events)
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise InputError("the file holds nothing but comments", Place(self.placed.file, 1))
        self.placed.data = self._node(next(self.events), (), 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._error("a second document begins: one file, one document", after)

    def _node(self, event: yaml.Event, path: Path, depth: int) -> Data:
        self.placed.values[path] = _mark(event)
        self.size += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise self._error("not YAML: a value is expected", event)
        if event.tag is not None:
            raise self._error(f"tags are not read: take {event.tag!r} away", event)
        anchor = _Anchor(path)
        if event.anchor is not None:
            self.anchors[event.anchor] = anchor
        before = self.size
        if isinstance(event, yaml.ScalarEvent):
            anchor.data = _scalar(event)
        elif depth >= MAX_DEPTH:
            raise LimitError(f"nested deeper than {MAX_DEPTH} levels", self._place(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            anchor.data = self._sequence(path, depth)
        else:
            anchor.data = self._mapping(path, depth)
        anchor.size, anchor.open = self.size - before + 1, False
        return anchor.data

    def _sequence(self, path: Path, depth: int) -> Data:
        items: list[Data] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, path: Path, depth: int) -> Data:
        pairs: dict[str, Data] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            inner = (*path, key)
            if key in pairs:
                line = self.placed.keys[inner][0]
                self.errors.append(
                    self._error(f"the key {key!r} stands here already, on line {line}", event)
                )
            else:
                self.placed.keys[inner] = _mark(event)
            pairs[key] = self._node(next(self.events), inner, depth + 1)
        return pairs

    def _key(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            raise self._error("a key has to be plain text", event)
        if event.value == "<<" and not event.style:
            raise self._error("merge keys (<<) are not read: write the keys out", event)
        return str(event.value)

    def _alias(self, event: yaml.AliasEvent, path: Path) -> Data:
        anchor = self.anchors.get(str(event.anchor))
        if anchor is None:
            raise self._error(f"no anchor &{event.anchor} stands before this alias", event)
        if anchor.open:
            raise self._error(f"the alias *{event.anchor} stands inside what it names", event)
        self.aliases += 1
        self.expanded += anchor.size
        self.size += anchor.size
        if self.aliases > MAX_ALIASES or self.expanded > MAX_EXPANDED:
            what = f"{MAX_ALIASES:,} aliases or {MAX_EXPANDED:,} nodes that they stand for"
            raise LimitError(f"more than {what}: write it out", self._place(event))
        self.placed.aliases[path] = anchor.path
        return anchor.data

    def _place(self, event: yaml.Event) -> Place:
        return Place(self.placed.file, *_mark(event))

    def _error(self, message: str, event: yaml.Event) -> InputError:
        return InputError(message, self._place(event))


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _scalar(event: yaml.ScalarEvent) -> Data:
    text = event.value or ""
    if event.style:
        return text
    if _NUMBER.fullmatch(text):
        return Number(text)
    if _NULL.fullmatch(text):
        return None
    return _BOOL.get(text, text)
