"""The prepared questions as web addresses: `/queries/NAME.csv?parameter=value`."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from kg.namespaces import GRAPH, RDF, RDFS, SCHEMA, SH
from kg.queries import Question
from kg.rdf import Literal, NamedNode, Quad, Rows, in_words
from kg.store.foreign import result_of
from kg.web.about import address_of, page_or_graph
from kg.web.desk import Desk
from kg.web.names import LONGEST
from kg.web.negotiate import HTML, ROWS, TRIPLES, media_of, preferred
from kg.web.pages import page
from kg.web.problems import Problem
from kg.web.requests import fields_of

if TYPE_CHECKING:
    from kg.rdf import Term

SHOWN = 1000
"""Rows that a page shows."""

_PAGE = 8 * 2**20
_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.MULTILINE | re.IGNORECASE)
_TYPES = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct", "DESCRIBE": "Construct"}


async def questions(request: Request) -> Response:
    """Lists the questions, as a page or as `sh:SPARQLExecutable`."""
    desk = Desk.of(request)
    return page_or_graph(
        request,
        lambda: page("questions.html", questions=list(desk.questions.values())),
        lambda: _executables(address_of(request), desk),
        request.path_params.get("ending"),
    )


def _executables(address: str, desk: Desk) -> Iterator[Quad]:
    """Yields the questions as other editors find them: <https://www.w3.org/ns/shacl#>."""
    about = NamedNode(GRAPH + "about")
    for question in desk.questions.values():
        here = NamedNode(f"{address}/queries/{question.name}")
        form = form_of(question)
        told: list[tuple[str, Term]] = [
            (RDF + "type", NamedNode(SH + "SPARQLExecutable")),
            (RDF + "type", NamedNode(f"{SH}SPARQL{_TYPES[form]}Executable")),
            (RDFS + "label", Literal(question.name)),
            (RDFS + "comment", Literal(question.summary)),
            (SH + _TYPES[form].lower(), Literal(question.text)),
            (SCHEMA + "target", NamedNode(f"{address}/sparql")),
            *((SCHEMA + "keywords", Literal(tag)) for tag in question.tags),
        ]
        for predicate, value in told:
            yield Quad(here, NamedNode(predicate), value, about)


def form_of(question: Question) -> str:
    """Returns the query form of a question: SELECT, ASK, CONSTRUCT or DESCRIBE."""
    found = _FORM.search(question.text)
    return found[1].upper() if found else "SELECT"


async def question(request: Request) -> Response:
    """Answers a question: a page with its form, or the rows in a format."""
    desk = Desk.of(request)
    name, _, ending = request.path_params["name"].partition(".")
    found = desk.questions.get(name)
    if found is None:
        near = get_close_matches(name[:LONGEST], desk.questions, n=1)
        hint = f": did you mean {near[0]!r}?" if near else ": /queries lists them"
        raise Problem(404, f"no question is called {name!r}{hint}")
    offered = TRIPLES if form_of(found) in {"CONSTRUCT", "DESCRIBE"} else ROWS
    if ending and ending not in {*offered.values(), "html"}:
        known = ", ".join(dict.fromkeys((*offered.values(), "html")))
        raise Problem(404, f"no format is called {ending!r}: {known}")
    media = preferred(request.headers.get("accept", ""), (*offered, HTML))
    written = ending or ("html" if media == HTML else offered[media] if media else None)
    if written is None:
        raise Problem(406, f"accept one of {', '.join(offered)}, {HTML}")
    chosen = _chosen(request)
    if written == "html":
        return await _page(request, desk, found, chosen)
    text = await desk.names.prepare(desk.client(request), found, chosen)
    rows, triples = (written, None) if offered is ROWS else (None, written)
    told = await desk.asked(request, text, rows=rows, triples=triples)
    # Whoever opens it does so in a spreadsheet: what begins a formula there gets a quote.
    answer = await desk.answer(request, {**told, "spreadsheet": True})
    return desk.whole(answer.body, media_of(written, offered))


def _chosen(request: Request) -> list[tuple[str, str]]:
    """Returns the parameters that are filled in."""
    fields = fields_of(request.scope["query_string"])
    if any(len(value) > LONGEST for _, value in fields):
        raise Problem(400, f"a parameter has at most {LONGEST} characters")
    return [(name, value.strip()) for name, value in fields if value.strip()]


async def _page(
    request: Request, desk: Desk, found: Question, chosen: list[tuple[str, str]]
) -> Response:
    needed = {one.name for one in found.parameters.values() if one.required}
    rows: Rows | bool | None = None
    if needed <= {name for name, _ in chosen}:
        text = await desk.names.prepare(desk.client(request), found, chosen)
        told = await desk.asked(request, text, rows="json", triples=None)
        answer = await desk.answer(request, told, _PAGE)
        result = result_of(answer.kind, answer.body)
        rows = result if isinstance(result, Rows | bool) else None
    heads, cells = in_words(rows) if isinstance(rows, Rows) else ([], [])
    return page(
        "question.html",
        question=found,
        chosen=dict(chosen),
        answer=rows if isinstance(rows, bool) else None,
        heads=heads,
        cells=cells[:SHOWN],
        count=None if rows is None else len(cells),
        more=len(cells) > SHOWN,
        fields=request.url.query,
    )
