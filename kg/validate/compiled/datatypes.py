"""The lexical forms of the datatypes that SPARQL knows, as patterns every engine can run."""

from typing import Final

from kg.namespaces import XSD

_ZONE = "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_LEAP = "([0-9]*[0-9]{2}(0[48]|[2468][048]|[13579][26])|[0-9]*([02468][048]|[13579][26])00)"
_DAY = (
    "-?([0-9]{4,}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_FLOAT = r"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_INTEGER = "[+-]?[0-9]+"

RANGES: Final[dict[str, tuple[int, int]]] = {
    XSD + f"{sign}{name}": (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for name, bits in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))
    for sign in ("unsigned", "")
    for name in (name if sign else name.lower(),)
}
"""The least and the greatest value of the integers that have both."""

PATTERNS: Final[dict[str, str]] = {
    XSD + "integer": _INTEGER,
    XSD + "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
    XSD + "boolean": "true|false|1|0",
    XSD + "date": _DAY + _ZONE,
    XSD + "dateTime": f"{_DAY}T{_TIME}{_ZONE}",
    XSD + "time": _TIME + _ZONE,
    XSD + "nonNegativeInteger": r"\+?[0-9]+|-0+",
    XSD + "positiveInteger": r"\+?0*[1-9][0-9]*",
    XSD + "nonPositiveInteger": r"-[0-9]+|\+?0+",
    XSD + "negativeInteger": "-0*[1-9][0-9]*",
} | dict.fromkeys(RANGES, _INTEGER)
"""By datatype; the whole form has to match."""
