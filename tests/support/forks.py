"""Processes of tests, forked from one that has imported everything.

Starting Python and importing pandas, scipy and matplotlib takes three seconds of a core, the sandbox half a
second, and tests start hundreds. What differs from `python -m ...` is only that.
"""

import multiprocessing
from typing import Final

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.support.preload"])
