"""An import in several processes that is stopped: all of them end, and nobody sees a traceback."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.running import ROOT
from tests.test_imports import gdelt, row


def begun(folder: Path) -> subprocess.Popen[str]:
    """Starts an import in two processes, in a group of their own."""
    table = gdelt(folder, *(row(GLOBALEVENTID=str(n)) for n in range(1, 12_001)))
    # Shards so small that the first of them is done long before the last.
    # A shell that runs the tests in the background may have them ignore SIGINT.
    small = "import signal, sys, kg.cli, kg.imports.table as table; table.SHARD = 2**16; "
    small += "signal.signal(signal.SIGINT, signal.default_int_handler); kg.cli.main(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", small, "import", "gdelt", str(table), "--processes", "2"],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def has_worker(process: int) -> bool:
    """Whether one of the processes is there whose interpreter has begun to heed signals."""
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
            status = Path(f"/proc/{child}/status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0], 16)
            return bool(caught & 1 << signal.SIGINT - 1)
    return False


def test_ctrl_c_while_the_processes_start_is_told_in_one_message(tmp_path: Path) -> None:
    process = begun(tmp_path)
    while process.poll() is None and not has_worker(process.pid):
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.strip() == "error: interrupted; nothing was left half done"


def test_ctrl_c_again_and_again_is_told_in_one_message(tmp_path: Path) -> None:
    process = begun(tmp_path)
    while process.poll() is None and not has_worker(process.pid):
        time.sleep(0.002)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    _, told = process.communicate(timeout=1)
    assert process.returncode == 130
    assert told.strip() == "error: interrupted; nothing was left half done"


def test_processes_end_with_the_one_that_is_killed(tmp_path: Path) -> None:
    process = begun(tmp_path)
    waiting = tmp_path / ".kg" / "imports"
    while process.poll() is None and not list(waiting.glob("*/00000000.json")):
        time.sleep(0.02)
    process.kill()
    try:
        # It returns when the last of those that hold stderr has ended.
        process.communicate(timeout=30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
