"""Five thousand damaged inputs over all formats: each is read or refused in words, at a place."""

import csv
import io
import json
import os
import random
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from kg.facts import read, read_register
from kg.facts.table import TEMPLATE
from kg.rdf import serialize
from kg.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
EXAMPLE = ROOT / "docs" / "examples" / "readout.yaml"
MUTANTS_EACH = 500
LONGEST = 5.0
SEED_OF_CHANCE = 20260112
TRICKS = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "\u202e".encode(), b"\n", b"\t", b"'", b'"',
    b"{", b"}", b"[", b"]", b"<", b">", b"<<(", b"&a ", b"*a", b"!!python/object:os.system ", b"%",
    b"---\n", b": ", b"- ", b"2026-02-30", b"1e999", b"NaN", b"\\ud800", b"&lol;", b"<!DOCTYPE a>",
    b"@prefix", b"_:b", b'"@en--', b"^^", b"=cmd|' /C calc'!A0", b"http://", b"file:///etc/passwd",
]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The document with one to four things cut, doubled, swapped, flipped or slipped in."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice([1, 2, 8, 40, 400]))
        match chance.randrange(6):
            case 0:
                data = data[:at] + data[to:]
            case 1:
                data = data[:at] + data[at:to] * chance.choice([2, 3, 50]) + data[to:]
            case 2:
                data = data[:at] + chance.choice(TRICKS) + data[at:]
            case 3:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 4:
                data = data[:at]
            case 5:
                other = chance.randrange(len(data) + 1)
                data = data[:at] + data[other : other + to - at] + data[to:]
    return data


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    """One good document of every format."""
    vocabulary = load_vocabulary()
    document = read(EXAMPLE, vocabulary=vocabulary, register=read_register(vocabulary))
    found = {form: serialize(document.quads, form) for form in ("ttl", "trig", "nt", "nq")}
    found |= {form: serialize(document.quads, form) for form in ("jsonld", "rdf")}
    return found | {
        "yaml": SEED.read_bytes(),
        "json": json.dumps(_plain_json()).encode(),
        "csv": _csv(),
        "xlsx": _workbook(),
    }


def _csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(TEMPLATE)
    return out.getvalue().encode()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in TEMPLATE:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain_json() -> object:
    import yaml

    return json.loads(json.dumps(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), default=str))


class Worker:
    """A reading process that is started again when it dies or takes too long."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "fuzz_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def read(self, path: Path) -> dict[str, object]:
        assert self.process.stdin
        assert self.process.stdout
        began = time.monotonic()
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], LONGEST)
        line = self.process.stdout.readline() if ready else ""
        if line:
            answer: dict[str, object] = json.loads(line)
            return answer
        self.close()
        code = self.process.returncode
        self.start()
        return {"died": code, "after": time.monotonic() - began}

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()


FORMATS = ["yaml", "json", "jsonld", "ttl", "trig", "nt", "nq", "rdf", "csv", "xlsx"]


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_damaged_document_is_read_or_refused_at_a_place(
    format: str, originals: dict[str, bytes], tmp_path: Path
) -> None:
    chance = random.Random(f"{SEED_OF_CHANCE}-{format}")
    worker = Worker()
    bad: list[str] = []
    refused = 0
    try:
        for number in range(MUTANTS_EACH):
            data = mutated(originals[format], chance)
            path = tmp_path / f"{number}.{format}"
            path.write_bytes(data)
            answer = worker.read(path)
            if answer.get("ok"):
                path.unlink()
                continue
            refused += 1
            message = str(answer.get("message", ""))
            placed = all(
                re.match(rf".*{number}\.{format}(:| |, )", line) for line in message.splitlines()
            )
            numbered = re.search(rf"{number}\.{format}.{{0,20}}?\d", message)
            if not (message and placed and numbered and answer.get("code") in {2, 3, 5}):
                bad.append(f"{path}: {answer}")
    finally:
        worker.close()
    assert not bad, f"{len(bad)} of {MUTANTS_EACH}:\n" + "\n".join(bad[:10])
    assert refused > MUTANTS_EACH // 10, "the mutator hardly damages this format"
