"""A draft is told from a document, and reviewed fact by fact in its own file."""

import hashlib
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.facts import read_register
from kg.facts.draft import open_draft
from kg.placed.edit import with_key
from kg.review import Review
from kg.vocabulary import load_vocabulary
from tests.running import ROOT, kg

SEED = ROOT / "facts" / "mnd-2026-01-12-sheinbaum-trump.yaml"


def test_load_says_that_a_draft_is_one_and_keeps_its_marks_out(tmp_path: Path) -> None:
    told = (
        "source: {id: note, type: NewsArticle, label: A note, published: 2026-01-12, draft: true,\n"
        f"  text: {{digest: 'sha256:{'0' * 64}', length: 90}}, passages: {{p1: [0, 40]}}}}\n"
        "events:\n  - {type: Meeting, agent: [mexico, venezuela], date: 2026-01-12,\n"
        "     rule: verb/subject, evidence: [p1]}\n"
    )
    (tmp_path / "note.yaml").write_text(told)
    shown = kg("load", "note.yaml", folder=tmp_path)
    assert shown.returncode == 0
    assert "note.yaml: a draft that nobody has reviewed yet" in shown.stderr
    dumped = kg("dump", folder=tmp_path).stdout
    assert "Meeting" in dumped
    assert "verb/subject" not in dumped
    assert "draft" not in dumped
    assert '"draft"' in kg("schema", folder=tmp_path).stdout
    (tmp_path / "note.yaml").write_text(told.replace(", draft: true", ""))
    assert "draft" not in kg("load", "note.yaml", folder=tmp_path).stderr


TEXT = """\
Ministers of Mexico and Venezuela met on Monday. The visit was short.

Mexico’s side said that \x1b[31mtrade\x1b[0m had grown. It offered more talks, it said.
"""
DRAFT = f"""\
# what the extractor found
source:
  id: note
  type: NewsArticle
  draft: true
  label: A note
  published: 2026-01-12
  text: {{digest: "sha256:{hashlib.sha256(TEXT.encode()).hexdigest()}", length: {len(TEXT)}}}
  passages: {{p1: [0, 69], p2: [71, {len(TEXT) - 1}]}}
issues:
  - {{id: more-talks, label: more talks}}
events:
  - id: said
    type: Report
    label: "It says \\e[31mso"
    agent: mexico
    about: meeting
    rule: verb/subject
    confidence: 0.9
    evidence: [p2]
    content:
      - {{type: Claim, label: Trade has grown, about: [meeting, trade], rule: verb, confidence: 0.8,
         evidence: [{{passage: p2, chars: [95, 109]}}]}}
      - type: Offer
        agent: mexico
        rule: verb/shared
        evidence: {{passage: p2, chars: [121, 142]}}
        content:
          type: Position
          holder: mexico
          issue: more-talks
          stance: supports
          rule: position/Offer
          evidence: [p2]
  # the meeting itself
  - id: meeting
    type: Meeting
    agent: [mexico, venezuela]
    date: 2026-01-12
    rule: noun/between
    evidence:
      - {{passage: p1, chars: [38, 48]}}
"""
REVIEW = ("review", "note.yaml", "--text", "note.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "note.txt").write_bytes(TEXT.encode())
    (tmp_path / "note.yaml").write_text(DRAFT)
    return tmp_path


def told(folder: Path) -> str:
    return (folder / "note.yaml").read_text()


def test_facts_come_in_the_order_of_the_text_with_their_evidence_marked(folder: Path) -> None:
    shown = kg(*REVIEW, folder=folder, keys="n\n" * 5).stdout
    assert "Ministers of Mexico and Venezuela met >>on Monday.<<" in shown
    order = ["meeting", "report: It says", "claim: Trade", "offer", "position: mexico"]
    places = [shown.index(f"  what            {words}") for words in order]
    assert places == sorted(places)
    assert "issue           more talks (new: more-talks)" in shown
    assert "on the word of  Mexico" in shown  # a report vouches, an offer does not
    assert "told in         offer – in report: It says" in shown
    assert "5 undecided" in shown
    assert told(folder) == DRAFT


def test_nothing_of_text_or_draft_steers_the_terminal(folder: Path) -> None:
    shown = kg("--color", "always", *REVIEW, folder=folder, keys="n\n" * 5, NO_COLOR="")
    assert "\\x1b[31m" in shown.stdout
    assert "\x1b[31m" not in shown.stdout
    assert "\x1b[1m\x1b[4mon Monday.\x1b[0m" in shown.stdout


def test_accepting_all_makes_a_document_of_the_draft(folder: Path) -> None:
    shown = kg(*REVIEW, folder=folder, keys="a\n" * 5)
    assert shown.returncode == 0
    assert "every fact is decided" in shown.stdout
    want = DRAFT.replace("  draft: true\n", "")
    for line in ("    rule: verb/subject\n    confidence: 0.9\n", "        rule: verb/shared\n",
                 "          rule: position/Offer\n", "    rule: noun/between\n",
                 ", rule: verb, confidence: 0.8"):  # fmt: skip
        want = want.replace(line, "")
    assert told(folder) == want
    assert kg("validate", "note.yaml", "--fail-on", "never", folder=folder).returncode == 0


def test_rejecting_says_what_went_and_what_referred(folder: Path) -> None:
    shown = kg(*REVIEW, folder=folder, keys="r\nq\n").stdout
    assert "`about` of report" in shown
    assert "`about` of claim: Trade has grown names meeting no more" in shown
    assert "meeting" not in told(folder).replace("# the meeting itself", "")
    assert "about: [trade]" in told(folder)
    shown = kg(*REVIEW, folder=folder, keys="r\n").stdout
    assert "with it went position: mexico" in shown
    assert "with it went more-talks, new in this draft" in shown
    # With the last event goes what was only proposed for it.
    for word in ("events", "issues", "draft", "rule"):
        assert word not in told(folder)


def test_any_fact_of_a_written_document_can_be_accepted_and_rejected(tmp_path: Path) -> None:
    vocabulary = load_vocabulary()
    register = read_register(vocabulary)
    file = tmp_path / "seed.yaml"
    text = SEED.read_text()
    file.write_text(text)
    facts = list(open_draft(file, vocabulary, register).facts())
    for fact in (one for one in facts if "confidence" not in one.told):
        file.write_text(with_key(text, fact.at, "rule", "x", file="seed"))
        review = Review(open_draft(file, vocabulary, register), "")
        review.accepted(next(one for one in review.draft.facts() if one.at == fact.at))
        assert file.read_text() == text
    for fact in facts[::7]:
        file.write_text(text)
        review, _ = Review(open_draft(file, vocabulary, register), "").rejected(fact)
        assert fact.told.get("id") not in {one.told.get("id", "") for one in review.draft.facts()}


def test_one_step_back_takes_back_what_was_decided(folder: Path) -> None:
    shown = kg(*REVIEW, folder=folder, keys="b\na\nr\nb\nb\nq\n").stdout
    assert "this is the first one" in shown
    assert shown.count("taken back") == 2
    assert told(folder) == DRAFT


def test_an_edited_fact_is_checked_and_asked_for_again(folder: Path) -> None:
    editor = folder / "editor.sh"
    editor.write_text(
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n"
        "if [ -e once ]; then sed -i 's/Meetin$/Visit/; s/^rule.*/place: mexico/' \"$1\"\n"
        "else touch once; sed -i 's/Meeting/Meetin/' \"$1\"; fi\n"
    )  # fmt: skip
    editor.chmod(0o755)
    shown = kg(*REVIEW, folder=folder, keys="e\ne\nq\n", EDITOR=str(editor), VISUAL="")
    assert "not changed: fact:2:" in shown.stdout
    assert "'Meetin': did you mean Meeting?" in shown.stdout
    assert "4 undecided" in shown.stdout
    want = DRAFT.replace("type: Meeting", "type: Visit")
    assert told(folder) == want.replace("rule: noun/between", "place: mexico")
    shown = kg(*REVIEW, folder=folder, keys="e\ns\nq\n", EDITOR="false", VISUAL="")
    assert "not changed" in shown.stdout
    assert shown.returncode == 0


def test_another_text_is_refused(folder: Path) -> None:
    (folder / "other.txt").write_text("Something else.")
    shown = kg("review", "note.yaml", "--text", "other.txt", folder=folder)
    assert shown.returncode == 3
    assert "note.yaml:8:18: is not the text of other.txt" in shown.stderr
    assert kg("review", "note.yaml", "--text", "none.txt", folder=folder).returncode == 3
    assert kg("review", "note.yaml", "--text", ".", folder=folder).returncode == 3
    (folder / "note.txt").write_bytes(b"\xff")
    assert "note.txt:1:1: not UTF-8" in kg(*REVIEW, folder=folder).stderr


def test_a_file_that_another_program_changed_is_left_alone(folder: Path) -> None:
    editor = folder / "editor.sh"
    editor.write_text("#!/bin/sh\necho '# hers' >> note.yaml; sed -i 's/Meeting/Visit/' \"$1\"\n")
    editor.chmod(0o755)
    shown = kg(*REVIEW, folder=folder, keys="e\ns\nq\n", EDITOR=str(editor), VISUAL="")
    assert "changed by another program" in shown.stdout
    assert told(folder) == DRAFT + "# hers\n"


class Terminal:
    """A review at a terminal, whose keys are pressed one by one."""

    def __init__(self, folder: Path) -> None:
        self.keys, end = pty.openpty()
        self.review = subprocess.Popen(
            [sys.executable, "-m", "kg", *REVIEW],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "NO_COLOR": ""},
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
        )
        os.close(end)
        self.shown = ""

    def wait_for(self, words: str) -> None:
        while words not in self.shown:
            self.shown += os.read(self.keys, 4096).decode("utf-8", "replace")
        self.shown = self.shown.partition(words)[2]

    def press(self, keys: bytes) -> None:
        self.wait_for("q quit: ")
        time.sleep(0.5)  # what is pressed before the question is ready is thrown away
        os.write(self.keys, keys)


@pytest.mark.parametrize("how", ["ctrl-c", "kill", "closed"])
def test_what_was_decided_outlives_an_interruption(folder: Path, how: str) -> None:
    terminal = Terminal(folder)
    terminal.wait_for("\x1b[1m\x1b[4mon Monday.\x1b[0m")
    terminal.press(b"a")
    if how == "ctrl-c":
        terminal.press(b"\x03")
    terminal.wait_for("1 of 4" if how != "ctrl-c" else "interrupted")
    if how == "kill":
        terminal.review.kill()
    if how != "closed":
        terminal.review.wait(30)
    os.close(terminal.keys)
    code = terminal.review.wait(30)
    assert how != "ctrl-c" or code == 130
    assert told(folder) == DRAFT.replace("    rule: noun/between\n", "")
    # It goes on with what is undecided.
    shown = kg(*REVIEW, folder=folder, keys="a\nq\n").stdout
    assert "1 of 4 undecided" in shown
    assert "3 undecided" in shown
