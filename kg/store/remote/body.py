"""What a server answers: hostile until parsed, and read to bounds.

Bytes are counted after decompression, so a small answer cannot become a large one here.
"""

import http.client
import io
import zlib
from email.message import Message
from typing import Any, NoReturn

from kg.errors import LimitError, StoreError
from kg.store.base import Limits
from kg.store.remote.failures import failure

_CHUNK = 1 << 16


class Body(io.RawIOBase):
    """What a server answered, read to bounds; close it, or use it in a `with`."""

    def __init__(self, url: str, response: http.client.HTTPResponse, limits: Limits) -> None:
        self.url = url
        self.headers: Message = response.headers
        self.kind = response.headers.get_content_type()
        self._response = response
        self._limits = limits
        # Terms take about four times the bytes that they are told in.
        self._left = limits.megabytes * (1 << 20) // 4
        self._inflate = _inflater(url, response.headers.get("Content-Encoding", ""))
        self._rest = b""

    def readable(self) -> bool:
        """Returns that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer, as io says
        """Reads on; 0 at the end of a whole answer.

        Raises:
            LimitError: A bound is reached.
            StoreError: The answer was cut off.
        """
        data = self._next(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise LimitError(
                f"{self.url} answered with more than {self._limits.megabytes} megabytes can hold: "
                "ask for less, with a LIMIT"
            )
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        try:
            if self._inflate is None:
                return self._raw(most)
            while not self._inflate.eof:
                packed = self._inflate.unconsumed_tail or self._raw(_CHUNK)
                data = self._inflate.decompress(packed, most)
                if data:
                    return data
                if not packed:
                    return _cut()
        except zlib.error as error:
            raise StoreError(f"{self.url}: the compressed answer is damaged: try again") from error
        except (OSError, http.client.HTTPException) as error:
            raise failure(self.url, error, self._limits) from error
        return b""

    def _raw(self, most: int) -> bytes:
        data = self._response.read(most)
        # Told a length, Python's client takes an early end for the end.
        if not data and self._response.length:
            return _cut()
        return data

    def close(self) -> None:
        """Lets go of the connection."""
        self._response.close()
        super().close()


def _cut() -> NoReturn:
    raise http.client.IncompleteRead(b"")


def _inflater(url: str, encoding: str) -> "zlib._Decompress | None":
    if encoding.strip().lower() in {"", "identity"}:
        return None
    if encoding.strip().lower() not in {"gzip", "x-gzip"}:
        raise StoreError(f"{url} answers compressed as {encoding}, which was not asked for")
    return zlib.decompressobj(31)
