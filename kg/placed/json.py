"""JSON, strictly as RFC 8259 has it, with the place of every key and value."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from kg.errors import InputError, LimitError, Place
from kg.placed.data import Data, Number, Path, Placed, decode

MAX_DEPTH = 100

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Data] = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"true|false|null")
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(data: bytes, *, file: str) -> Placed:
    """Returns a JSON document with its places; numbers come as `Number`.

    Raises:
        InputError: Bad syntax, a key that stands twice, half a surrogate pair.
        LimitError: Nested deeper than `MAX_DEPTH`, or too large.
    """
    return _Reader(Placed(file), decode(data, file)).read_document()


@dataclass(slots=True)
class _Reader:
    placed: Placed
    text: str
    at: int = 0
    lines: list[int] = field(init=False)
    """Offsets at which lines begin."""

    def __post_init__(self) -> None:
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def read_document(self) -> Placed:
        self._skip()
        self.placed.data = self._value((), 0)
        self._skip()
        if self.at < len(self.text):
            raise self._error("something stands after the end of the document")
        return self.placed

    def _value(self, path: Path, depth: int) -> Data:
        self.placed.values[path] = self._mark(self.at)
        match self.text[self.at : self.at + 1]:
            case '"':
                return self._string()
            case "{":
                return self._object(path, self._deeper(depth))
            case "[":
                return self._array(path, self._deeper(depth))
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return Number(found[0])
        if found := _WORD.match(self.text, self.at):
            self.at = found.end()
            return _WORDS[found[0]]
        raise self._error("not JSON: a value is expected")

    def _object(self, path: Path, depth: int) -> Data:
        pairs: dict[str, Data] = {}
        while self._more("}", first=not pairs):
            start = self.at
            if not self.text.startswith('"', start):
                raise self._error('not JSON: a key in "double quotes" is expected')
            key = self._string()
            inner = (*path, key)
            if key in pairs:
                line = self.placed.keys[inner][0]
                self.at = start
                raise self._error(f"the key {key!r} stands here already, on line {line}")
            self.placed.keys[inner] = self._mark(start)
            self._skip()
            self._expect(":")
            pairs[key] = self._value(inner, depth)
        return pairs

    def _array(self, path: Path, depth: int) -> Data:
        items: list[Data] = []
        while self._more("]", first=not items):
            items.append(self._value((*path, len(items)), depth))
        return items

    def _more(self, end: str, *, first: bool) -> bool:
        """Steps over what parts two members; tells whether another one follows."""
        if first:
            self.at += 1
        self._skip()
        if self.text.startswith(end, self.at):
            self.at += 1
            return False
        if not first:
            self._expect(",", f"`,` or `{end}`")
        return True

    def _expect(self, sign: str, words: str | None = None) -> None:
        if not self.text.startswith(sign, self.at):
            raise self._error(f"not JSON: {words or f'`{sign}`'} is expected")
        self.at += 1
        self._skip()

    def _string(self) -> str:
        start = self.at
        try:
            text: str
            text, self.at = scanstring(self.text, start + 1, True)
        except JSONDecodeError as error:
            self.at = error.pos
            raise self._error(f"not JSON: {error.msg}") from error
        if _SURROGATE.search(text):
            self.at = start
            raise self._error("half a surrogate pair (\\ud800 to \\udfff) is no character")
        return text

    def _deeper(self, depth: int) -> int:
        if depth >= MAX_DEPTH:
            place = Place(self.placed.file, *self._mark(self.at))
            raise LimitError(f"nested deeper than {MAX_DEPTH} levels", place)
        return depth + 1

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _mark(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def _error(self, message: str) -> InputError:
        return InputError(message, Place(self.placed.file, *self._mark(self.at)))
