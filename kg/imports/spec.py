"""What a mapping file says: how a table of event data is read as events.

The shipped ones stand in `ontology/imports/`; a user's own has the same form. Mistakes in one are
told at their places, all at once.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from kg.errors import InputError, InputErrors, Place
from kg.placed import Placed, read_bytes, read_yaml
from kg.resources import files


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _day_form(form: str) -> str:
    """Returns a form of days that tells year, month and day apart."""
    day = datetime(2001, 2, 3)
    try:
        found = datetime.strptime(day.strftime(form), form)
    except ValueError as error:
        raise ValueError(f"{form!r} is no form of days: {error}") from error
    if found != day:
        raise ValueError(f"{form!r} does not say year, month and day")
    return form


Delimiter = Literal["tab", "comma", "semicolon"]
DELIMITERS: dict[Delimiter, str] = {"tab": "\t", "comma": ",", "semicolon": ";"}
M = TypeVar("M", bound="Part")
DayForm = Annotated[str, AfterValidator(_day_form)]
Window = Annotated[str, Field(pattern=r"^(month|[0-9]{1,4})$")]
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class Part(BaseModel):
    """A part of a mapping file; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(Part):
    """Who publishes the data, on which terms.

    Attributes:
        name: As a person calls it.
        publisher: Who publishes it.
        terms: Address of the terms of use.
        codebook: Address of the codebook.
        published: Pattern that finds the day of publication, as its first group, in a file's name.
    """

    name: str
    publisher: str = ""
    terms: str = ""
    codebook: str = ""
    published: str = ""


class Table(Part):
    """The form of the table.

    Attributes:
        delimiter: What parts the cells.
        quoted: Whether cells may stand in quotation marks, and then hold delimiters and line ends.
        columns: The heads, where the file has none of its own.
        missing: What a cell says that says nothing.
    """

    delimiter: Delimiter = "comma"
    quoted: bool | None = None
    columns: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)

    def may_quote(self, delimiter: str) -> bool:
        """Returns whether cells may stand in quotation marks: if nothing says so, without tabs."""
        return delimiter != DELIMITERS["tab"] if self.quoted is None else self.quoted


class Coded(Part):
    """How a kind is coded.

    Attributes:
        code: The column, or several whose cells are joined by a hyphen: type and mode.
        scheme: `cameo` or `plover`, whose homes are in the vocabulary, or `kind`: its own name.
        codes: The file of codes that says which there are.
        kinds: Kinds by code, where there is no scheme.
        always: The kind of every row, where no column says it.
    """

    code: OneOrMore = ("",)
    scheme: Literal["cameo", "plover", "kind"] | None = None
    codes: str = ""
    kinds: dict[str, str] = {}
    always: str = ""

    @model_validator(mode="after")
    def _is_told(self) -> Self:
        if not self.always and not all(self.code):
            raise ValueError("say the column of the `code`, or the kind that it is `always`")
        return self


class Actors(Part):
    """How an actor is told of.

    Attributes:
        name: Column of a name; the register's if it knows it, else the data set's own.
        separator: What parts several names or countries in a cell.
        country: Column of its country: ISO alpha-3, a code of `codes`, or a name.
        group: Column of a code of a known group.
        role: Column of a code of its role in the country.
        codes: The file of codes.
    """

    name: str = ""
    separator: str = ""
    country: str = ""
    group: str = ""
    role: str = ""
    codes: str = ""


class Somewhere(Part):
    """Where it was; `except` names kinds that have no place."""

    country: str
    codes: str = ""
    apart_from: tuple[str, ...] = Field(default=(), alias="except")


class Dated(Part):
    """When it was.

    Attributes:
        column: Of the day.
        until: Column of the last day, where there is one.
        formats: As of `strptime`, tried in turn.
        precision: Column that says how exactly the day is known.
        windows: By what that column says, how many days to either side, or `month`.
    """

    column: str
    until: str = ""
    formats: Annotated[tuple[DayForm, ...], BeforeValidator(_listed), Field(min_length=1)] = (
        "%Y-%m-%d",
    )
    precision: str = ""
    windows: dict[str, Window] = {}


class Number(Part):
    """A column of numbers; `least` is what none of them can be less than."""

    column: str
    least: int | None = None


class About(Part):
    """What it is about: topics of the vocabulary, by name or as PLOVER contexts."""

    column: str
    separator: str = ";"


class Event(Part):
    """Which columns tell what of an event.

    Attributes:
        id: Column of the data set's own id, which is the key of the event; several are joined.
        numbers: Columns of numbers, by the property of the vocabulary that they are.
        article: Column of the address of the article that the row was coded from.
        credit: Column of who reported it, as text.
    """

    id: OneOrMore
    kind: Coded
    date: Annotated[Dated, BeforeValidator(_column)]
    agent: Actors
    recipient: Actors = Actors()
    place: Somewhere | None = None
    about: About | None = None
    numbers: dict[str, Annotated[Number, BeforeValidator(_column)]] = {}
    article: str = ""
    credit: str = ""

    @property
    def columns(self) -> set[str]:
        """The names of all columns that it is told by."""
        told = [*self.id, *self.kind.code, self.date.column, self.date.until, self.date.precision]
        for who in (self.agent, self.recipient):
            told += [who.name, who.country, who.group, who.role]
        told += [self.article, self.credit, *(one.column for one in self.numbers.values())]
        told += [self.place.country] if self.place else []
        told += [self.about.column] if self.about else []
        return {*told} - {""}


class Spec(Part):
    """A mapping file."""

    dataset: Dataset
    table: Table = Table()
    event: Event


class Codes(Part):
    """A file of codes beside the mapping files.

    Attributes:
        events: The codes of events that there are, parted by spaces.
        countries: ISO alpha-3 by code.
        government: Roles that are the state itself.
        roles: What the role is called, by code.
        groups: Ends of the IRIs of actors of the register, by code.
        regions: What is not one state is called, by code.
    """

    events: str = ""
    countries: dict[str, str] = {}
    government: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    groups: dict[str, str] = {}
    regions: dict[str, str] = {}


def mappings(project: Path | None = None) -> dict[str, Path]:
    """Returns the files of all mappings by name, a project's own in place of shipped ones."""
    found = files("ontology", (".yaml",), under="imports", project=project)
    return {path.stem: path for path in found if path.parent.name == "imports"}


def read_spec(path: Path) -> tuple[Spec, Placed]:
    """Returns what a mapping file says, and where.

    Raises:
        InputError: It cannot be read, or is none.
    """
    placed = read_yaml(read_bytes(path), file=str(path))
    return _checked(placed, Spec), placed


def read_codes(name: str, beside: Path, project: Path | None = None) -> Codes:
    """Returns a file of codes: beside the mapping file, the project's, or a shipped one.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    found = {
        p.stem: p for p in files("ontology", (".yaml",), under="imports/codes", project=project)
    }
    own = beside.parent / "codes" / f"{name}.yaml"
    path = own if own.is_file() else found.get(name)
    if path is None:
        raise InputError(
            f"no file of codes is called {name!r}: {', '.join(found)}", Place(str(beside))
        )
    return _checked(read_yaml(read_bytes(path), file=str(path)), Codes)


_WORDS = {
    "extra_forbidden": "no such key is known",
    "missing": "it is missing",
    "model_type": "keys and values are expected",
    "model_attributes_type": "keys and values are expected",
    "dict_type": "keys and values are expected",
    "string_type": "text is expected",
    "tuple_type": "a list is expected",
    "too_short": "it is empty",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "literal_error": "{expected} is expected",
    "string_pattern_mismatch": "`month` or a number of days is expected",
}
"""What is wrong, by what pydantic calls it."""


def _checked(placed: Placed, model: type[M]) -> M:
    try:
        return model.model_validate(placed.data)
    except ValidationError as error:
        found = []
        for detail in error.errors(include_url=False):
            path = tuple(part for part in detail["loc"] if not isinstance(part, str) or part)
            name = ".".join(part for part in path if isinstance(part, str)) or "the file"
            word = _WORDS.get(detail["type"], "")
            told = word.format_map(detail.get("ctx", {})) or detail["msg"]
            message = f"`{name}`: {told.removeprefix('Value error, ')}"
            found.append(InputError(message, placed.key(path)))
        raise InputErrors(tuple(found)) from error
