"""Nothing imports upward or sideways, each heavy library has one home, no module is too long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    0: ["errors", "namespaces", "placed", "resources"],
    1: ["rdf", "vocabulary"],
    2: ["store"],
    3: ["queries", "facts", "imports"],
    4: ["actors", "derive", "validate", "extract", "network", "match", "review"],
    5: ["load", "export"],
    6: ["web", "api", "intake"],
    7: ["cli"],
    8: ["__main__"],
}
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names}
HOMES = {
    "pyoxigraph": ("rdf", "store"),
    "SPARQLWrapper": ("store",),
    "pyshacl": ("validate",),
    "networkx": ("network",),
    "click": ("cli",),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "jinja2": ("web",),
}
# The ground floor's own order, and the two of the first floor: the only steps within a floor.
WITHIN = {("resources", "errors"), ("placed", "errors"), ("vocabulary", "rdf")}
MOST = 400
"""Lines of a module."""

MODULES = sorted(path for path in (ROOT / "kg").rglob("*.py"))


def room(path: Path) -> str:
    """The package or module below kg/ that a file belongs to."""
    return path.relative_to(ROOT / "kg").parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module
            if node.module == "kg":
                yield from (f"kg.{alias.name}" for alias in node.names)
            else:
                yield node.module


def id_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=id_of)
def test_module_imports_only_from_floors_below(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for name in imports(path):
        if not name.startswith("kg."):
            continue
        there = name.split(".")[1]
        if there in {here, "__version__"}:
            continue
        assert there in FLOOR, f"{name} stands on no floor: give it one in this file"
        below = FLOOR[there] < FLOOR[here] or (here, there) in WITHIN
        assert below, f"{id_of(path)} (floor {FLOOR[here]}) imports {name} (floor {FLOOR[there]})"


@pytest.mark.parametrize("path", MODULES, ids=id_of)
def test_library_is_imported_only_in_its_home(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert room(path) in HOMES[library], f"{id_of(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=id_of)
def test_module_is_short_enough_to_read_at_once(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST, f"{id_of(path)} has {lines} lines: part it where its ideas part"
