"""RDF/XML looked at by expat first: no document type, bounded depth, and where things stand.

pyoxigraph expands entities without bound and names no line; expat here never gets that far.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.parsers import expat

from kg.errors import InputError, LimitError, Place
from kg.namespaces import RDF
from kg.rdf.guard import MAX_DEPTH

Mark = tuple[int, int]
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_XML = "http://www.w3.org/XML/1998/namespace"
_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """Returns text with a replacement mark for each character that XML 1.0 cannot hold."""
    return _UNFIT.sub("\ufffd", text)


@dataclass(slots=True)
class Outline:
    """Where the elements of an RDF/XML document stand.

    Attributes:
        subjects: Line and column of the first element about a node, by its IRI.
        properties: Of the first element of a property, by node and property IRI.
        values: Likewise, by node, property, and the IRI or text of the value.
        children: Byte offsets at which each child of the root begins and ends.
        root: What the start tag of the root says its name is, as written.
    """

    subjects: dict[str, Mark] = field(default_factory=dict)
    properties: dict[tuple[str, str], Mark] = field(default_factory=dict)
    values: dict[tuple[str, str, str], Mark] = field(default_factory=dict)
    children: list[tuple[int, int]] = field(default_factory=list)
    root: str = ""


def outline(data: bytes, file: str) -> Outline:
    """Returns where the elements of a well-formed document stand.

    Raises:
        InputError: Not well-formed, a document type, an encoding that is not UTF-8.
        LimitError: Elements nest deeper than `MAX_DEPTH`.
    """
    declared = _DECLARED.match(data)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        name = declared[1].decode("ascii")
        raise InputError(f"the encoding is {name}: save it as UTF-8", Place(file, 1))
    walk = _Walk(data, file)
    try:
        walk.parser.Parse(data, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise InputError(
            f"not XML: {words}", Place(file, error.lineno, error.offset + 1)
        ) from error
    return walk.found


def prefixes(data: bytes, found: Outline) -> Iterator[tuple[bytes, int]]:
    """Yields the document cut after each child of its root, and the offset of that child."""
    end_tag = f"</{found.root}>".encode()
    for start, end in found.children:
        yield data[:end] + end_tag, start


@dataclass(slots=True)
class _Element:
    base: str
    is_node: bool
    subject: str = ""
    predicate: str = ""
    mark: Mark = (1, 1)
    text: list[str] = field(default_factory=list)
    counter: int = 0


@dataclass(slots=True)
class _Walk:
    data: bytes
    file: str
    found: Outline = field(default_factory=Outline)
    stack: list[_Element] = field(default_factory=list)
    parser: expat.XMLParserType = field(init=False)
    child: int = 0

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _place(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _doctype(self, *_: object) -> None:
        raise InputError(
            "a document type (<!DOCTYPE …>) is not read: take it out, with what it declares",
            self._place(),
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise LimitError(f"nested deeper than {MAX_DEPTH} levels", self._place())
        mark = (self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        at = self.parser.CurrentByteIndex
        if not self.stack:
            written = re.match(rb"<([^\s/>]+)", self.data[at : at + 1_000])
            self.found.root = written[1].decode() if written else ""
        elif len(self.stack) == 1:
            self.child = at
        self.stack.append(self._element(name, attributes, mark))

    def _element(self, name: str, attributes: dict[str, str], mark: Mark) -> _Element:
        parent = self.stack[-1] if self.stack else None
        base = urljoin(parent.base if parent else "", attributes.get(f"{_XML}base", ""))
        if parent is None and name == f"{RDF}RDF":
            return _Element(base, is_node=False, mark=mark)
        if parent is None or not parent.is_node:
            subject = _subject(attributes, base)
            if subject:
                self.found.subjects.setdefault(subject, mark)
            if parent is not None and parent.predicate and subject:
                self._value(parent, subject)
            return _Element(base, is_node=True, subject=subject, mark=mark)
        parent.counter += name == f"{RDF}li"
        predicate = f"{RDF}_{parent.counter}" if name == f"{RDF}li" else name
        here = _Element(base, False, parent.subject, predicate, mark)
        self.found.properties.setdefault((parent.subject, predicate), mark)
        if resource := attributes.get(f"{RDF}resource"):
            self._value(here, urljoin(base, resource))
        if attributes.get(f"{RDF}parseType") == "Resource":
            here.is_node, here.subject = True, ""
        return here

    def _value(self, element: _Element, value: str) -> None:
        self.found.values.setdefault((element.subject, element.predicate, value), element.mark)

    def _text(self, text: str) -> None:
        if self.stack and not self.stack[-1].is_node:
            self.stack[-1].text.append(text)

    def _end(self, _: str) -> None:
        element = self.stack.pop()
        if element.predicate and not element.is_node:
            self._value(element, "".join(element.text))
        if len(self.stack) == 1:
            end = self.parser.CurrentByteIndex  # of an empty element already behind it
            if self.data.startswith(b"</", end):
                end = self.data.index(b">", end) + 1
            self.found.children.append((self.child, end))


def _subject(attributes: dict[str, str], base: str) -> str:
    if about := attributes.get(f"{RDF}about"):
        return urljoin(base, about)
    if name := attributes.get(f"{RDF}ID"):
        return urljoin(base, f"#{name}")
    if node := attributes.get(f"{RDF}nodeID"):
        return f"_:{node}"
    return ""
