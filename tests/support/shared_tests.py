"""Which tests a process takes next: a file at a time, so that what a module shares is made once.

Tests that measure in real time mostly wait, and want the machine when they do not. So half of the processes
begin with these, and the others make way for them: neither is a core idle, nor is it too busy to measure.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

IN_REAL_TIME: Final = ("tests/e2e/", "tests/browser/")
"""Folders whose tests measure in real time."""
AT_ONCE: Final = ("tests/browser/", "tests/test_")
"""What one process takes as a whole: each would start a Chromium of its own, or read all of the code."""
LONGEST: Final = (
    "tests/e2e/test_platform_walk.py",
    "tests/e2e/test_main_job.py",
    "tests/browser/",
    "tests/e2e/test_load_run.py",
    "tests/e2e/test_on_windows.py",
    "tests/contract/verbs/test_tune.py",
    "tests/contract/test_hostile_names.py",
)
"""Taken first: a long one that begins late leaves the other processes nothing to do."""


class SharedTests:
    """The tests of a session, by their number, until each of them was given to a process."""

    def __init__(self, files: Iterable[str]) -> None:
        """`files`: that of each test, from the root of the repository."""
        units: dict[str, list[int]] = {}
        for number, file in enumerate(files):
            units.setdefault(_unit(file), []).append(number)
        turns = {unit: turn for turn, unit in enumerate(LONGEST)}
        order = sorted(units, key=lambda unit: turns.get(unit, len(turns)))
        self._in_real_time = deque(units[unit] for unit in order if unit.startswith(IN_REAL_TIME))
        self._others = deque(units[unit] for unit in order if not unit.startswith(IN_REAL_TIME))

    def take(self, *, in_real_time: bool) -> list[int]:
        """Return the next tests; those of the other kind where none of this are left, none at the end."""
        queues = (self._in_real_time, self._others) if in_real_time else (self._others, self._in_real_time)
        return next((queue.popleft() for queue in queues if queue), [])

    def give_back(self, tests: list[int]) -> None:
        """Take back what another process shall run: the one that had them has ended."""
        if tests:
            self._others.appendleft(tests)


def _unit(file: str) -> str:
    return next((folder for folder in AT_ONCE if file.startswith(folder)), file)
