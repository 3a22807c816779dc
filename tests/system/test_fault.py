"""L5: a fatal signal leaves places in the code and not one value; the next start finds them, a good end nothing."""

import secrets
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.system.fault import FaultFile
from app.system.paths import Profile

ROOT = Path(__file__).parents[2]
FALL = """
import os, signal, sys, threading
from pathlib import Path
from app.domain import Secret
from app.system.crash import forbid_memory_images
from app.system.fault import FaultFile
from app.system.paths import Profile

def fall(token):
    os.kill(os.getpid(), signal.SIGSEGV)

forbid_memory_images()
with FaultFile(Profile(Path(sys.argv[1]))):
    fall(Secret(sys.argv[2]).reveal())
"""


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
def test_a_fatal_signal_leaves_where_it_was_and_no_value(tmp_path: Path) -> None:
    token = f"canary{secrets.token_hex(16)}"
    command = [sys.executable, "-c", FALL, str(tmp_path / "profile"), token]

    fallen = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)

    assert fallen.returncode == -signal.SIGSEGV
    assert kept(tmp_path) == ["fault.txt"]
    with FaultFile(Profile(tmp_path / "profile")) as fault:
        assert "Segmentation fault" in fault.earlier
        assert 'File "<string>", line 10 in fall' in fault.earlier
        assert token not in fault.earlier


def test_a_good_end_leaves_nothing_and_the_file_was_private(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    with FaultFile(profile) as fault:
        (file,) = profile.log_dir.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert fault.earlier == ""
    assert kept(tmp_path) == []


def test_what_was_left_is_told_once(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.log_dir.mkdir(mode=0o700)
    (profile.log_dir / "fault.txt").write_text("Fatal Python error: Aborted\n")

    with FaultFile(profile) as first:
        pass
    with FaultFile(profile) as second:
        pass

    assert (first.earlier, second.earlier) == ("Fatal Python error: Aborted", "")


def test_a_folder_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.log_dir.mkdir(mode=0o700)
    (profile.log_dir / "fault.txt").mkdir()

    with FaultFile(profile) as fault:
        assert fault.earlier == ""
