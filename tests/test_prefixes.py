"""A prefix means one address, wherever it is written."""

import json
import re
from pathlib import Path

import pytest

from kg.namespaces import PREFIXES

ROOT = Path(__file__).parents[1]
FOLDERS = ("ontology", "shapes", "queries", "facts", "kg", "docs", "tests", "bench")
ENDINGS = {".ttl", ".trig", ".rq", ".md", ".py", ".jsonld"}
DECLARATION = re.compile(r"(?im)^[\s>`'\"]*@?prefix\s+([\w-]*):\s*<([^>{}]*)>")

WRITTEN = sorted(
    [
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in ENDINGS and not {"_data", "node_modules", "data"} & set(path.parts)
    ]
    + list(ROOT.glob("*.md"))
)
SHIPPED = [
    path
    for path in WRITTEN
    if path.suffix in {".ttl", ".rq"}
    and path.relative_to(ROOT).parts[0] in {"ontology", "shapes", "queries"}
]


def id_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def declared(path: Path) -> set[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".jsonld":
        return set(DECLARATION.findall(text))
    context = json.loads(text).get("@context", {})
    terms = context.items() if isinstance(context, dict) else ()
    return {(t, iri) for t, iri in terms if isinstance(iri, str) and iri.endswith(("#", "/"))}


def code_of(path: Path) -> str:
    """The text without declarations, comments, strings and addresses: names are left."""
    text = DECLARATION.sub(" ", path.read_text(encoding="utf-8"))
    return re.sub(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|<[^<>\s]*>|#.*', " ", text)


@pytest.mark.parametrize("path", WRITTEN, ids=id_of)
def test_prefix_means_what_the_namespaces_say(path: Path) -> None:
    wrong = {
        f"{prefix}: is {PREFIXES[prefix]}, not {iri}"
        for prefix, iri in declared(path)
        if PREFIXES.get(prefix, iri) != iri
    }
    assert wrong == set()


@pytest.mark.parametrize("path", WRITTEN, ids=id_of)
def test_namespace_goes_by_its_own_prefix(path: Path) -> None:
    names = {iri: prefix for prefix, iri in PREFIXES.items()}
    wrong = {
        f"{iri} goes by {names[iri]}:, not {prefix}:"
        for prefix, iri in declared(path)
        if prefix and names.get(iri, prefix) != prefix
    }
    assert wrong == set()


def test_a_prefix_that_the_namespaces_lack_means_one_address_in_what_ships() -> None:
    meant: dict[str, set[str]] = {}
    for path in SHIPPED:
        for prefix, iri in declared(path):
            meant.setdefault(prefix, set()).add(iri)
    assert {prefix: iris for prefix, iris in meant.items() if len(iris) > 1} == {}


@pytest.mark.parametrize("path", SHIPPED, ids=id_of)
def test_every_declared_prefix_is_used(path: Path) -> None:
    used = set(re.findall(r"(?<![\w.-])([\w-]*):", code_of(path)))
    assert {prefix for prefix, _ in declared(path)} - used == set()


def test_prefixes_and_namespaces_are_one_to_one() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
