"""Which tests a process takes next: a file at a time, so that what a module shares is made once.

Half of the suite waits: for calls, for a browser. Where each core has one process that computes, and some
more wait beside them, neither is idle.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

IN_REAL_TIME: Final = ("tests/e2e/", "tests/browser/")
"""Folders whose tests measure in real time: they begin first, and the others make way for them."""
WAITING: Final = (*IN_REAL_TIME, "tests/contract/")
"""Folders whose tests wait more than they compute."""
AT_ONCE: Final = ("tests/browser/",)
"""Folders of which one process takes everything: each would start a Chromium of its own."""
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
        order = sorted(
            units, key=lambda unit: (not unit.startswith(IN_REAL_TIME), turns.get(unit, len(turns)))
        )
        self._waiting = deque(units[unit] for unit in order if unit.startswith(WAITING))
        self._computing = deque(units[unit] for unit in order if not unit.startswith(WAITING))

    def take(self, *, computes: bool) -> list[int]:
        """Return the next tests; those of the other kind where none of this are left, none at the end."""
        queues = (self._computing, self._waiting) if computes else (self._waiting, self._computing)
        return next((queue.popleft() for queue in queues if queue), [])

    def give_back(self, tests: list[int]) -> None:
        """Take back what another process shall run: the one that had them has ended."""
        if tests:
            self._computing.appendleft(tests)


def _unit(file: str) -> str:
    return next((folder for folder in AT_ONCE if file.startswith(folder)), file)
