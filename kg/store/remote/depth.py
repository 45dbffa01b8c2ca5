"""Bounds the nesting of JSON as it streams by: Oxigraph's parser of results dies of deep nesting.

A chunk is emptied of its strings; what brackets are left say how deep it is.
"""

import io
import re
from itertools import accumulate
from typing import Any

from kg.errors import StoreError

MOST = 20
"""Levels; results have five, terms in terms have more but are not of RDF 1.1."""

# Possessive, so that no text makes them slow.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_END = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class Shallow(io.RawIOBase):
    """Passes JSON on as it is.

    Raises:
        StoreError: On reading, when it nests deeper than `MOST`.
    """

    def __init__(self, inner: io.RawIOBase, what: str) -> None:
        self._inner = inner
        self._what = what
        self._depth = 0
        self._in_string = False
        self._held = b""

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer, as io says
        """Reads on, once what was read is known to be shallow."""
        count = self._inner.readinto(buffer) or 0
        self._look(self._held + bytes(buffer[:count]))
        return count

    def _look(self, data: bytes) -> None:
        # A backslash at the end belongs to what comes next.
        slashes = len(data) - len(data.rstrip(b"\\"))
        self._held = b"\\" if slashes % 2 else b""
        data = data[: len(data) - len(self._held)]
        if self._in_string:
            end = _END.match(data)
            if end is None:
                return
            data = data[end.end() :]
        outside, quote, _ = _STRING.sub(b"", data).partition(b'"')
        self._in_string = bool(quote)
        brackets = outside.translate(None, _NOT_BRACKETS)
        depths = list(accumulate((_STEP[sign] for sign in brackets), initial=self._depth))
        self._depth = depths[-1]
        if max(depths) > MOST:
            raise StoreError(f"{self._what} answers with JSON nested deeper than {MOST} levels")
