"""Every console block of README and docs runs and prints what it says.

A block is fenced as `console`; lines that begin with `$ ` are run in one folder that holds the
seed article's store, the others are what they print. `KG_UPDATE_DOCS=1` writes what is printed
back into the documents, for a person to review.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder: the store loaded, the seed document and the examples at hand."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "docs" / "examples", folder / "examples", dirs_exist_ok=True)
    (folder / "facts").mkdir()
    shutil.copy(SEED, folder / "facts")
    done = shell(f"kg load facts/{SEED.name}", folder)
    assert done.returncode == 0, done.stdout
    # What the pages show of `facts/` must not be read as the analyst's own register on top.
    return folder


@pytest.fixture
def desk(loaded: Path, tmp_path: Path) -> Path:
    """One for each page, since pages are read in any order."""
    return Path(shutil.copytree(loaded, tmp_path / "desk"))


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


def played(block: str, folder: Path) -> str:
    """The block with what its commands print now."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{shell(command, folder).stdout}" for command in commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_console_blocks_print_what_they_say(document: Path, desk: Path) -> None:
    text = document.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    now = [played(block, desk) for block in blocks]
    if os.environ.get("KG_UPDATE_DOCS"):
        fresh = iter(now)
        text = BLOCK.sub(lambda _: f"```console\n{next(fresh)}```", text)
        document.write_text(text, encoding="utf-8")
        return
    assert now == blocks


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{name(document)} links to {target}"
