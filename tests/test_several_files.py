"""What is wrong with one file is told, and the others are judged; the worst decides the code."""

import json
from pathlib import Path

import pytest

from tests.running import kg

HEAD = """\
source: {id: note, type: NewsArticle, label: A note, published: 2026-01-12, passages: {p1: [0, 40]}}
events:
"""
EVENT = "  - {type: Meeting, agent: [mexico, venezuela], date: 2026-01-12"
FILES = {
    "good.yaml": HEAD + EVENT + ", evidence: [p1]}\n",
    "found.yaml": HEAD.replace("note,", "found,") + EVENT + "}\n",
    "unreadable.yaml": "source: {\n",
    "deep.yaml": "[" * 10_000,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


ORDERS = [
    (["deep.yaml", "unreadable.yaml", "found.yaml", "good.yaml"], 5),
    (["unreadable.yaml", "deep.yaml", "good.yaml"], 5),
    (["unreadable.yaml", "found.yaml", "good.yaml"], 3),
    (["found.yaml", "good.yaml"], 1),
]


@pytest.mark.parametrize(("names", "code"), ORDERS)
def test_validate_judges_every_file_and_ends_with_the_worst_code(folder, names, code) -> None:
    shown = kg("validate", *names, "-f", "json", folder=folder)
    assert shown.returncode == code, shown.stderr
    told = json.loads(shown.stdout)["data"]
    assert [one["file"] for one in told] == names
    assert [one["conforms"] for one in told] == [name == "good.yaml" for name in names]


@pytest.mark.parametrize(("names", "code"), ORDERS)
def test_load_takes_the_good_ones_and_ends_with_the_worst_code(folder, names, code) -> None:
    shown = kg("load", *names, folder=folder)
    assert shown.returncode == code, shown.stderr
    assert "Traceback" not in shown.stderr
    lines = shown.stderr.splitlines()
    assert [line for line in lines if not line.startswith("error: ")] == [
        "loaded: A note (18 quads)"
    ]
    for name in names[:-1]:
        assert any(line.startswith(f"error: {name}") for line in lines), name


@pytest.mark.parametrize(("name", "code"), [("unreadable.yaml", 3), ("deep.yaml", 5)])
def test_a_file_that_cannot_be_read_never_passes(folder, name, code) -> None:
    shown = kg("validate", name, "found.yaml", "--fail-on", "never", folder=folder)
    assert shown.returncode == code
    assert kg("validate", "found.yaml", "--fail-on", "never", folder=folder).returncode == 0
    assert kg("load", name, "--fail-on", "never", folder=folder).returncode == code
