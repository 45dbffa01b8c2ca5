"""The gazetteer of a project's own register, kept between runs."""

from pathlib import Path

import pytest

import kg.extract.kept as kept
from kg.extract import open_extractor, read_article

REGISTER = """\
source: {id: mine, type: Dataset, label: Mine}
actors:
  - {id: kari-lund, type: Person, label: Kari Lund, state: norway}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    actors = tmp_path / "project" / "facts" / "actors"
    actors.mkdir(parents=True)
    (actors / "mine.yaml").write_text(REGISTER)
    return tmp_path / "project"


def speakers(project: Path) -> list[tuple[str, bool]]:
    article = read_article(b"T\n\nKari Lund condemned it. Jon Berg left.", file="t.txt")
    return [(a.speaker.slug, a.speaker.known) for a in open_extractor(project).facts(article).acts]


def test_it_is_built_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = speakers(project)

    def refuse(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(kept, "read_register", refuse)
    assert speakers(project) == first == [("kari-lund", True)]


def test_it_is_built_again_when_the_register_changes(project: Path) -> None:
    speakers(project)
    mine = project / "facts" / "actors" / "mine.yaml"
    mine.write_text(REGISTER.replace("kari-lund", "k-lund"))
    assert speakers(project) == [("k-lund", True)]


def test_a_damaged_one_is_built_again(project: Path, tmp_path: Path) -> None:
    speakers(project)
    for path in (tmp_path / "cache" / "diplomatic-kg").iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert speakers(project) == [("kari-lund", True)]


def test_only_its_user_may_read_it(project: Path, tmp_path: Path) -> None:
    speakers(project)
    assert (tmp_path / "cache" / "diplomatic-kg").stat().st_mode & 0o077 == 0


def test_without_a_place_for_it_all_works(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert speakers(project) == [("kari-lund", True)]


def test_the_shipped_register_alone_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    open_extractor()
    assert list(tmp_path.iterdir()) == []


def test_old_ones_go(project: Path, tmp_path: Path) -> None:
    for number in range(kept.KEPT + 2):
        mine = project / "facts" / "actors" / "mine.yaml"
        mine.write_text(REGISTER.replace("Kari Lund", f"Kari Lund {number}"))
        open_extractor(project)
    left = list((tmp_path / "cache" / "diplomatic-kg").iterdir())
    assert len(left) == 2 * kept.KEPT
