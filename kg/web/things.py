"""Linked data: one address for each thing, which leads to a page about it or to its RDF.

`/id/actor/mexico` stands for `https://w3id.org/diplomatic-kg/actor/mexico`; any other IRI, and one
with a `#`, is `/page?iri=...` and `/data?iri=...`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kg.namespaces import BASE, DIP, shorten
from kg.rdf import NamedNode
from kg.web.desk import Desk
from kg.web.negotiate import HTML, TRIPLES, format_by, media_of, preferred
from kg.web.pages import page
from kg.web.problems import Problem
from kg.web.requests import fields_of, iri_of

SHOWN = 500
"""Values that a page shows of each way."""

_ABOVE = {"rdf:type", "rdfs:label"}
_ENDINGS = tuple(dict.fromkeys(TRIPLES.values()))


@dataclass(frozen=True, slots=True)
class Value:
    """What stands on a page: its words, and where they lead."""

    words: str
    inside: str | None = None
    outside: str | None = None


async def thing(request: Request) -> Response:
    """Sends on to a page or to RDF, by ending or by what is accepted; a thing is neither."""
    path, _, ending = request.path_params["path"].rpartition(".")
    if path and ending in {*_ENDINGS, "html"}:
        where = f"/page/{quote(path)}" if ending == "html" else f"/data/{quote(path)}.{ending}"
        return RedirectResponse(where, 303)
    path = request.path_params["path"]
    accept = request.headers.get("accept", "")
    media = preferred(accept, (HTML, *TRIPLES))
    if media is None:
        raise Problem(406, f"accept {HTML} or one of {', '.join(TRIPLES)}")
    where = f"/page/{quote(path)}" if media == HTML else f"/data/{quote(path)}.{TRIPLES[media]}"
    return RedirectResponse(where, 303, {"vary": "accept"})


async def data(request: Request) -> Response:
    """Answers what is said of a thing, as RDF."""
    desk = Desk.of(request)
    path, _, ending = request.path_params.get("path", "").rpartition(".")
    written = ending or format_by(request.headers.get("accept", ""), TRIPLES)
    if written not in _ENDINGS:
        raise Problem(404, f"no format is called {written!r}: {', '.join(_ENDINGS)}")
    iri = _iri(request, path)
    answer = await desk.ask(desk.client(request), "said-of", triples="nt", thing=iri)
    if not answer.body:
        raise Problem(404, f"nothing is said of {iri.value}")
    if written != "nt":
        answer = await desk.ask(desk.client(request), "said-of", triples=written, thing=iri)
    return desk.whole(answer.body, media_of(str(written), TRIPLES))


async def thing_page(request: Request) -> Response:
    """Shows what is said of a thing, and with it."""
    desk = Desk.of(request)
    iri = _iri(request, request.path_params.get("path", ""))
    answer = await desk.ask(desk.client(request), "thing", rows="json", thing=iri)
    rows: list[Mapping[str, Mapping[str, str]]] = json.loads(answer.body)["results"]["bindings"]
    rows = [row for row in rows if "term" in row]
    if not rows:
        raise Problem(404, f"nothing is said of {iri.value}")
    of = [row for row in rows if row["way"]["value"] == "of"]
    with_it = [row for row in rows if row["way"]["value"] == "with"]
    return page(
        "thing.html",
        iri=iri.value,
        label=_label(iri.value, of),
        kinds=[
            _value(row)
            for row in of
            if _predicate(row) == "rdf:type" and row["term"]["value"].startswith(DIP)
        ],
        of=_grouped(row for row in of[:SHOWN] if _predicate(row) not in _ABOVE),
        used=_grouped(with_it[:SHOWN]),
        more_of=len(of) > SHOWN,
        more_used=len(with_it) > SHOWN,
        data=data_address(iri.value),
        endings=_ENDINGS,
    )


def page_address(iri: str) -> str:
    """Returns where the page of a thing is."""
    path = iri.removeprefix(BASE)
    if path == iri or "#" in path or "?" in path:
        return f"/page?iri={quote(iri, safe='')}"
    return f"/page/{quote(path)}"


def data_address(iri: str) -> str:
    """Returns where the RDF of a thing is, without the ending or format."""
    return page_address(iri).replace("/page", "/data", 1)


def _iri(request: Request, path: str) -> NamedNode:
    if path:
        return iri_of(BASE + path)
    named = [v for name, v in fields_of(request.scope["query_string"]) if name == "iri"]
    if len(named) != 1:
        raise Problem(400, "say which thing: ?iri=IRI")
    return iri_of(named[0])


def _label(iri: str, rows: list[Mapping[str, Mapping[str, str]]]) -> str:
    named = ("rdfs:label", "skos:prefLabel", "schema:headline")
    labels = {_predicate(row): row["term"]["value"] for row in reversed(rows)}
    return next((labels[name] for name in named if name in labels), shorten(iri))


def _predicate(row: Mapping[str, Mapping[str, str]]) -> str:
    return shorten(row["predicate"]["value"])


def _grouped(rows: Iterable[Mapping[str, Mapping[str, str]]]) -> list[tuple[Value, list[Value]]]:
    """Returns the values of each predicate, in the order of the rows."""
    groups: dict[str, tuple[Value, list[Value]]] = {}
    for row in rows:
        iri = row["predicate"]["value"]
        name = row.get("predicateLabel", {}).get("value") or shorten(iri)
        groups.setdefault(iri, (Value(name, page_address(iri)), []))[1].append(_value(row))
    return list(groups.values())


def _value(row: Mapping[str, Mapping[str, str]]) -> Value:
    term = row["term"]
    if term["type"] != "uri":
        return Value(term["value"])
    iri = term["value"]
    label = row.get("termLabel", {}).get("value")
    # A link leads out only where a browser may go: a graph can hold javascript: as an IRI.
    foreign = not iri.startswith(BASE) and iri.startswith(("http://", "https://"))
    return Value(label or shorten(iri), page_address(iri), iri if foreign else None)
