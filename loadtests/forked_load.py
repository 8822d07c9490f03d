"""`python -m loadtests.forked_load`: imports the load once, then forks it for each line on stdin.

For the windows of a time-lapsed day, which come one upon the other: starting Python and importing Locust
takes a second of a core, as long as all else of such a window. A line is a JSON object (`AskedLoad`). Told on
stdout, a line each: the process id, then, once it has ended, its exit code. The next line is read after that.
It ends with whoever started it.
"""

import gc
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.format.input_file import open_own
from analysis.format.json_to_dataclass import typed
from analysis.format.json_within_limits import parse_object
from analysis.machine.forks import Forker, run_and_exit, take_streams


@dataclass(frozen=True, slots=True)
class AskedLoad:
    """One load: the arguments of Locust, what its environment has beside ours, the file it writes to."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: str


def serve() -> None:
    """Fork for each line until there is none; in each process that was forked, be the load."""
    forker = Forker()
    import gevent
    from locust import main  # it patches what is imported after it

    import loadtests.action_user  # noqa: F401

    gc.collect()
    gc.freeze()  # what is here for good need not be looked through in every process forked from it
    for line in sys.stdin:
        asked = typed(AskedLoad, parse_object(line))
        if forker.forked():
            _become(asked)
            gevent.reinit()  # its event loop is a copy of that of the process it was forked from
            sys.argv = ["locust", *asked.arguments, "--parent-pid", str(forker.parent)]
            run_and_exit(main.main)


def _become(asked: AskedLoad) -> None:
    """Take the streams and the environment of the load."""
    written = open_own(Path(asked.log), os.O_WRONLY | os.O_APPEND)
    nothing, unwritten = os.pipe()
    os.close(unwritten)
    take_streams(nothing, written, written)
    os.environ.update(asked.environment)


if __name__ == "__main__":
    serve()
