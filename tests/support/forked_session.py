"""`--processes N`: the tests in N processes, forked once everything is imported and collected.

pytest-xdist starts each of its processes anew, and each imports and collects everything for itself: 5 s of a
core, in a fresh clone 13. Here that is done once, so that there can be more of them. What a process reports
goes through the same hooks as with pytest-xdist, which `dev.py` uses where a system cannot fork: there each
process starts a Chromium of its own, and the longest files are not begun first.
"""

import contextlib
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Final, NoReturn, cast

import pytest

from tests.support.shared_tests import IN_REAL_TIME, SharedTests

UNUSED: Final = ("terminalreporter", "lfplugin", "nfplugin", "stepwiseplugin")
"""What only the first process does: it tells, and remembers what failed."""
STOP_LIMIT_S: Final = 10.0
MAKES_WAY: Final = 5
"""How much nicer a process becomes with its first test that does not measure in real time."""


@dataclass
class Process:
    """One that was forked: the tests it has not reported yet, the first of which it runs."""

    pid: int
    in_real_time: bool
    connection: Connection
    tests: list[int] = field(default_factory=list)


class ForkedSession:
    """A plugin that runs the tests of a session in this many processes."""

    def __init__(self, processes: int) -> None:
        self._wanted = processes
        self._processes: dict[Connection, Process] = {}
        self._started = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run all tests that were collected; leave it to pytest where there is nothing to share."""
        if session.config.option.collectonly or session.testsfailed:
            return None
        shared = SharedTests(item.nodeid.partition("::")[0] for item in session.items)
        try:
            for number in range(self._wanted):
                self._start(session, in_real_time=number < self._wanted // 2)
            while self._processes:
                for connection in wait(list(self._processes)):
                    self._hear(session, self._processes[cast(Connection, connection)], shared)
                    if session.shouldfail:
                        raise session.Failed(session.shouldfail)
                    if session.shouldstop:
                        raise session.Interrupted(session.shouldstop)
        finally:
            self._stop()
        return True

    def _stop(self) -> None:
        """End those that still run, as Ctrl-C does; at once where one takes too long for that."""
        for process in self._processes.values():
            os.kill(process.pid, signal.SIGINT)
        until = time.monotonic() + STOP_LIMIT_S
        for connection, process in self._processes.items():
            with contextlib.suppress(EOFError, OSError):
                while connection.poll(max(0.0, until - time.monotonic())):
                    connection.recv()
                os.kill(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)

    def _start(self, session: pytest.Session, *, in_real_time: bool) -> None:
        here, there = Pipe()
        self._started += 1
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until it is clear which process it meets
        try:
            pid = os.fork()
        except OSError:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            raise
        if pid == 0:
            here.close()
            for other in self._processes:
                other.close()
            _work_and_exit(session, there, self._started)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        there.close()
        self._processes[here] = Process(pid, in_real_time, here)

    def _hear(self, session: pytest.Session, process: Process, shared: SharedTests) -> None:
        """Take what a process sends: what one test reported or, when there was none, that it wants more."""
        try:
            reports = process.connection.recv()
            if reports is None:
                process.tests = shared.take(in_real_time=process.in_real_time)
                process.connection.send(process.tests)
                return
        except (EOFError, OSError):
            self._end(session, process, shared)
            return
        _tell(session, process.tests.pop(0), reports)

    def _end(self, session: pytest.Session, process: Process, shared: SharedTests) -> None:
        """Let a process go; where it ended in the middle of a test, that failed, and another goes on."""
        del self._processes[process.connection]
        process.connection.close()
        _, status = os.waitpid(process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if process.tests:
            first, *others = process.tests
            _tell(session, first, [_crash(session, first, code)])
            shared.give_back(others)
            self._start(session, in_real_time=process.in_real_time)
        elif code:
            raise RuntimeError(f"a process of the tests ended with {code} when its tests were done")


def _tell(session: pytest.Session, test: int, reports: list[dict[str, Any]]) -> None:
    hook, item = session.config.hook, session.items[test]
    for data in reports:
        report = hook.pytest_report_from_serializable(config=session.config, data=data)
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _crash(session: pytest.Session, test: int, code: int) -> dict[str, Any]:
    item = session.items[test]
    report = pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed",
        longrepr=f"The process that ran this test ended with {code}.",
        when="call",
    )
    data = session.config.hook.pytest_report_to_serializable(config=session.config, report=report)
    return cast("dict[str, Any]", data)


class Reporter:
    """A plugin of a process that was forked: keeps what a test reports until that is sent."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._reports: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep it as plain data."""
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._reports.append(data)

    def taken(self) -> list[dict[str, Any]]:
        """Return what was kept, once."""
        reports, self._reports = self._reports, []
        return reports


def _work_and_exit(session: pytest.Session, connection: Connection, number: int) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _work(session, connection, number)
        code = 0
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _work(session: pytest.Session, connection: Connection, number: int) -> None:
    config = session.config
    for name in UNUSED:
        if config.pluginmanager.has_plugin(name):
            config.pluginmanager.unregister(name=name)
    captures = config.pluginmanager.get_plugin("capturemanager")
    if captures is not None:  # its files are those of the first process: all would write to one
        captures.stop_global_capturing()
        captures.start_global_capturing()
    reporter = Reporter(config)
    config.pluginmanager.register(reporter)
    root = (
        Path(os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
        / f"diag-tests-{os.getuid()}-{number}"
    )
    root.mkdir(exist_ok=True)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(root)
    try:
        makes_way = False
        for tests in _shares(connection):
            if not makes_way and not session.items[tests[0]].nodeid.startswith(IN_REAL_TIME):
                os.nice(MAKES_WAY)
                makes_way = True
            for test, following in pairwise([*tests, None]):
                item = session.items[cast(int, test)]
                # All but what the whole session shares is taken down after the last test of a file.
                next_one = session if following is None else session.items[following]
                config.hook.pytest_runtest_protocol(item=item, nextitem=next_one)
                connection.send(reporter.taken())
    finally:
        # Folders of tests that failed stay, those of the others are removed.
        config.hook.pytest_sessionfinish(session=session, exitstatus=int(session.testsfailed > 0))


def _shares(connection: Connection) -> Iterator[list[int]]:
    connection.send(None)
    while tests := connection.recv():
        yield tests
        connection.send(None)
