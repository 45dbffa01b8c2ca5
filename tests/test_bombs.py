"""Small files that would grow or nest without end are refused at once, in words, at a line."""

import io
import time
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from kg.errors import InputError, LimitError
from kg.facts import Register, read_documents, read_register
from kg.vocabulary import Vocabulary, load_vocabulary

DEEP = 100_000
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ALIASES = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


def workbook(strings: str) -> bytes:
    """A workbook that is whole but for its shared strings."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with (
        zipfile.ZipFile(plain) as parts,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in parts.namelist():
            if name != "xl/sharedStrings.xml":
                out.writestr(name, parts.read(name))
        out.writestr("xl/sharedStrings.xml", strings)
    return packed.getvalue()


BOMBS: dict[str, str | bytes] = {
    "entities.rdf": f'<!DOCTYPE r [<!ENTITY a0 "x">{ENTITIES}]>\n<r>&a9;</r>',
    "nested.rdf": "<a>" * DEEP,
    "aliases.yaml": ALIASES,
    "merge.yaml": "a: &a {x: 1}\nb: {<<: *a}\n",
    "nested.yaml": "[" * DEEP,
    "blocks.yaml": "".join(f"{' ' * n}a:\n" for n in range(1_000)),
    "nested.json": "[" * DEEP,
    "nested.jsonld": '{"a":' * DEEP,
    "lists.ttl": "<http://e/s> <http://e/p> " + "(" * DEEP,
    "blanks.trig": "<http://e/s> <http://e/p> " + "[ <http://e/p> " * DEEP,
    "triples.nt": "<<( " * DEEP,
    "triples.nq": "<< " * DEEP,
    "quote.csv": 'source.id,"' + "x" * 10_000_000,
    "strings.xlsx": workbook("<sst>" + "<si><t>x</t></si>" * 2_000_000 + "</sst>"),
}


@cache
def known() -> tuple[Vocabulary, Register]:
    vocabulary = load_vocabulary()
    return vocabulary, read_register(vocabulary)


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_at_once_with_its_line(name, tmp_path: Path) -> None:
    path = tmp_path / name
    bomb = BOMBS[name]
    path.write_bytes(bomb if isinstance(bomb, bytes) else bomb.encode())
    vocabulary, register = known()
    began = time.process_time()
    with pytest.raises((InputError, LimitError)) as caught:
        read_documents(path, vocabulary=vocabulary, register=register)
    assert time.process_time() - began < 10
    assert caught.value.place is not None
    assert caught.value.place.line
    assert str(caught.value).startswith(str(path))
