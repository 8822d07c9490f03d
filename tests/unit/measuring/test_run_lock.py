import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.format.input_file import NotRegularError
from diag.measuring.run_lock import is_locked, take_lock

HOLDER = """
import sys, time
from pathlib import Path
from diag.measuring.run_lock import take_lock
assert take_lock(Path(sys.argv[1])) is not None
print("held", flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_one_load_holds_a_folder_until_its_process_is_gone_however(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_locked(tmp_path)
        assert take_lock(tmp_path) is None
        holder.kill()

    assert not is_locked(tmp_path)
    descriptor = take_lock(tmp_path)
    assert descriptor is not None
    os.close(descriptor)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_no_lock(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / ".lock")
    with pytest.raises(NotRegularError):
        take_lock(tmp_path)
