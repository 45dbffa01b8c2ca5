"""A fact document in its file, changed a little at a time while a person looks on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from kg.errors import InputError, Misuse, Place
from kg.facts.build import Document
from kg.facts.read import Register, document_of
from kg.namespaces import EVENT
from kg.placed import Data, Placed, decode, read_bytes, read_yaml
from kg.placed import Path as At
from kg.store.files import told, write_output
from kg.vocabulary import Vocabulary

SECTIONS = ("tenures", "claims", "positions", "events")
"""The keys of a document under which facts stand."""

LINKS = ("during", "about", "content", "before", "inResponseTo", "conditionalOn", "ground")
"""The keys that name other facts."""

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Fact:
    """A tenure, claim, position or event of a document, as it is written.

    Attributes:
        at: Its path.
        told: Its keys and values.
        within: The acts whose content it is, the outermost first.
        number: What its IRI ends with where it has no id.
    """

    at: At
    told: dict[str, Data]
    within: "tuple[Fact, ...]"
    number: str

    @property
    def name(self) -> str:
        """Its id, or what stands for it."""
        return str(self.told.get("id") or self.number)

    @property
    def kind(self) -> str:
        """As fact documents write it; for tenures too."""
        implied = {"tenures": "Tenure", "claims": "Claim", "positions": "Position"}
        return str(self.told.get("type") or implied.get(str(self.at[0]), ""))


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact document that was read from a file and is sound."""

    path: Path
    raw: bytes = field(repr=False)
    text: str = field(repr=False)
    placed: Placed = field(repr=False)
    document: Document = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    register: Register = field(repr=False)

    @property
    def data(self) -> dict[str, Data]:
        """Returns the document as plain data."""
        return cast("dict[str, Data]", self.placed.data)

    def facts(self) -> Iterator[Fact]:
        """Yields the facts, each before its content, in the order of the file."""
        return facts_of(self.data)

    def iri(self, fact: Fact) -> str:
        """Returns the IRI of a claim or an event."""
        if fact.name.startswith("event/"):
            return EVENT + fact.name.removeprefix("event/")
        return f"{self.document.source}/{fact.name}"

    def rewritten(self, text: str) -> "Draft":
        """Puts another text into the file, whole or not at all, and returns it.

        Raises:
            InputError: It would not be sound, or the file is another one by now.
            StoreError: It cannot be written.
        """
        mark = _MARK if self.raw.startswith(_MARK) else b""
        new = _read(self.path, mark + text.encode(), self.vocabulary, self.register)
        if read_bytes(self.path) != self.raw:
            raise InputError(
                "was changed by another program meanwhile: nothing was written, start again",
                Place(str(self.path)),
            )
        with told(f"writing {self.path}"):
            write_output(self.path, new.raw)
        return new


def open_draft(path: Path, vocabulary: Vocabulary, register: Register) -> Draft:
    """Returns a fact document in YAML, to be changed.

    Raises:
        InputError: It cannot be read, or names what nobody knows.
        Misuse: It is not YAML.
    """
    if path.suffix.lower() not in {".yaml", ".yml"}:
        raise Misuse(f"{path}: only a fact document in YAML can be changed in place")
    return _read(path, read_bytes(path), vocabulary, register)


def facts_of(data: Data) -> Iterator[Fact]:
    """Yields the facts of a document's data, each before its content."""
    for section in SECTIONS:
        listed = data.get(section) if isinstance(data, dict) else None
        for n, told_ in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(told_, dict):
                # Events are the only ones that are numbered without their section.
                trail = f"{n}" if section == "events" else f"{section}-{n}"
                yield from _facts((section, n), told_, (), trail)


def _facts(at: At, told: dict[str, Data], within: tuple[Fact, ...], number: str) -> Iterator[Fact]:
    fact = Fact(at, told, within, number)
    yield fact
    content = told.get("content")
    inside = content if isinstance(content, list) else [content]
    for n, inner in enumerate(inside):
        if isinstance(inner, dict):
            step = ("content", n) if isinstance(content, list) else ("content",)
            yield from _facts((*at, *step), inner, (*within, fact), f"{number}-{n}")


def _read(path: Path, raw: bytes, vocabulary: Vocabulary, register: Register) -> Draft:
    placed = read_yaml(raw, file=str(path))
    document = document_of(placed, vocabulary, register)
    return Draft(path, raw, decode(raw, str(path)), placed, document, vocabulary, register)
