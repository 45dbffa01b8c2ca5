"""Cells as the text of N-Quads: texts, numbers, addresses. What is no term does not get through."""

import re
from decimal import Decimal, InvalidOperation

DIGITS = 18
"""Before the point of a number, at most."""

_SPECIAL = re.compile('[\\\\"\x00-\x1f\x7f]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,40})?")
_CHARACTERS = r"A-Za-z0-9._~!$&'()*+,;=:@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/(?:[/{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
    rf"(?:\?(?:[/?{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
    rf"(?:\#(?:[/?{_CHARACTERS}-]+|%[0-9A-Fa-f]{{2}})*)?"
)


def escaped(text: str) -> str:
    """Returns text as it stands between the quotes of an N-Quads literal."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda c: _ESCAPES.get(c[0]) or f"\\u{ord(c[0]):04X}", text)


def numeral(cell: str, *, whole: bool) -> str | None:
    """Returns the numeral of a number, `None` if the cell holds none."""
    if (_INTEGER if whole else _DECIMAL).fullmatch(cell):
        return cell
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    if whole or not value.is_finite() or abs(value.adjusted()) > DIGITS:
        return None
    return format(value, "f")


def is_address(cell: str) -> bool:
    """Returns whether a cell is an http address that can stand as an IRI as it is."""
    return _ADDRESS.fullmatch(cell) is not None
