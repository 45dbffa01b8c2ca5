"""The file of rejected rows: where it stands, what it may stand in place of, and its writing."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from kg.errors import Misuse, StoreError
from kg.imports.parts import Files
from kg.store.files import opened_output, told, try_output

HEADS = b"line,reason,row\n"
"""By its first line a file of rejected rows is known."""


def rejects_of(table: Path, given: Path | None) -> Path:
    """Returns where the rejected rows of a table go: where a user says, else into this folder."""
    return given or Path(f"{table.name}.rejects.csv")


def check_rejects(path: Path, *, is_given: bool) -> None:
    """Finds out whether rejected rows can be written there, before there are any.

    Args:
        path: Where.
        is_given: Whether a user said so.

    Raises:
        Misuse: She did not, and another file stands there.
        StoreError: It cannot be written.
    """
    try:
        with told(f"writing {path}, the file of rejected rows"):
            try_output(path)
            is_other = not is_given and path.is_file() and _begins(path) != HEADS
    except StoreError as error:
        raise StoreError(f"{error.message}; name another with --rejects FILE") from error
    if is_other:
        raise Misuse(
            f"{path} is no file of rejected rows, and would be written over: "
            "move it, or name another with --rejects FILE"
        )


def write_rejects(path: Path | None, parts: Iterable[Files]) -> None:
    """Makes a file hold the rejected rows of some parts, CSV; where there are none, none stands.

    Args:
        path: The file; `None` if nobody wants it. One that is no file of rejected rows is not
            removed.
        parts: Of a table, in order.

    Raises:
        StoreError: It cannot be written or removed; what was there is.
    """
    if path is None:
        return
    rejected = [one.rejected for one in parts if one.rejected.stat().st_size]
    with told(f"writing {path}, the file of rejected rows"):
        if not rejected:
            if path.is_file() and _begins(path) == HEADS:
                path.resolve().unlink()
            return
        with opened_output(path) as out:
            out.write(HEADS)
            for one in rejected:
                with one.open("rb") as rows:
                    shutil.copyfileobj(rows, out)


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(HEADS))
