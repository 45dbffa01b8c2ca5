"""Fifty damages to the index are each found and mended; a damaged source is named."""

import errno
import gzip
import os
import random
import shutil
from functools import cache
from pathlib import Path

import pytest

from kg.cli import run
from kg.load import House, load, read_house
from kg.namespaces import graph_of
from kg.store import Bulk, open_store
from kg.store.doctor import diagnose
from kg.store.folder import FolderStore
from kg.store.manifest import read_manifest
from kg.store.seal import SEAL, seal

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


@cache
def house() -> House:
    return read_house()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("doctor") / ".kg"
    with open_store(str(folder), house().background, create=True) as store:
        load(store, SEED, house(), recorded_by="test")
    return folder


@pytest.fixture
def patient(loaded, tmp_path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / ".kg"))


def problems(folder: Path) -> tuple[str, ...]:
    return diagnose(folder, house().background.digest).index


def test_whole_store_is_found_whole_before_and_after_reading(patient) -> None:
    assert problems(patient) == ()
    with open_store(str(patient), house().background) as store:
        assert store.query("ASK { ?s ?p ?o }") is True
    assert problems(patient) == ()


def test_what_is_sealed_is_not_written_again(loaded, tmp_path) -> None:
    source, folder = "urn:table", tmp_path / ".kg"
    part = tmp_path / "part.nq.gz"
    part.write_bytes(gzip.compress(f"<urn:s> <urn:p> <urn:o> <{graph_of(source)}> .\n".encode()))
    bulk = Bulk((part,), (), 1, "digest")
    known = read_manifest(loaded / "sources" / "manifest.json")
    with open_store(str(folder), house().background, create=True) as store:
        assert isinstance(store, FolderStore)
        for act in (
            lambda: store.replace_bulk(source, bulk, label="a table", recorded_by="test"),
            lambda: load(store, SEED, house(), recorded_by="test"),
            lambda: store.remove(source),
            lambda: store.rebuild(),
            lambda: store.adopt(loaded / "sources", known),
        ):
            act()
            assert problems(folder) == ()


def damage(folder: Path, chance: random.Random) -> str:
    """Deletes, cuts or flips a byte of one file of the view; returns what it did."""
    parts = [path for path in (folder / "view").rglob("*") if path.name != SEAL]
    path = chance.choice(sorted(p for p in parts if p.is_file() and p.stat().st_size))
    data = bytearray(path.read_bytes())
    kind = chance.choice(["deleted", "cut", "flipped"])
    if kind == "deleted":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(data[: chance.randrange(len(data))])
    else:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    return f"{path.relative_to(folder)} {kind}"


@pytest.mark.parametrize("number", range(50))
def test_damage_is_found(number, patient) -> None:
    done = damage(patient, random.Random(number))
    assert problems(patient), done


@pytest.mark.slow
@pytest.mark.parametrize("number", range(50))
def test_damage_is_mended_from_the_sources(number, patient, capsys) -> None:
    with open_store(str(patient), house().background) as store:
        before = sorted(map(str, store.quads()))
    damage(patient, random.Random(number))
    assert run(["-s", str(patient), "doctor"]) == 0
    assert "mended" in capsys.readouterr().out
    assert problems(patient) == ()
    with open_store(str(patient), house().background) as store:
        assert sorted(map(str, store.quads())) == before


def test_bits_lost_between_two_loads_are_found_after_the_second(patient, tmp_path) -> None:
    (view,) = (patient / "view").iterdir()
    seal(view, None)  # the copy's files are others than the sealed ones
    table = max(view.glob("data/*.sst"), key=lambda path: path.stat().st_size)
    told, data = table.stat(), bytearray(table.read_bytes())
    data[len(data) // 2] ^= 1
    table.write_bytes(data)
    os.utime(table, ns=(told.st_atime_ns, told.st_mtime_ns))  # a disk tells nobody
    note = tmp_path / "note.yaml"
    note.write_text("source: {id: note, type: Statement, label: A note, published: 2026-01-12}\n")
    with open_store(str(patient), house().background) as store:
        load(store, note, house(), recorded_by="test")
    # Oxigraph may have met them when it wrote: then the index is another one.
    (view,) = (patient / "view").iterdir()
    table = view / "data" / table.name
    is_made_anew = not table.exists() or table.read_bytes() != data
    assert is_made_anew or any(table.name in problem for problem in problems(patient))


def test_a_damaged_index_hinders_no_load(patient, tmp_path) -> None:
    for table in patient.glob("view/*/data/*.sst"):
        data = bytearray(table.read_bytes())
        for at in range(len(data) // 8, len(data) // 2, 100):
            data[at] ^= 1
        table.write_bytes(data)
    changed = tmp_path / SEED.name
    changed.write_text(SEED.read_text().replace("published: 2026", "published: 2027"))
    places = str(patient), str(tmp_path / "sound")
    for place in places:
        with open_store(place, house().background, create=True) as store:
            load(store, changed, house(), recorded_by="test", fail_on="never")
    held = []
    for place in places:
        with open_store(place, house().background) as store:
            held.append(sorted(map(str, store.quads())))
    assert held[0] == held[1]
    assert problems(patient) == ()


@pytest.mark.parametrize("part", ["", "1", "1/data", "1/seal.json", "1/stamp.json"])
def test_missing_index_is_mended(part, patient, capsys) -> None:
    path = patient / "view" / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert run(["-s", str(patient), "doctor", "--check"]) == 1
    assert run(["-s", str(patient), "doctor"]) == 0
    assert run(["-s", str(patient), "doctor"]) == 0
    assert capsys.readouterr().out.endswith("the index whole\n")


def test_question_to_a_damaged_store_names_the_cure(patient, capsys) -> None:
    (current,) = patient.glob("view/*/data/CURRENT")
    current.unlink()
    assert run(["-s", str(patient), "query", "planned"]) == 6
    assert "`kg doctor`" in capsys.readouterr().err
    assert run(["-s", str(patient), "doctor"]) == 0
    assert run(["-s", str(patient), "query", "planned"]) == 0


def test_flipped_byte_of_a_source_is_named(patient, capsys) -> None:
    (path,) = (patient / "sources").glob("*.gz")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    assert run(["-s", str(patient), "doctor"]) == 6
    shown = capsys.readouterr().out
    assert "mnd-2026-01-12-sheinbaum-trump: its file is damaged" in shown
    assert path.name in shown
    assert run(["-s", str(patient), "load", str(SEED)]) == 0
    assert run(["-s", str(patient), "doctor", "--check"]) == 0, "loading it again is the cure"


def test_no_store_is_an_error(tmp_path) -> None:
    assert run(["-s", str(tmp_path / "none"), "doctor"]) == 6
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_damaged_sources_are_replaced_or_removed_without_a_view(patient, order, capsys) -> None:
    place = ["-s", str(patient)]
    other = patient.parent / "other.yaml"
    other.write_text(SEED.read_text().replace(SEED.stem, "other"))
    assert run([*place, "load", str(other)]) == 0
    for path in (patient / "sources").glob("*.gz"):
        path.write_bytes(b"x")
    shutil.rmtree(patient / "view")
    assert run([*place, "query", "planned"]) == 6
    assert "load the source again" in capsys.readouterr().err
    cures = [*place, "load", str(SEED)], [*place, "remove", "other"]
    for number in order:
        assert run(cures[number]) == 0
    assert run([*place, "doctor", "--check"]) == 0
    assert run([*place, "query", "planned"]) == 0


@pytest.mark.parametrize(
    ("was", "damaged"),
    [(b"Article of", b"Brticle of"), (b'"asserted": ', b'"asserted": 1'), (None, b""),
     (None, b"[" * 100_000), (b'"commit": ', b'"commit": -')],
)  # fmt: skip
def test_list_of_sources_that_was_changed_is_copied_from_the_view(
    patient, was, damaged, capsys
) -> None:
    path = patient / "sources" / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(was, damaged) if was else damaged)
    assert path.read_bytes() != whole
    assert run(["-s", str(patient), "doctor", "--check"]) == 6
    (copy,) = (patient / "view").glob("*/manifest.json")
    assert f"copy {copy} to its place" in capsys.readouterr().err
    shutil.copyfile(copy, path)
    assert run(["-s", str(patient), "doctor", "--check"]) == 0


@pytest.mark.parametrize("name", ["manifest.json", "seal.json", "stamp.json"])
def test_view_of_which_a_file_is_nested_without_end_is_mended(patient, name) -> None:
    (path,) = (patient / "view").glob(f"*/{name}")
    path.write_bytes(b"[" * 100_000)
    assert run(["-s", str(patient), "doctor", "--check"]) == 1
    assert run(["-s", str(patient), "doctor"]) == 0
    assert run(["-s", str(patient), "doctor", "--check"]) == 0


def test_what_is_not_ours_is_neither_read_nor_taken_away(patient) -> None:
    mine = patient / "sources" / "mine.txt"
    for path in (mine, patient / "view" / "99", patient / "view" / "²"):
        path.touch()
    assert run(["-s", str(patient), "query", "planned"]) == 0
    assert run(["-s", str(patient), "remove", SEED.stem]) == 0
    assert mine.exists()


def test_source_that_may_not_be_read_is_not_called_damaged(patient, monkeypatch, capsys) -> None:
    def refused(path: Path) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr("kg.store.manifest.digest_of", refused)
    assert run(["-s", str(patient), "dump"]) == 6
    assert "access is denied" in capsys.readouterr().err
