"""What goes wrong, as a client meets it: a status, words, and what to do."""

from collections.abc import Mapping
from http import HTTPStatus

from kg.errors import (
    InputError,
    KgError,
    LimitError,
    Misuse,
    NotConforming,
    QueryError,
    StoreError,
    harmless,
)

_STATUS: tuple[tuple[type[KgError], int], ...] = (
    (NotConforming, 422),
    (Misuse, 400),
    (InputError, 400),
    (QueryError, 400),
    (LimitError, 504),
    (StoreError, 503),
)


class Problem(KgError):
    """A request that is not answered as it was meant; `status` is HTTP's."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        return "\n".join(map(harmless, self.message.split("\n")))


class Busy(Problem):
    """There is more to do than workers for it."""

    def __init__(self, message: str) -> None:
        super().__init__(503, message, {"retry-after": "1"})


class TooMuch(Problem):
    """A client has used up its share."""

    def __init__(self, message: str, retry: int) -> None:
        super().__init__(429, f"{message}: try again in {retry} s", {"retry-after": str(retry)})


class TooLarge(Problem):
    """An answer or its making is larger than the server holds; 507 is `Insufficient Storage`."""

    def __init__(self, message: str) -> None:
        super().__init__(507, message)


def status_of(error: KgError) -> int:
    """Returns the status for an error."""
    if isinstance(error, Problem):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    """Returns what a status is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
