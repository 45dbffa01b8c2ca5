"""How a table of event data is to be read: by which mapping, as which source."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Misuse
from kg.imports.compile import Compiler, Source, read_mapping
from kg.imports.mapping import Mapping
from kg.imports.spec import mappings
from kg.imports.table import Table
from kg.load import House
from kg.namespaces import SOURCE
from kg.queries import is_date

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
"""A source's, as the end of its IRI and the beginning of those of its events."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One table, and how it is read.

    Attributes:
        table: Looked through.
        mapping: For its columns.
        label: What a person calls the source.
        is_otherwise_parted: Whether its cells are not parted by what the mapping file says.
    """

    table: Table
    mapping: Mapping
    label: str
    is_otherwise_parted: bool = False


def compiler_of(name: str, own: Path | None, house: House, project: Path | None) -> Compiler:
    """Returns the mapping of a data set by its name, or a user's own file.

    Raises:
        InputError: It cannot be read.
        Misuse: There is no mapping of that name.
    """
    if own is not None:
        if name != "csv":
            raise Misuse(f"--mapping is for csv: {name} has a mapping of its own")
        return read_mapping(own, house.vocabulary, house.register.quads, project)
    known = mappings(project)
    if name == "csv":
        raise Misuse("csv is any table: say how it is read with --mapping FILE")
    if name not in known:
        raise Misuse(f"no data set is called {name!r}: {', '.join(sorted(known))}, or csv")
    return read_mapping(known[name], house.vocabulary, house.register.quads, project)


def plan(
    path: Path, compiler: Compiler, *, source: str | None = None, published: str | None = None
) -> Plan:
    """Returns how a table is to be read.

    Args:
        path: The table.
        compiler: Of its data set.
        source: End of the IRI of its source; without it, made of the file's name.
        published: When it was published; without it, what the file's name says.

    Raises:
        InputError: The table or its mapping cannot be read.
        LimitError: A row is too long, or it unpacks to too much.
        Misuse: The source cannot be called so, or that is no day.
    """
    check_source(source, published)
    table = compiler.scanned(path)
    dataset = compiler.spec.dataset
    name = re.sub(r"\.zip$", "", path.name, flags=re.IGNORECASE)
    slug = source or _slug(f"{compiler.name}-{name}")
    label = f"{dataset.name}: {name}"
    day = published or _published(dataset.published, path.name)
    about = Source(SOURCE + slug, label, day, f"sha256:{table.digest}")
    heads = compiler.spec.table.columns or table.heads
    mapping = compiler.compile(heads, about, file=str(path), delimiter=table.delimiter)
    return Plan(table, mapping, label, table.delimiter != compiler.delimiter)


def _slug(name: str) -> str:
    # Letters that an id has not may be all in which two names differ.
    told = name if name.isascii() else f"{name}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return re.sub(r"[^A-Za-z0-9]+", "-", told).strip("-").lower()


def _published(pattern: str, name: str) -> str:
    found = re.search(pattern, name) if pattern else None
    if found is None:
        return ""
    digits = re.sub(r"\D", "", found[1])
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    return day if is_date(day) else ""


def check_source(source: str | None, published: str | None) -> None:
    """Finds out whether a source can be called so, and be published on that day.

    Raises:
        Misuse: It cannot.
    """
    if source is not None and not _NAME.fullmatch(source):
        raise Misuse(
            f"no name of a source: {source!r}; letters a to z, digits, and within it `.`, `_` "
            "and `-` are"
        )
    if published is not None and not is_date(published):
        raise Misuse(f"not a date: {published!r}; write it as 2026-01-12")
