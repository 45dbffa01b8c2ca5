"""Store folders of generated worlds, made once and kept: `python -m bench.stores 1000000`.

They are what `kg` would have made of the sources one after the other, sources, manifest and
view, but the index is loaded in bulk. Kept in `KG_BENCH` or the folder for temporary files.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from bench import world
from kg.load import House, read_house
from kg.rdf import parse, serialize
from kg.store import SourceRecord, view
from kg.store.files import write_durably
from kg.store.manifest import Entry, Manifest, write_source


def store_of(quads: int) -> Path:
    """Returns the `.kg` folder of a world of about so many quads, made if it is not there."""
    kept = Path(os.environ.get("KG_BENCH", tempfile.gettempdir())) / "diplomatic-kg-bench"
    house = read_house()
    # Under another vocabulary a store would be stale, and made anew source by source.
    folder = kept / f"{quads}-{house.background.digest[:12]}" / ".kg"
    if not folder.is_dir():
        made = folder.with_name(".kg.part")
        shutil.rmtree(made, ignore_errors=True)
        _make(made, quads, house)
        made.rename(folder)
    return folder


def _make(folder: Path, quads: int, house: House) -> None:
    sources, loaded = folder / "sources", folder.with_name("world.nq")
    sources.mkdir(parents=True)
    entries: dict[str, Entry] = {}
    with loaded.open("wb") as file:
        file.write(serialize(house.background.quads, "nq"))
        for made, entry in _written(sources, quads):
            entries[made.iri] = entry
            file.writelines(line.encode() for line in (*made.asserted, *made.derived))
    index = ox.Store(str(folder / "index"))  # until the view is made
    index.bulk_load(path=str(loaded), format=ox.RdfFormat.N_QUADS)
    index.optimize()
    loaded.unlink()
    known = Manifest(1, entries)
    write_durably(sources / "manifest.json", known.to_json())
    views = folder / "view"
    views.mkdir()
    view.prepare(index, views, known, house.background.digest)
    view.show(views, known.commit)
    del index
    shutil.rmtree(folder / "index")


def _written(folder: Path, quads: int) -> Iterator[tuple[world.Made, Entry]]:
    for made in world.sources(quads):
        text = "".join(made.asserted).encode()
        digest = hashlib.sha256(text).hexdigest()
        count = len(made.asserted)
        record = SourceRecord(made.iri, made.label, count, digest, "2026-01-01", "bench")
        yield made, write_source(folder, record, parse(text, "nq", file=made.iri))


if __name__ == "__main__":
    print(store_of(int(sys.argv[1])))
