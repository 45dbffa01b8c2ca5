"""A source that comes again in another form: judged by the difference, told as if judged whole."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import world
from kg.load import House, admit, check, enter, load, read_house
from kg.namespaces import ACTOR, DIP, PREFIXES, RDFS, XSD
from kg.rdf import Literal, NamedNode, Quad, parse, serialize
from kg.store import Writer, open_store
from kg.store.folder import FolderStore
from kg.validate import Judge
from kg.validate.change import Neighbourhood

HOUSE = read_house()
CHANGES = 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderStore]:
    with open_store(str(tmp_path / ".kg"), HOUSE.background, create=True) as opened:
        assert isinstance(opened, FolderStore)
        yield opened


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each change that was followed: how many nodes it could affect."""
    seen: list[int] = []
    near = Judge._near

    def noted(self: Judge, found: Neighbourhood) -> object:
        seen.append(len(found.roots))
        return near(self, found)

    monkeypatch.setattr(Judge, "_near", noted)
    return seen


def told() -> list[Quad]:
    """What a source of a made-up world asserts."""
    made = next(one for one in world.sources(3_000) if len(one.asserted) > 100)
    return list(parse("".join(made.asserted).encode(), "nq", file="world"))


def one_less(quads: list[Quad], chance: random.Random) -> None:
    quads.remove(chance.choice(quads))


def node_gone(quads: list[Quad], chance: random.Random) -> None:
    node = chance.choice(quads).subject
    quads[:] = [quad for quad in quads if quad.subject != node]


def another_value(quads: list[Quad], chance: random.Random) -> None:
    at, other = chance.randrange(len(quads)), chance.choice(quads)
    one = quads[at]
    quads[at] = Quad(one.subject, one.predicate, other.object, one.graph_name)


def another_day(quads: list[Quad], chance: random.Random) -> None:
    dated = [n for n, q in enumerate(quads) if getattr(q.object, "datatype", None) == DATE]
    at = chance.choice(dated)
    one, day = quads[at], f"{chance.choice((1999, 2016, 2035))}-01-12"
    quads[at] = Quad(one.subject, one.predicate, Literal(day, datatype=DATE), one.graph_name)


def written_otherwise(quads: list[Quad], chance: random.Random) -> None:
    counts = [n for n, q in enumerate(quads) if getattr(q.object, "datatype", None) == INTEGER]
    at = chance.choice(counts)
    one = quads[at]
    more = Literal("0" + one.object.value, datatype=INTEGER)  # type: ignore[union-attr]
    quads[at] = Quad(one.subject, one.predicate, more, one.graph_name)


def actor_described(quads: list[Quad], chance: random.Random) -> None:
    label = Literal(chance.choice(("Mexico", "México")))
    graph = quads[0].graph_name
    quads.append(Quad(NamedNode(ACTOR + "mexico"), NamedNode(RDFS + "label"), label, graph))


def another_kind(quads: list[Quad], chance: random.Random) -> None:
    one = chance.choice(quads)
    kind = NamedNode(DIP + chance.choice(("PhoneCall", "Denial", "Passage", "Nothing")))
    quads.append(Quad(one.subject, NamedNode(PREFIXES["rdf"] + "type"), kind, one.graph_name))


DATE, INTEGER = NamedNode(XSD + "date"), NamedNode(XSD + "integer")
EDITS: tuple[Callable[[list[Quad], random.Random], None], ...] = (
    one_less, one_less, node_gone, another_value, another_day,
    actor_described, another_kind,
)  # fmt: skip


def write(quads: list[Quad], path: Path) -> Path:
    path.write_bytes(serialize(dict.fromkeys(quads), "nq"))
    return path


def test_a_changed_source_is_told_as_if_judged_whole(
    store: FolderStore, tmp_path: Path, followed: list[int]
) -> None:
    chance = random.Random(26)
    held = told()
    path = tmp_path / "source.nq"
    (first,) = load(store, write(held, path), HOUSE, recorded_by="test")
    assert not first.judged.findings
    wrong = 0
    for turn in range(CHANGES):
        quads = list(held)
        for edit in chance.choices(EDITS, k=chance.choice((1, 1, 2, 3))):
            edit(quads, chance)
        write(quads, path)
        (whole,) = check(path, HOUSE)
        (again,) = admit(path, HOUSE, "never", store=store)
        assert again.judged == whole.judged, turn
        assert again.derived == whole.derived
        wrong += bool(whole.judged.findings)
        if not whole.judged.findings and chance.random() < 0.5:
            enter(store, [again], HOUSE, recorded_by="test")
            held = quads
    assert len(followed) > CHANGES / 2, "or nothing was saved"
    assert CHANGES / 4 < wrong < CHANGES


def test_a_literal_that_is_written_otherwise_is_judged_as_written(
    store: FolderStore, tmp_path: Path, followed: list[int]
) -> None:
    quads, path = told(), tmp_path / "source.nq"
    load(store, write(quads, path), HOUSE, recorded_by="test")
    written_otherwise(quads, random.Random(1))
    (again,) = admit(write(quads, path), HOUSE, "never", store=store)
    assert again.judged == check(path, HOUSE)[0].judged
    assert not followed


def test_what_was_forced_in_is_told_again(store: Writer, tmp_path: Path) -> None:
    quads = told()
    label = next(q for q in quads if q.predicate.value == RDFS + "label" and "Event" not in str(q))
    path = tmp_path / "source.nq"
    quads.remove(next(q for q in quads if q.predicate.value == PREFIXES["oa"] + "hasSelector"))
    (forced,) = load(store, write(quads, path), HOUSE, recorded_by="test", fail_on="never")
    assert forced.judged.findings
    quads.remove(label)
    quads.append(Quad(label.subject, label.predicate, Literal("another"), label.graph_name))
    (again,) = admit(write(quads, path), HOUSE, "never", store=store)
    assert again.judged == check(path, HOUSE)[0].judged
    assert len(again.judged.findings) >= len(forced.judged.findings)


SHAPE = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dip: <{DIP}> .
@prefix sem: <{PREFIXES["sem"]}> .
<urn:shape> a sh:NodeShape ; sh:targetClass dip:Event ; sh:severity sh:Warning ;
    sh:property [ sh:path sem:hasPlace ; sh:minCount 1 ; sh:message "it has no place" ] .
"""


def test_other_shapes_judge_all_of_it(tmp_path: Path) -> None:
    quads, path, folder = told(), tmp_path / "source.nq", str(tmp_path / ".kg")
    with open_store(folder, HOUSE.background, create=True) as store:
        load(store, write(quads, path), HOUSE, recorded_by="test")
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(SHAPE)
    house: House = read_house(tmp_path)
    with open_store(folder, house.background) as store:
        assert isinstance(store, FolderStore)
        assert store.approved(store.sources()[0].source) != house.digest
        (again,) = admit(write(quads[:-1], path), house, "never", store=store)
    assert again.judged == check(path, house)[0].judged
    assert any(one.message == "it has no place" for one in again.judged.findings)


def test_a_damaged_view_hinders_no_load(tmp_path: Path) -> None:
    quads, path, folder = told(), tmp_path / "source.nq", str(tmp_path / ".kg")
    with open_store(folder, HOUSE.background, create=True) as store:
        load(store, write(quads, path), HOUSE, recorded_by="test")
    for table in (tmp_path / ".kg" / "view").glob("*/data/*.sst"):
        data = table.read_bytes()
        table.unlink()  # the index has it too
        table.write_bytes(bytes(len(data)))
    with open_store(folder, HOUSE.background) as store:
        (again,) = load(store, write(quads[:-1], path), HOUSE, recorded_by="test", fail_on="never")
        assert again.changed
        assert again.judged == check(path, HOUSE)[0].judged


def test_a_restored_source_is_judged_whole(store: FolderStore, tmp_path: Path) -> None:
    from kg.store.backup import backup, restore, unpacked

    load(store, write(told(), tmp_path / "source.nq"), HOUSE, recorded_by="test")
    (record,) = store.sources()
    assert store.approved(record.source) == HOUSE.digest
    backup(store, tmp_path / "b", folder=tmp_path / ".kg")
    shutil.rmtree(tmp_path / ".kg" / "view")
    with (
        open_store(str(tmp_path / "new"), HOUSE.background, create=True) as other,
        unpacked(tmp_path / "b") as packed,
    ):
        restore(other, packed)
        assert isinstance(other, FolderStore)
        assert other.sources() == [record]
        assert other.approved(record.source) == ""
