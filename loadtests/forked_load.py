"""`python -m loadtests.forked_load`: imports the load once, then forks it for each line on stdin.

For the windows of a time-lapsed day, which come one upon the other: starting Python and importing Locust
takes a second of a core, as long as all else of such a window. A line is a JSON object (`AskedLoad`). Told on
stdout, a line each: the process id, then, once it has ended, its exit code. The next line is read after that.
It ends with whoever started it.
"""

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from analysis.format.checked_json import parse_object
from analysis.format.input_file import open_own
from analysis.format.typed_json import typed
from analysis.machine.forks import Forker


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
            _run(main.main)


def _become(asked: AskedLoad) -> None:
    """Take the streams and the environment of the load."""
    written = open_own(Path(asked.log), os.O_WRONLY | os.O_APPEND)
    nothing, unwritten = os.pipe()
    os.close(unwritten)
    for stream, descriptor in enumerate((nothing, written, written)):
        os.dup2(descriptor, stream)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.environ.update(asked.environment)


def _run(main: Callable[[], object]) -> NoReturn:
    """Run it, and end as Python would, but for taking all modules apart, which takes long."""
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve()
