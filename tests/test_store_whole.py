"""A change to a store folder that cannot be finished has changed nothing, and says so.

Whatever fails, and wherever Ctrl-C comes in between: what is told is what the store holds, nothing
of it is damaged, and the same again works.
"""

import errno
import gzip
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from stat import S_ISDIR
from typing import Any

import pytest

from kg.errors import StoreError
from kg.load import House, read_house
from kg.namespaces import SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad, serialize
from kg.store import Background, Bulk, Incoming, open_store
from kg.store.doctor import diagnose
from kg.store.folder import FolderStore
from kg.store.manifest import read_manifest
from tests.running import ROOT, kg, limited
from tests.test_imports import gdelt, row

READOUT = ROOT / "docs" / "examples" / "readout.yaml"
BACKGROUND = Background((), "0", lambda _: ())
Held = tuple[list[str], list[str]]


@cache
def house() -> House:
    return read_house()


def held(folder: Path, background: Background = BACKGROUND) -> Held:
    """What sources a store holds, and what queries see; nothing may be wrong with it."""
    found = diagnose(folder, background.digest)
    assert (found.sources, found.index) == ((), ())
    with open_store(str(folder), background) as store:
        names = sorted(f"{one.source} {one.digest}" for one in store.sources())
        return names, sorted(map(str, store.quads()))


# Step by step


def quads(source: str, text: str) -> tuple[Quad, ...]:
    graph = NamedNode(graph_of(source))
    return tuple(
        Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal(text), graph) for n in range(3)
    )


def several(store: FolderStore, _: Path) -> object:
    sources = [
        Incoming(SOURCE + name, name, quads(SOURCE + name, "new"), ()) for name in ("s", "t")
    ]
    return store.replace_several(sources, recorded_by="me")


def bulk(store: FolderStore, beside: Path) -> object:
    part = beside / "part.nq.gz"
    part.write_bytes(gzip.compress(serialize(quads(SOURCE + "b", "new"), "nq")))
    came = Bulk((part,), (), 3, "another")
    return store.replace_bulk(SOURCE + "b", came, label="b", recorded_by="me")


def removal(store: FolderStore, _: Path) -> object:
    return store.remove(SOURCE + "s")


def restoring(store: FolderStore, beside: Path) -> object:
    there = beside / "other" / "sources"
    if not there.exists():
        with open_store(str(there.parent), BACKGROUND, create=True) as other:
            several(other, beside)  # type: ignore[arg-type]
    return store.adopt(there, read_manifest(there / "manifest.json"))


def needs_room(name: str, arguments: tuple[Any, ...]) -> bool:
    if name == "fsync":
        return not S_ISDIR(os.fstat(arguments[0]).st_mode)
    return name in {"mkdir", "rename", "replace"} or (
        name == "open" and bool(arguments[1] & os.O_CREAT)
    )


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)


@contextmanager
def failing(number: int, fail: Callable[[], None]) -> Iterator[list[str]]:
    """Has one of the steps fail that can; yields the names of those that were taken."""
    taken: list[str] = []

    def step(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def taking(*arguments: object, **named: object) -> object:
            if fail is interrupted or needs_room(name, arguments):
                taken.append(name)
                if len(taken) == number:
                    fail()
            return real(*arguments, **named)

        return taking

    # A shell that starts the tests in the background has them ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "mkdir", "open", "rename", "replace", "rmdir", "unlink"):
            patch.setattr(os, name, step(name, getattr(os, name)))
        try:
            yield taken
        finally:
            signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before") / ".kg"
    with open_store(str(folder), BACKGROUND, create=True) as store:
        for name in ("s", "o"):
            source = SOURCE + name
            store.replace(source, quads(source, "old"), (), label=name, recorded_by="me")
    return folder


@pytest.mark.parametrize("fail", [full, interrupted])
@pytest.mark.parametrize(
    "change",
    [bulk, *(pytest.param(one, marks=pytest.mark.slow) for one in (several, removal, restoring))],
)
def test_what_is_told_is_what_is_held_wherever_a_change_is_cut_short(
    before: Path, tmp_path: Path, change: Callable[..., object], fail: Callable[[], None]
) -> None:
    was = held(before)
    folder = Path(copytree(before, tmp_path / "whole"))
    with FolderStore(folder, BACKGROUND) as store:
        change(store, tmp_path)
    wanted = held(folder)
    assert wanted != was
    folder = tmp_path / ".kg"
    outcomes = []
    for number in range(1, 1000):
        if not folder.exists():
            copytree(before, folder)
        with FolderStore(folder, BACKGROUND) as store, failing(number, fail) as taken:
            try:
                change(store, tmp_path)
                entered = True
            except (StoreError, KeyboardInterrupt):
                entered = False
        if len(taken) < number:
            break
        assert held(folder) == (wanted if entered else was), f"at {taken[:number]}"
        outcomes.append(entered)
        if entered:
            rmtree(folder)
    assert entered
    assert not all(outcomes)
    if fail is interrupted:
        # From some step on it is too late.
        assert outcomes == sorted(outcomes)


# On a disk that is full


@contextmanager
def disk(folder: Path) -> Iterator[Path | None]:
    """Yields a disk of its own, if this user may make one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    is_there = not subprocess.run(command, capture_output=True, check=False).returncode
    try:
        yield folder if is_there else None
    finally:
        if is_there:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def filled(folder: Path, kilobytes: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs `kg` where so much of a disk is free."""
    found = os.statvfs(folder)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(max(0, found.f_bavail * found.f_frsize - kilobytes * 1024)))
    try:
        return kg(*arguments, folder=folder)
    finally:
        ballast.unlink()


COMMANDS = {
    "import": ("import", "gdelt", "t.CSV", "--processes", "1", "--source", "t"),
    "load": ("load", str(READOUT)),
    "remove": ("remove", "old"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    for name, first in (("old.CSV", 1), ("t.CSV", 1_000)):
        gdelt(folder, *(row(GLOBALEVENTID=str(first + n)) for n in range(300)), name=name)
    done = kg("import", "gdelt", "old.CSV", "--source", "old", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def check(folder: Path, was: Held, done: "subprocess.CompletedProcess[str]") -> None:
    """Whatever the exit code says is so."""
    assert done.returncode in {0, 6}, done.stderr
    assert "Traceback" not in done.stderr
    assert (held(folder / ".kg", house().background) == was) == (done.returncode == 6)
    assert not list((folder / ".kg" / "view").glob("tmp*"))


def works_at_last(
    folder: Path, was: Held, tries: "Iterable[subprocess.CompletedProcess[str]]"
) -> None:
    """The first try fails; one after it, with more room, works; each tells what is held."""
    codes = []
    for done in tries:
        check(folder, was, done)
        codes.append(done.returncode)
        if not done.returncode:
            break
    assert codes[0] == 6
    assert codes[-1] == 0, "the same again works"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "limits", [(70, 2_000), pytest.param((4, 40, 400, 800, 1_200, 1_600), marks=pytest.mark.slow)],
    ids=["few", "many"],
)  # fmt: skip
def test_exit_code_says_what_is_held_where_files_may_not_grow(
    desk: Path, tmp_path: Path, command: str, limits: tuple[int, ...]
) -> None:
    folder = Path(copytree(desk, tmp_path / "desk"))
    was = held(folder / ".kg", house().background)
    tries = (*limits, "unlimited")
    works_at_last(
        folder, was, (limited(f"-f {one}", *COMMANDS[command], folder=folder) for one in tries)
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_exit_code_says_what_is_held_where_the_disk_is_full(
    desk: Path, tmp_path: Path, command: str
) -> None:
    with disk(tmp_path / "disk") as own:
        if own is None:
            pytest.skip("this user may make no disk; the test above has the same in small")
        copytree(desk, own, dirs_exist_ok=True)
        was = held(own / ".kg", house().background)
        tries = (10, 100, 300, 1_000, 3_000, 6_000, 9_000, 12_000, 20_000, 50_000)
        works_at_last(own, was, (filled(own, one, *COMMANDS[command]) for one in tries))
