"""Proposals of shared events: found, told side by side, written only when a person says so."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running import ROOT, kg

DRAFT = ROOT / "tests" / "data" / "draft-us-account.yaml"
SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"
CALL = "event/2026-01-12-sheinbaum-trump-call"
MEETING = "event/2026-01-mexico-us-security-meeting"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    assert kg("-s", "kg", "load", str(SEED), folder=folder).returncode == 0
    return folder / "kg"


@pytest.fixture
def folder(tmp_path: Path, store: Path) -> Path:
    shutil.copytree(store, tmp_path / ".kg")
    shutil.copy(DRAFT, tmp_path / "us.yaml")
    return tmp_path


def proposals(folder: Path) -> list[tuple[str, str]]:
    shown = kg("match", "us.yaml", "-f", "json", folder=folder)
    return [(one["local"], one["event"]) for one in json.loads(shown.stdout)]


def test_what_fits_is_proposed_best_first(folder: Path) -> None:
    assert proposals(folder) == [
        ("call", CALL),  # a president and, for the other, her state
        ("call", MEETING),
        ("1-0", "source/mnd-2026-01-12-sheinbaum-trump/more-help"),
        ("2", MEETING),
    ]
    shown = kg("match", "us.yaml", folder=folder)
    assert shown.returncode == 0
    for words in ("conversation  ", "phone call", "a good call", "Juan Ramón", "(p1, p2, p16,"):
        assert words in shown.stdout
    assert (folder / "us.yaml").read_bytes() == DRAFT.read_bytes()


def test_other_parties_other_days_and_other_families_are_not_proposed(folder: Path) -> None:
    locals_ = {local for local, _ in proposals(folder)}
    assert not locals_ & {"other-call", "late", "offer"}


def test_nothing_proposed_is_exit_code_1(folder: Path) -> None:
    text = DRAFT.read_text().replace("2026-01-", "2024-01-").replace("2026-03", "2024-03")
    (folder / "us.yaml").write_text(text.replace("type: Assistance", "type: Capture"))
    shown = kg("match", "us.yaml", folder=folder)
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert "no event of another source fits" in shown.stderr


def test_taken_ids_and_nothing_else_change(folder: Path) -> None:
    shown = kg(
        "match", "us.yaml", "--take", f"call={CALL}", "--take", f"2={MEETING}", folder=folder
    )
    assert shown.returncode == 0, shown.stderr
    want = DRAFT.read_text()
    for old, new in (
        ("about: [call]", f"about: [{CALL}]"),
        ("id: call\n", f"id: {CALL}\n"),
        ('during: "call"', f'during: "{CALL}"'),
        ("conditionalOn: ['call']", f"conditionalOn: ['{CALL}']"),
        ("[offer, call]", f"[offer, {CALL}]"),
        ("about: call\n", f"about: {CALL}\n"),
        ("{type: Meeting,", f"{{id: {MEETING}, type: Meeting,"),
    ):
        assert old in want
        want = want.replace(old, new)
    assert (folder / "us.yaml").read_text() == want
    assert kg("load", "us.yaml", folder=folder).returncode == 0
    # What is shared now is not proposed again.
    assert [local for local, _ in proposals(folder)] == ["1-0"]


def test_bytes_of_another_editor_stay(folder: Path) -> None:
    told = b"\xef\xbb\xbf" + DRAFT.read_bytes().replace(b"\n", b"\r\n")
    (folder / "us.yaml").write_bytes(told)
    (folder / "us.yaml").chmod(0o640)
    (folder / "link.yaml").symlink_to("us.yaml")
    assert kg("match", "link.yaml", "--take", f"call={CALL}", folder=folder).returncode == 0
    new = (folder / "us.yaml").read_bytes()
    assert new.count(CALL.encode()) == 6
    assert new.replace(CALL.encode(), b"call") == told
    assert (folder / "us.yaml").stat().st_mode & 0o777 == 0o640
    assert (folder / "link.yaml").is_symlink()


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ((f"cal={CALL}",), "did you mean 'call'"),
        ((f"offer={CALL}",), "no occasion 'offer'"),
        ((f"other-call={MEETING}",), "one is dated 2026-01-12"),
        ((f"late={MEETING}",), "2026-01-12 to 2026-01-31"),
        ((f"1-0={CALL}",), "one is of the kind assistance, the other phone call"),
        (("call=event/none",), "no other source of the store has event/none"),
        (("call=event/<>",), "not a shared id"),
        (("call=source/mnd-2026-01-12-sheinbaum-trump/more-help",), "is local to its document"),
        ((f"call={CALL}", f"other-call={CALL}"), "two would become one"),
        ((f"call={CALL}", f"call={MEETING}"), "says twice what call is"),
        (("call",), "write --take call=event/ID"),
    ],
)
def test_what_cannot_be_taken_is_said(folder: Path, taken: tuple[str, ...], words: str) -> None:
    if taken[0].startswith("other-call"):
        text = DRAFT.read_text().replace("denmark], date: 2026-01-12", "denmark], date: 2026-02-01")
        (folder / "us.yaml").write_text(text)
        words = words.replace("2026-01-12", "2026-02-01")
    before = (folder / "us.yaml").read_bytes()
    options = [part for one in taken for part in ("--take", one)]
    shown = kg("match", "us.yaml", *options, folder=folder)
    assert shown.returncode == 2
    assert words in shown.stderr
    assert (folder / "us.yaml").read_bytes() == before


def test_an_anchor_is_no_traceback(folder: Path) -> None:
    text = DRAFT.read_text().replace("- id: call", "- id: &it call")
    text = text.replace("about: call", "about: *it")
    (folder / "us.yaml").write_text(text)
    shown = kg("match", "us.yaml", "--take", f"call={CALL}", folder=folder)
    assert shown.returncode == 0
    assert "*it" not in (folder / "us.yaml").read_text()


def test_only_yaml_is_changed(folder: Path) -> None:
    (folder / "us.json").write_text("{}")
    shown = kg("match", "us.json", folder=folder)
    assert shown.returncode == 2
    assert "only a fact document in YAML" in shown.stderr


def test_asked_one_by_one_what_is_accepted_is_written(folder: Path) -> None:
    shown = kg("match", "us.yaml", "--ask", folder=folder, keys="x\na\ns\n")
    assert shown.returncode == 0
    assert "press one of a, s, q" in shown.stdout
    # The meeting is not asked about for the call once that is taken.
    assert shown.stdout.count("a accept") == 3
    assert (folder / "us.yaml").read_text().count(CALL) == 6
    assert MEETING not in (folder / "us.yaml").read_text()


def test_interrupted_at_a_question_nothing_is_half_written(folder: Path) -> None:
    read, write = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kg", "match", "us.yaml", "--ask"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=write,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=0,
    ) as asked:
        assert asked.stdout
        shown = ""
        while "q quit:" not in shown:
            shown += asked.stdout.read(1)
        time.sleep(0.5)  # what is pressed before the question is ready is thrown away
        os.write(read, b"\x03")
        assert asked.wait(30) == 130
    os.close(read)
    os.close(write)
    assert (folder / "us.yaml").read_bytes() == DRAFT.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [".kg", "us.yaml"]
