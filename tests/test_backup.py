"""A backup is of one state, verified, and restored whole or not at all."""

import errno
import io
import random
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import SERVERS, Server

from kg.cli import run
from kg.errors import StoreError
from kg.load import House, load, read_house
from kg.namespaces import SOURCE
from kg.store import Background, SourceRecord, Writer, folder, open_store
from kg.store.backup import backup, restore, unpacked

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
OTHER = ROOT / "tests" / "data" / "us-account-of-the-call.yaml"
WRITER = ROOT / "tests" / "store_writer.py"
EMPTY = Background((), "0", lambda _: ())


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory, house) -> Path:
    """A store of two sources."""
    place = tmp_path_factory.mktemp("backup") / ".kg"
    with open_store(str(place), house.background, create=True) as store:
        load(store, SEED, house, recorded_by="me")
        load(store, OTHER, house, recorded_by="you")
    return place


@pytest.fixture(scope="module")
def archive(tmp_path_factory, seeded) -> Path:
    file = tmp_path_factory.mktemp("archive") / "graph.backup"
    assert run(["-s", str(seeded), "backup", str(file)]) == 0
    return file


def held(address: str | Path, house: House) -> tuple[list[SourceRecord], list[str], list[str]]:
    """Everything that a store tells: records, what was written, what queries see."""
    with open_store(str(address), house.background) as store:
        asserted = sorted(map(str, store.asserted()))
        return store.sources(), asserted, sorted(map(str, store.quads()))


def restored(store: Writer, archive: Path) -> list[SourceRecord]:
    with unpacked(archive) as packed:
        return restore(store, packed)


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_file_that_cannot_be_read_is_said_and_no_store_made(
    name: str, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["restore", name]) == 3
    assert "cannot be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_folder_is_restored_as_it_was(archive, seeded, house, tmp_path, capsys) -> None:
    assert run(["-s", str(tmp_path / "new"), "restore", str(archive)]) == 0
    assert "2 sources as in" in capsys.readouterr().err
    assert held(tmp_path / "new", house) == held(seeded, house)
    assert run(["-s", str(tmp_path / "new"), "doctor", "--check"]) == 0


def test_equal_stores_give_equal_backups(archive, seeded, tmp_path) -> None:
    assert run(["-s", str(seeded), "backup", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again").read_bytes() == archive.read_bytes()


def test_backup_of_a_restored_store_equals_the_first(archive, tmp_path) -> None:
    store = str(tmp_path / "new")
    for _ in range(2):  # how often a store was written is not what it holds
        assert run(["-s", store, "restore", str(archive)]) == 0
        assert run(["-s", store, "backup", str(tmp_path / "again")]) == 0
        assert (tmp_path / "again").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("kind", SERVERS)
def test_server_and_folder_give_each_other_the_same(
    kind, archive, seeded, house, tmp_path, server: Callable[[str], Server]
) -> None:
    address = server(kind).address
    with open_store(address, house.background) as store:
        assert len(restored(store, archive)) == 2
        backup(store, tmp_path / "back")
    assert held(address, house) == held(seeded, house)
    with open_store(str(tmp_path / "new"), house.background, create=True) as store:
        restored(store, tmp_path / "back")
    assert held(tmp_path / "new", house) == held(seeded, house)


def test_restore_that_would_lose_a_source_wants_a_word(archive, house, tmp_path, capsys) -> None:
    place = tmp_path / ".kg"
    reading = ROOT / "docs" / "examples" / "readout.yaml"
    with open_store(str(place), house.background, create=True) as store:
        load(store, reading, house, recorded_by="me")
    before = held(place, house)
    assert run(["-s", str(place), "restore", str(archive)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert held(place, house) == before
    assert run(["-s", str(place), "restore", str(archive), "--replace"]) == 0
    assert len(held(place, house)[0]) == 2


@pytest.mark.parametrize("number", range(60))
def test_damaged_backup_is_refused_and_the_store_as_it_was(number, archive, tmp_path) -> None:
    chance = random.Random(number)
    data = bytearray(archive.read_bytes())
    at = chance.randrange(len(data))
    if number % 3:
        data[at] ^= 1 << chance.randrange(8)
    else:
        del data[at:]
    damaged = tmp_path / "damaged"
    damaged.write_bytes(data)
    with open_store(str(tmp_path / "new"), EMPTY, create=True) as store:
        try:
            restored(store, damaged)
        except StoreError as error:
            said = str(error)
            assert str(damaged) in said or "the file is no backup" in said
            assert store.sources() == []
        else:
            # Tar fills up with zeros that mean nothing; all that means something was whole.
            with open_store(str(tmp_path / "whole"), EMPTY, create=True) as other:
                restored(other, archive)
                assert store.sources() == other.sources()
                assert list(map(str, store.asserted())) == list(map(str, other.asserted()))


def packed(names: dict[str, tarfile.TarInfo | bytes], file: Path) -> Path:
    with tarfile.open(file, "w") as tar:
        for name, content in names.items():
            if isinstance(content, bytes):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
            else:
                tar.addfile(content)
    return file


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"../outside": b"x"},
        {"/tmp/outside": b"x"},
        {".hidden": b"x"},
        {"link": link("link", "/etc/passwd")},
        {"link": link("link", "/etc/passwd", tarfile.LNKTYPE)},
        {"device": link("device", "", tarfile.CHRTYPE)},
        {"manifest.json": b"{}", "manifest.sha256": b"x"},
    ],
)
def test_file_that_is_no_backup_is_refused(names, tmp_path) -> None:
    with open_store(str(tmp_path / "new"), EMPTY, create=True) as store:
        with pytest.raises(StoreError):
            restored(store, packed(names, tmp_path / "made"))
        assert store.sources() == []
    assert not (tmp_path / "outside").exists()


def test_text_is_no_backup(tmp_path, capsys) -> None:
    assert run(["-s", str(tmp_path / "new"), "restore", str(SEED)]) == 6
    assert "no backup" in capsys.readouterr().err


@pytest.mark.parametrize("number", range(8))
def test_full_disk_leaves_the_store_as_it_was(
    number, archive, seeded, house, tmp_path, monkeypatch, capsys
) -> None:
    place = shutil.copytree(seeded, tmp_path / ".kg")
    with open_store(str(place), house.background) as store:
        store.remove(f"{SOURCE}mnd-2026-01-12-sheinbaum-trump")
    before = held(place, house)
    written = [0]
    durably = folder.write_durably

    def full(path: Path, data: bytes) -> None:
        if written[0] == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        written[0] += 1
        durably(path, data)

    monkeypatch.setattr(folder, "write_durably", full)
    code = run(["-s", str(place), "restore", str(archive)])
    monkeypatch.undo()
    assert code == 0 or "disk is full" in capsys.readouterr().err
    now = held(place, house)
    assert now in (before, held(seeded, house))


def test_backup_beside_a_writer_is_of_one_state(tmp_path) -> None:
    place = tmp_path / ".kg"
    with subprocess.Popen(
        [sys.executable, str(WRITER), str(place), "0", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        try:
            last = writer.stdout.readline().strip()
            for number in range(10):
                seen = last
                target = tmp_path / f"{number}.backup"
                with open_store(str(place), EMPTY) as store:
                    records = backup(store, target, folder=place)
                names = {record.source for record in records}
                assert names == {f"{SOURCE}s{n}" for n in range(len(names))}
                assert seen in names, "what was acknowledged before is in it"
                with open_store(str(tmp_path / str(number)), EMPTY, create=True) as copy:
                    restored(copy, target)
                    assert len(list(copy.asserted())) == 40 * len(names)
                time.sleep(0.1)
                last = writer.stdout.readline().strip()
        finally:
            writer.kill()
    assert len(names) > 1


def test_damaged_source_is_not_backed_up(seeded, tmp_path, capsys) -> None:
    place = shutil.copytree(seeded, tmp_path / ".kg")
    path = sorted((place / "sources").glob("*.gz"))[0]
    path.write_bytes(path.read_bytes()[:-1])
    (tmp_path / "b").write_bytes(b"the one before")
    assert run(["-s", str(place), "backup", str(tmp_path / "b")]) == 6
    assert "damaged" in capsys.readouterr().err
    assert (tmp_path / "b").read_bytes() == b"the one before"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".kg", "b"]
