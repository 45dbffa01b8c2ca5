"""An empty table of events to fill in: CSV, or a workbook that offers what a cell may hold."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from kg.errors import Misuse
from kg.facts.read import Register
from kg.facts.table import TEMPLATE
from kg.namespaces import ACTOR, RDFS
from kg.rdf import Literal, NamedNode
from kg.vocabulary import Vocabulary

_ROWS = 1000  # rows of the workbook that offer choices
_MADE = datetime(2000, 1, 1, tzinfo=UTC)  # the same template gives the same bytes


def as_csv() -> bytes:
    """Returns the template as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(TEMPLATE)
    return out.getvalue().encode()


def as_workbook(vocabulary: Vocabulary, register: Register) -> bytes:
    """Returns the template as a workbook, whose further sheets list kinds and actors.

    All cells are text, so that a spreadsheet turns no date or code into something else.

    Raises:
        Misuse: The library for it is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise Misuse("xlsx needs a library: pip install 'diplomatic-kg[excel]'") from error
    kinds = [(kind.name, kind.label, kind.definition) for kind in vocabulary.kinds.values()]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _MADE})
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    events = book.add_worksheet("Events")
    events.set_column(0, 99, 16, text)
    heads = next(at for at, row in enumerate(TEMPLATE) if "type" in row)
    for line, row in enumerate(TEMPLATE):
        for at, cell in enumerate(row):
            events.write_string(line, at, cell, bold if line == heads else text)
    events.freeze_panes(heads + 1, 0)
    offered = {"type": f"=Kinds!$A$2:$A${len(kinds) + 1}", "status": sorted(vocabulary.statuses)}
    for head, choices in offered.items():
        at = TEMPLATE[heads].index(head)
        events.data_validation(
            heads + 1, at, heads + _ROWS, at, {"validate": "list", "source": choices}
        )
    _sheet(book, bold, "Kinds", ("type", "name", "what it is"), kinds)
    _sheet(book, bold, "Actors", ("actor", "name"), _actors(register))
    book.close()
    return out.getvalue()


def _actors(register: Register) -> list[tuple[str, ...]]:
    label = NamedNode(RDFS + "label")
    return sorted(
        (quad.subject.value.removeprefix(ACTOR), quad.object.value)
        for quad in register.quads
        if quad.predicate == label
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.subject.value.startswith(ACTOR)
    )


def _sheet(
    book: object, bold: object, name: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> None:
    sheet = book.add_worksheet(name)  # type: ignore[attr-defined]
    for line, row in enumerate((heads, *rows)):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell, bold if line == 0 else None)
    sheet.set_column(0, 1, 34)
    sheet.set_column(2, 2, 100)
    sheet.freeze_panes(1, 0)
