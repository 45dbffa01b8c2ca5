"""What can go wrong, as the user meets it.

    KgError
    ├── NotConforming   1  the answer is no
    ├── Misuse          2  the command or call is wrong
    ├── InputError      3  input cannot be read
    ├── QueryError      4  a query is wrong
    ├── LimitError      5  time or size ran out
    ├── StoreError      6  the store is missing, locked, full or unreachable
    └── ServiceError    6  a service that was asked is unreachable or refuses

Only the command line and the web turn these into exit codes and statuses. A message says what was
being done, to what, and what to try.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

# What steers a terminal, ends a line, turns the direction of text, or is no character at all.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def counted(count: int, thing: str) -> str:
    """Returns `1 source`, `2 sources`, `1,204 sources`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def harmless(text: str) -> str:
    """Returns text on one line, with escapes for what would not show as it is."""
    return _UNFIT.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in an input file; lines and columns count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = (harmless(self.file), self.line, self.column)
        return ":".join(str(part) for part in parts if part is not None)


class KgError(Exception):
    """Anything a user can cause. `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        told = harmless(self.message)
        return told if self.place is None else f"{self.place}: {told}"


class NotConforming(KgError):
    """The data was read, and the shapes say no; the message is a report of several lines."""

    def __str__(self) -> str:
        return "\n".join(harmless(line) for line in self.message.split("\n"))


class Misuse(KgError):
    """A command, a call or a parameter is wrong; nothing was done."""

    exit_code = 2


class InputError(KgError):
    """Input cannot be read; `place` says where."""

    exit_code = 3


class QueryError(KgError):
    """A query cannot be parsed, bound or evaluated."""

    exit_code = 4


class LimitError(KgError):
    """A limit of time, memory or size was reached."""

    exit_code = 5


class StoreError(KgError):
    """The store is missing, locked, full, damaged or unreachable."""

    exit_code = 6


class ServiceError(KgError):
    """A service that the user named is unreachable, or does not do what it was asked."""

    exit_code = 6


def unreadable(file: object, error: OSError | UnicodeDecodeError) -> InputError:
    """Returns that a file cannot be read; of one that is not UTF-8, with the place where."""
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return InputError(f"cannot be read: {reason}", Place(str(file)))
    *lines, last = error.object[: error.start].split(b"\n")
    place = Place(str(file), len(lines) + 1, len(last.decode(errors="replace")) + 1)
    byte = error.object[error.start]
    return InputError(f"not UTF-8: byte 0x{byte:02x} is no character: save it as UTF-8", place)


class InputErrors(InputError):
    """Several things wrong with one input, each with its place, in the order of the file."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors

    def __str__(self) -> str:
        return self.message
