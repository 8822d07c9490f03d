import subprocess
import sys

import pytest

MASTER = """
import subprocess, sys
from loadtests.workers.forked_workers import end_forked_workers
workers = [subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in range(2)]
end_forked_workers()
print([worker.wait(10) for worker in workers])
end_forked_workers()  # none is left
"""


@pytest.mark.slow
def test_a_master_that_leaves_takes_its_workers_along() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MASTER], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("[-9, -9]", 0), done.stderr
