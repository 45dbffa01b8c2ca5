"""Cells as the text of N-Quads: texts, numbers, addresses. What is no term does not get through."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

DIGITS = 18
"""Before the point of a number, at most."""

_SPECIAL = re.compile('[\\\\"\x00-\x1f\x7f]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

KEY = re.compile(r"[A-Za-z0-9._~-]+")
INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
DECIMAL = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,40})?")
_CHARACTERS = r"A-Za-z0-9._~!$&'()*+,;=:@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/(?:[/{_CHARACTERS}-]++|%[0-9A-Fa-f]{{2}})*+)?"
    rf"(?:\?(?:[/?{_CHARACTERS}-]++|%[0-9A-Fa-f]{{2}})*+)?"
    rf"(?:\#(?:[/?{_CHARACTERS}-]++|%[0-9A-Fa-f]{{2}})*+)?"
)
"""An http address that can stand as an IRI as it is. It never tries a character twice (`++`): what
is none would else take a time that doubles with each character."""


class Plain:
    """Cells that can stand in N-Quads as they are: most columns hold no others.

    Args:
        form: What such a cell matches.
        missing: What cells say that say nothing, and so may not stand.
    """

    def __init__(self, form: re.Pattern[str], missing: Iterable[str]) -> None:
        self._lines = re.compile(rf"(?:(?:{form.pattern})\n)*+").fullmatch
        self._missing = frozenset(filter(form.fullmatch, missing))

    def all(self, cells: Sequence[str]) -> bool:
        """Returns whether all are."""
        lines = "\n".join((*cells, ""))
        is_told = not self._missing or self._missing.isdisjoint(cells)
        return is_told and lines.count("\n") == len(cells) and self._lines(lines) is not None


def escaped(text: str) -> str:
    """Returns text as it stands between the quotes of an N-Quads literal."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda c: _ESCAPES.get(c[0]) or f"\\u{ord(c[0]):04X}", text)


def numeral(cell: str, *, whole: bool) -> str | None:
    """Returns the numeral of a number, `None` if the cell holds none."""
    if (INTEGER if whole else DECIMAL).fullmatch(cell):
        return cell
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    if whole or not value.is_finite() or abs(value.adjusted()) > DIGITS:
        return None
    return format(value, "f")
