"""A draft is told from a document, and reviewed fact by fact in its own file."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def kg(
    *arguments: str, folder: Path, keys: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **environment},
        input=keys,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
