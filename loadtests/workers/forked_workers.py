"""The workers that Locust forks for `--processes`, where their master leaves before a run."""

import contextlib

import psutil


def end_forked_workers() -> None:
    """End the children of this process at once; before a run a master has no others, and they no data.

    Locust means to do so at its exit and forgets each that still runs (`kill_workers` in its main.py, 2.47):
    one that has not met its master by then looks for it for minutes, and holds the output open.
    """
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
