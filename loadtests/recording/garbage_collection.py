"""What would stop every call of a process for a tenth of a second, done before the first one.

A full garbage collection looks through all of Locust and its libraries: 92 to 239 ms where it was measured,
so that a deadline of 2 s ended calls 0.2 s late. And Locust asks `inspect.stack()` who stops a run, while
calls are in flight and due: the first time that reads the source of every module (150 ms), later nothing.
"""

import gc
import inspect


def take_stalls_now() -> None:
    """Make both now, and leave out of later collections what is there: before the first call of a run."""
    inspect.stack()
    gc.collect()
    gc.freeze()


def run_is_over() -> None:
    """Let everything be collected again."""
    gc.unfreeze()
