"""From placed data to typed models, with every mistake of structure at its place."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kg.errors import InputError, InputErrors
from kg.facts.model import MODELS, FactDocument, Node, keys_of
from kg.facts.names import nearest
from kg.placed import Data, Path, Placed

MAX_ERRORS = 50
"""How many mistakes are told at once."""

_TAGS = {"reference", "claim", "position", "event", "passage", "part"}


def check(placed: Placed) -> FactDocument:
    """Returns the document as typed models.

    Raises:
        InputErrors: Unknown or missing keys, wrong values; all of them, in the order of the file.
    """
    try:
        return FactDocument.model_validate(placed.data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        found = {_input_error(placed, detail): None for detail in details[: MAX_ERRORS * 2]}
    raise gathered([InputError(*pair) for pair in found], complete=len(details) <= MAX_ERRORS * 2)


def gathered(errors: list[InputError], *, complete: bool = True) -> InputErrors:
    """Returns mistakes as one error, in the order of the file, the first `MAX_ERRORS`.

    Args:
        errors: The mistakes.
        complete: There are no others.
    """
    places = [error for error in errors if error.place is not None]
    ordered = sorted(places, key=_line_and_column)
    kept = ordered[:MAX_ERRORS]
    if not complete:
        kept.append(InputError("and more mistakes, which are not counted", kept[-1].place))
    elif more := len(ordered) - len(kept):
        kept.append(InputError(f"and {more} more mistakes", kept[-1].place))
    return InputErrors(tuple(kept))


def _line_and_column(error: InputError) -> tuple[int, int]:
    place = error.place
    return (0, 0) if place is None else (place.line or 0, place.column or 0)


def _input_error(placed: Placed, detail: ErrorDetails) -> tuple[str, Any]:
    loc = detail["loc"]
    path = _path(placed.data, loc)
    model = _model_at(loc)
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown(str(loc[-1]), model), placed.key(path)
    if kind == "missing":
        return f"`{loc[-1]}` is missing: {_what(model)} has to have it", placed.value(path)
    return _wrong(detail, path), placed.value(path)


def _path(data: Data, loc: tuple[str | int, ...]) -> Path:
    """Returns the path in the data that a validation error's location means."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(data, dict) and isinstance(part, str) and part in data:  # noqa: SIM114 - typed apart
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _model_at(loc: tuple[str | int, ...]) -> type[Node]:
    names = (part for part in reversed(loc[:-1]) if isinstance(part, str) and part in MODELS)
    return MODELS.get(next(names, ""), FactDocument)


def _what(model: type[Node]) -> str:
    names = {"ActorEntry": "an actor", "TextOf": "the text", "FactDocument": "the document"}
    word = model.__name__
    article = "an" if word[0] in "AEIOU" else "a"
    return names.get(word, f"{article} {word.lower()}")


def _unknown(key: str, model: type[Node]) -> str:
    keys = keys_of(model)
    near = nearest(key, keys)
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(keys)}"
    return f"{_what(model)} has no key `{key}`: {hint}"


def _wrong(detail: ErrorDetails, path: Path) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "the document")
    if detail["type"] == "value_error":
        return f"`{name}`: {detail['msg'].removeprefix('Value error, ')}"
    words = {
        "string_type": "text is expected",
        "string_too_short": "it is empty",
        "too_short": "it is empty",
        "int_parsing": "a whole number is expected",
        "int_type": "a whole number is expected",
        "int_from_float": "a whole number is expected",
        "greater_than_equal": "it has to be 0 or more",
        "list_type": "a list is expected",
        "dict_type": "keys and values are expected",
        "tuple_type": "two numbers are expected: [start, end]",
        "too_long": "two numbers are expected: [start, end]",
        "model_type": "keys and values are expected",
        "model_attributes_type": "keys and values are expected",
        "string_pattern_mismatch": "a name is a letter and then letters and digits",
    }
    if detail["type"] == "missing" or "Field required" in detail["msg"]:
        return f"`{name}`: two numbers are expected: [start, end]"
    return f"`{name}`: {words.get(detail['type'], detail['msg'])}"
