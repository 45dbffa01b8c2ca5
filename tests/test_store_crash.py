"""What a folder store survives: kills at random moments, damage, readers beside a writer."""

import errno
import fcntl
import json
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.namespaces import SOURCE, graph_of
from kg.rdf import Literal, NamedNode, Quad, Rows
from kg.store import Background, Limits, open_store
from kg.store.backup import backup
from kg.store.doctor import diagnose
from kg.store.folder import FolderStore
from kg.store.manifest import read_commit, read_manifest

WRITER = Path(__file__).with_name("store_writer.py")
QUADS = 40
KILLS = 100
BACKGROUND = Background((), "0", lambda _: ())
COUNT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


def writer(folder: Path, first: int, together: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(folder), str(first), str(together)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def counts(folder: Path) -> dict[str, int]:
    with open_store(str(folder), BACKGROUND) as store:
        found = store.query(COUNT)
        records = [record.source for record in store.sources()]
    assert isinstance(found, Rows)
    seen = {graph.value: int(n.value) for graph, n in found.rows}  # type: ignore[union-attr]
    assert sorted(seen) == sorted(graph_of(source) for source in records)
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("together", [1, 30])
def test_killed_writer_loses_nothing_that_was_acknowledged(together: int, tmp_path: Path) -> None:
    folder = tmp_path / ".kg"
    chance = random.Random(1201)
    acknowledged: set[str] = set()
    for turn in range(KILLS):
        process = writer(folder, turn * 10_000, together)
        assert process.stdout
        assert process.stderr
        acknowledged.add(process.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        rest, _ = process.communicate()
        acknowledged |= {line for line in rest.split("\n")[:-1] if line}
        acknowledged.discard("")
        seen = counts(folder)
        assert {graph_of(source) for source in acknowledged} <= set(seen), f"lost in {turn}"
        assert set(seen.values()) == {QUADS}, f"half a source after kill {turn}"
    assert len(acknowledged) >= KILLS


def test_what_failed_half_way_is_not_seen_after_the_next_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, graph = tmp_path / ".kg", NamedNode(graph_of(SOURCE + "s"))
    old, new = (
        [Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal(text), graph) for n in range(9)]
        for text in ("old", "new")
    )

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with open_store(str(folder), BACKGROUND, create=True) as store:
        store.replace(SOURCE + "s", old, (), label="s", recorded_by="me")
        with monkeypatch.context() as patch:
            patch.setattr("kg.store.commit.write_durably", full)
            with pytest.raises(StoreError, match="the disk is full"):
                store.replace(SOURCE + "s", new, (), label="s", recorded_by="me")
        assert set(store.quads()) == set(old)
        other = Quad(
            NamedNode("urn:o"), NamedNode("urn:p"), Literal("o"), NamedNode(graph_of(SOURCE + "o"))
        )
        store.replace(SOURCE + "o", [other], (), label="o", recorded_by="me")
        assert set(store.quads()) == {*old, other}


def test_readers_beside_a_writer_get_answers(tmp_path: Path) -> None:
    folder = tmp_path / ".kg"
    process = writer(folder, 0)
    assert process.stdout
    assert process.stderr
    process.stdout.readline()

    def read(_: int) -> int:
        rows = 0
        for _ in range(5):
            with open_store(str(folder), BACKGROUND) as store:
                answer = store.run("SELECT * { ?s ?p ?o }", Limits())
                assert isinstance(answer, Rows)
                rows = len(answer.rows)
        return rows

    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(read, range(4)))
    finally:
        process.kill()
        process.communicate()
    assert all(rows and rows % QUADS == 0 for rows in found)


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    folder = tmp_path / ".kg"
    with (
        open_store(str(folder), BACKGROUND, create=True) as store,
        (folder / "lock").open("r+b") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="being written by"):
            store.replace(SOURCE + "s", [], [], label="", recorded_by="")


@pytest.mark.parametrize("part", ["", "1", "1/stamp.json"])
def test_what_is_derived_is_made_anew(part: str, tmp_path: Path) -> None:
    folder = filled(tmp_path)
    path = folder / "view" / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert counts(folder) == {graph_of(SOURCE + "s"): 1}


@pytest.mark.parametrize("part", ["stamp.json", "data/CURRENT"])
def test_a_source_is_replaced_whole_where_the_index_is_of_no_use(part: str, tmp_path: Path) -> None:
    folder, graph = tmp_path / ".kg", NamedNode(graph_of(SOURCE + "s"))

    def load(*texts: str) -> set[Quad]:
        quads = [
            Quad(NamedNode(f"urn:{n}"), NamedNode("urn:p"), Literal(text), graph)
            for n, text in enumerate(texts)
        ]
        store.replace(SOURCE + "s", quads, (), label="s", recorded_by="me")
        return set(quads)

    with open_store(str(folder), BACKGROUND, create=True) as store:
        load("a", "b", "c")
        (folder / "view" / "1" / part).unlink()
        wanted = load("a", "b", "x")
        assert set(store.quads()) == wanted


def test_another_background_rebuilds(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    extra = Quad(NamedNode("urn:b"), NamedNode("urn:p"), Literal("b"), NamedNode("urn:g"))
    with open_store(str(folder), Background((extra,), "1", lambda _: ())) as store:
        assert extra in set(store.quads())
        assert len(list(store.quads())) == 2


def test_flipped_byte_of_a_source_is_named(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    path = next((folder / "sources").glob("*.nq.gz"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with (
        open_store(str(folder), BACKGROUND) as store,
        pytest.raises(StoreError, match=r"source/s is damaged"),
    ):
        list(store.asserted())


def test_a_question_does_not_read_the_list_of_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path)

    def read(*_: object) -> None:
        raise AssertionError("read whole")

    with monkeypatch.context() as patch:
        patch.setattr("kg.store.manifest.read_manifest", read)
        patch.setattr("kg.store.view.parse_manifest", read)
        with open_store(str(folder), BACKGROUND) as store:
            assert store.query("ASK { ?s ?p ?o }") is True
    path = folder / "sources" / "manifest.json"
    before = read_manifest(path)
    assert read_commit(path) == before.commit == 1
    # As it was written before.
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1))
    assert read_manifest(path) == before
    assert read_commit(path) == 1
    for damaged in ("", "{", path.read_text()[:9], path.read_text().replace("commit", "omit")):
        path.write_text(damaged)
        with pytest.raises(StoreError, match="damaged"):
            read_commit(path)


def filled(tmp_path: Path) -> Path:
    folder = tmp_path / ".kg"
    graph = NamedNode(graph_of(SOURCE + "s"))
    quads = [Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("a"), graph)]
    with open_store(str(folder), BACKGROUND, create=True) as store:
        store.replace(SOURCE + "s", quads, (), label="s", recorded_by="me")
    return folder


@pytest.mark.parametrize("damage", ["gone", "gone with the view", "shorter", "no number"])
def test_no_source_is_swept_by_a_list_that_is_not_what_was_written(
    damage: str, tmp_path: Path
) -> None:
    folder = filled(tmp_path)
    sources = folder / "sources"
    path = sources / "manifest.json"
    before = sorted(one.name for one in sources.glob("*.nq.gz"))
    match damage:
        case "shorter":
            path.write_text(json.dumps(json.loads(path.read_bytes()) | {"sources": []}))
        case "no number":
            path.write_text(path.read_text().replace('"commit": 1', '"commit": "1"'))
        case _:
            path.unlink()
            if damage == "gone with the view":
                shutil.rmtree(folder / "view")
    for act in (
        lambda store: store.replace(SOURCE + "t", (), (), label="t", recorded_by="me"),
        lambda store: store.remove(SOURCE + "s"),
        lambda store: store.rebuild(),
        lambda store: store.tidy() or list(store.asserted()),
        lambda _: diagnose(folder, "0"),
        lambda store: backup(store, tmp_path / "b", folder=folder),
    ):
        with (
            pytest.raises(StoreError, match=r"manifest\.json (is missing|was changed|is damaged)"),
            open_store(str(folder), BACKGROUND) as store,
        ):
            act(store)
        assert sorted(one.name for one in sources.glob("*.nq.gz")) == before
    if damage in {"gone", "shorter"}:
        shutil.copy(folder / "view" / "1" / "manifest.json", path)
        with open_store(str(folder), BACKGROUND) as store:
            assert [record.source for record in store.sources()] == [SOURCE + "s"]
            assert store.query("ASK { <urn:a> ?p ?o }") is True


def test_a_store_is_read_where_no_index_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path)
    before = counts(folder)

    def full(*_: object) -> None:
        raise OSError("IO error: No space left on device: While appending to file: 000012.sst")

    for step in ("commit.copy_index", "view.prepare"):
        with monkeypatch.context() as patch:
            patch.setattr(f"kg.store.{step}", full)
            with (
                open_store(str(folder), BACKGROUND) as store,
                pytest.raises(StoreError, match=r"the disk is full: make room, then try again$"),
            ):
                store.remove(SOURCE + "s")
    monkeypatch.setattr("kg.store.commit.make_index", full)
    assert counts(folder) == before


def test_what_cannot_be_locked_is_not_tidied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with FolderStore(folder, BACKGROUND) as store:
        monkeypatch.setattr(Path, "open", read_only)
        store.tidy()
    monkeypatch.undo()
    assert counts(folder) == {graph_of(SOURCE + "s"): 1}
