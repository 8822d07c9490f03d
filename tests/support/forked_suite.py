"""`--processes N`: the tests on N processes, forked from the one that has collected them.

Each would otherwise start Python, import pandas, scipy and matplotlib, collect six thousand tests, and hand
every report through queues and threads. A file is run by one process: what a module shares is made once.
"""

import contextlib
import os
import random
import signal
import warnings
from collections.abc import Callable, Iterable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from struct import Struct
from typing import Any, Final

import pytest

FORKING: Final = get_context("fork")
PATIENCE_S: Final = 10.0
"""For a process that was interrupted to end what its tests began."""

Group = list[pytest.Item]
"""Tests that one process runs, one after the other: those of a file, or of several."""


class Turns:
    """Numbers in a pipe that every process reads from: each of them is taken once."""

    _NUMBER: Final = Struct("=i")

    def __init__(self, numbers: Iterable[int]) -> None:
        self._out, into = os.pipe()
        os.set_blocking(into, False)  # a pipe holds sixteen thousand
        os.write(into, b"".join(map(self._NUMBER.pack, numbers)))
        os.close(into)

    def take(self) -> int | None:
        """Return the next number; None where none is left."""
        taken = os.read(self._out, self._NUMBER.size)
        return int(self._NUMBER.unpack(taken)[0]) if taken else None

    def drop(self) -> None:
        """Leave none to take."""
        while os.read(self._out, 1 << 16):
            pass


class ForkedSuite:
    """Plugin of the process that collects. `queues` sorts what is to run.

    Every second process begins with the last queue, the others with the first.
    """

    def __init__(self, processes: int, queues: Callable[[Sequence[pytest.Item]], list[list[Group]]]) -> None:
        self._processes, self._queues = processes, queues

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run every test; what is shown and counted is shown and counted here."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        run = _Run(session, self._queues(session.items))
        run.start(self._processes)
        try:
            run.follow()
        finally:
            run.end()
        return True


class _Run:
    def __init__(self, session: pytest.Session, queues: list[list[Group]]) -> None:
        self._session, self._config = session, session.config
        self._groups = [group for queue in queues for group in queue]
        numbers = iter(range(len(self._groups)))
        self._turns = [Turns([next(numbers) for _ in queue]) for queue in queues]
        self._missing = {item.nodeid: item for item in session.items}
        self._processes: dict[Connection[Any, Any], ForkProcess] = {}

    def start(self, processes: int) -> None:
        basetemp = self._config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        for number in range(processes):
            order = self._turns[:: -1 if number % 2 else 1]
            out, into = FORKING.Pipe(duplex=False)
            arguments = (self._session, self._groups, order, into, basetemp / f"process-{number}")
            process = FORKING.Process(target=_be_a_process, args=arguments)
            process.start()
            into.close()
            self._processes[out] = process

    def follow(self) -> None:
        """Take in what the processes send, until none sends anything more."""
        self._config.pluginmanager.getplugin("terminalreporter").showfspath = False  # several at a time
        still = list(self._processes)
        while still:
            for out in wait(still):
                assert isinstance(out, Connection)
                try:
                    self._take(*out.recv())
                except EOFError:
                    still.remove(out)
            if why := self._session.shouldfail or self._session.shouldstop:
                raise self._session.Failed(why)
        self._fail_what_is_missing()

    def end(self) -> None:
        """Have no process left, also where the run was interrupted."""
        for turns in self._turns:
            turns.drop()
        for process in self._processes.values():
            if self._missing and process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGINT)
        for process in self._processes.values():
            process.join(PATIENCE_S)
            process.kill()

    def _take(self, kind: str, what: dict[str, Any]) -> None:
        if kind == "warning":
            self._config.hook.pytest_warning_recorded.call_historic(kwargs=what)
        else:
            self._show(self._config.hook.pytest_report_from_serializable(config=self._config, data=what))

    def _show(self, report: pytest.TestReport) -> None:
        self._config.hook.pytest_runtest_logreport(report=report)
        if report.when == "teardown":
            del self._missing[report.nodeid]
            self._config.hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)

    def _fail_what_is_missing(self) -> None:
        for process in self._processes.values():
            process.join(PATIENCE_S)
        codes = {process.exitcode for process in self._processes.values()} - {0}
        why = f"its process ended in this test, or in one before it in the same file (exit code {codes})"
        for item in self._missing.values():
            self._show(pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "setup"))


class _Sender:
    """Plugin of a forked process in the place of the terminal: sends on what that would show."""

    def __init__(self, config: pytest.Config, into: "Connection[Any, Any]") -> None:
        self._config, self._into = config, into
        self._tw = config.get_terminal_writer()  # pytest-timeout takes it to show where each thread is

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._into.send(("report", told))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        what = {"warning_message": warning_message, "when": when, "nodeid": nodeid, "location": location}
        self._into.send(("warning", what))


def _be_a_process(
    session: pytest.Session,
    groups: list[Group],
    order: list[Turns],
    into: "Connection[Any, Any]",
    basetemp: Path,
) -> None:
    config = session.config
    sender = _Sender(config, into)
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(sender, "terminalreporter")
    _capture_for_itself(config)
    basetemp.mkdir()
    config._tmp_path_factory._basetemp = basetemp  # type: ignore[attr-defined]
    random.seed()
    with contextlib.suppress(KeyboardInterrupt):
        _run_groups(session, groups, order)


def _capture_for_itself(config: pytest.Config) -> None:
    """What is printed goes into a file; a forked process writes to the same one at the same place."""
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()


def _run_groups(session: pytest.Session, groups: list[Group], order: list[Turns]) -> None:
    def take() -> Group:
        numbers = (turns.take() for turns in order)
        return next((groups[number] for number in numbers if number is not None), [])

    group = take()
    while group and not (session.shouldfail or session.shouldstop):
        item, *group = group
        following = group or take()  # what comes next decides which fixtures end with this one
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=next(iter(following), None))
        group = following
