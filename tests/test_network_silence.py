"""Nothing opens a network connection by itself: every door is tried against a listening canary."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import kg


class Canary:
    """Listens on the loopback interface and counts who knocks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.knocks = 0
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.knocks += 1
            connection.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.socket.close()


def doors(address: str) -> dict[str, str]:
    """Documents that ask their reader to fetch something, by file name."""
    url = f"{address}/context.jsonld"
    thing = {"@id": "https://w3id.org/diplomatic-kg/source/x", "@type": "dip:NewsArticle"}
    scoped = {"a": {"@id": "dip:about", "@context": url}}
    return {
        "remote-context.jsonld": json.dumps({"@context": url} | thing),
        "list-of-contexts.jsonld": json.dumps({"@context": [{}, url]} | thing),
        "import.jsonld": json.dumps({"@context": {"@version": 1.1, "@import": url}} | thing),
        "scoped.jsonld": json.dumps({"@context": scoped, "a": {"@id": "urn:x"}} | thing),
        "file-context.jsonld": json.dumps({"@context": "file:///etc/passwd"} | thing),
        "dtd.rdf": f'<!DOCTYPE r SYSTEM "{url}"><r/>',
        "entity.rdf": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{url}">]><r>&x;</r>',
        "parameter.rdf": f'<!DOCTYPE r [<!ENTITY % x SYSTEM "{url}"> %x;]><r/>',
        "imports.ttl": f"<urn:x> <http://www.w3.org/2002/07/owl#imports> <{url}> .",
        "shapes.ttl": f"<urn:x> <http://www.w3.org/ns/shacl#shapesGraph> <{url}> .",
        "tag.yaml": f"source: !!python/object/apply:urllib.request.urlopen ['{url}']\n",
        "include.yaml": f"source: !include {url}\n",
        "source-url.yaml": f"source: {{id: x, type: NewsArticle, headline: h, url: '{url}'}}\n",
        "schema.json": json.dumps({"$schema": url, "source": {"id": "x"}}),
        "context.json": json.dumps({"@context": url, "source": {"id": "x"}}),
    }


@pytest.mark.parametrize("name", sorted(doors("")))
def test_document_makes_no_connection(name: str, canary: Canary, tmp_path: Path) -> None:
    (tmp_path / name).write_text(doors(canary.address)[name], encoding="utf-8")
    done = kg("validate", name, folder=tmp_path)
    assert done.returncode in {0, 1, 3}, done.stderr
    assert "Traceback" not in done.stderr
    assert canary.knocks == 0


QUERIES = {
    "service": "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "lower case, silent": "select * {{ service silent<{url}> {{ ?s ?p ?o }} }}",
    "in exists": "ASK {{ FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
    "limit 0": "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }} LIMIT 0",
    "from": "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
    "from named": "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "load": "LOAD <{url}>",
    "base": "BASE <{url}> SELECT * {{ SERVICE <x> {{ ?s ?p ?o }} }}",
    "describe": "DESCRIBE ?s {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_makes_no_connection(query: str, canary: Canary, tmp_path: Path) -> None:
    done = kg("--store", "memory:", "query", query.format(url=canary.address), folder=tmp_path)
    assert done.returncode in {0, 4}, done.stderr
    assert "Traceback" not in done.stderr
    assert canary.knocks == 0


def test_canary_hears_a_knock(canary: Canary) -> None:
    with socket.create_connection(canary.socket.getsockname()) as knock:
        knock.recv(1)
    assert canary.knocks == 1
