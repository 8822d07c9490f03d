"""Runs the locustfile as a child process and follows it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

from analysis.format.input_file import open_own
from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.machine.own_python import python_module
from analysis.machine.processes import ENDINGS, Interruptible, ask_to_end, how_ended, interrupt, start_apart
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings, changed
from diag.errors import DiagError, UsageError
from diag.exit_codes import ExitCode, category_of
from diag.measuring.asked_of_direct_calls import DirectOptions, direct_words
from diag.measuring.load_forks import ForksGoneError, LoadForks
from diag.measuring.load_log import Refusal, last_line, new_log, refusal_in
from diag.measuring.run_progress import ProgressReader, RunProgress

LOCUSTFILE: Final = Path(__file__).resolve().parents[2] / "loadtests" / "actions.py"
_LOCUST: Final = tuple(python_module("locust"))


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What to run; None leaves it to the workload file. `rate` is calls/s per action and user.

    `env` adds to (or overrides) this process's environment.

    `processes` is the number of worker processes (0: one process does all).
    """

    run_dir: Path
    run_time_s: float | None
    actions: tuple[str, ...] = ()
    rate: float | None = None
    workload: Path | None = None
    model: str | None = None
    arrivals: str | None = None
    mode: str | None = None
    probe: bool = False
    processes: int = 0
    seed: int | None = None
    calls_per_action: int | None = None
    until_settled: bool = False
    rules: RecommendSettings = field(default_factory=RecommendSettings)
    """By which an answer is settled."""
    sla: tuple[str, ...] = ()
    otel: bool = False
    """Whether Locust exports to OpenTelemetry."""
    confirm_org: str | None = None
    direct: DirectOptions = field(default_factory=DirectOptions)
    turns: Path | None = None
    """A window of a campaign: the file that says who is called, how often and how fast, and nobody else."""
    top_up: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    """Calls to add to the run in `run_dir`, by action id: how many more, and at how many calls/s."""
    grace_s: float = 140.0
    """How long after its time is up a run may take (drain, longest wait, writing) before it is ended."""
    env: Mapping[str, str] = field(default_factory=dict)
    forks: LoadForks | None = None
    """Where it is forked from; None: it is a process of its own from the start."""


class NotMeasuredError(DiagError):
    """The load process refused to begin; its message and its kind of error are kept."""

    def __init__(self, refusal: Refusal, code: int) -> None:
        super().__init__(refusal.message, hint=refusal.hint, details=refusal.details)
        self.category = category_of(code)


def session_environment(profile: str | None, *, sandbox: bool) -> dict[str, str]:
    """Return the variables that lead the load process to where the flags led this one."""
    return {
        **({"DIAG_PROFILE": profile} if profile else {}),
        **({"DIAG_SANDBOX": "1"} if sandbox else {}),
    }


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How it ended. `exit_code` is one of ExitCode; `reason` is for people, None when all went well.

    `refusal` is set when nothing was run: then the folder holds nothing of this run, and is left as it was.
    """

    folder: RunFolder
    exit_code: int
    status: str
    reason: str | None
    log: Path
    refusal: Refusal | None = None


def run_load(
    options: LoadOptions, on_progress: Callable[[RunProgress], None] | None = None, *, interval_s: float = 0.5
) -> LoadResult:
    """Run the load to its end and return how it ended; `on_progress` is called about every `interval_s`.

    Ctrl-C here is passed on once per press: the first lets calls in flight end, the second does not wait.
    The load process stops by itself when this one ends. Raises OSError when the run folder cannot be made,
    UsageError when it is a file, ForksGoneError when the process that forks it has ended.
    """
    folder = RunFolder(options.run_dir)
    made_here = not folder.path.exists()
    if folder.path.exists() and not folder.path.is_dir():
        raise UsageError(f"{folder.path} is a file, not a folder.", hint="Give another --run-dir.")
    folder.path.mkdir(parents=True, exist_ok=True)
    before = _stamp(folder.manifest)
    log = new_log(folder)
    reader = ProgressReader(folder, options.run_time_s)
    with os.fdopen(open_own(log, os.O_WRONLY | os.O_APPEND, 0o666), "ab") as sink:
        process = _start(options, log, sink)
        hung = None
        with _passing_on_signals(process):
            watchdog = _Watchdog(options, folder)
            while True:
                try:
                    process.wait(timeout=interval_s)
                    break
                except subprocess.TimeoutExpired:
                    hung = watchdog.check(process) or hung
                    if on_progress:
                        on_progress(reader.read())
                except OSError:  # nobody tells any more how it ends
                    raise ForksGoneError from None
    if on_progress:
        on_progress(reader.read())
    code = process.wait()
    if code > 0 and _stamp(folder.manifest) == before:
        return _refused(folder, log, code, made_here=made_here)
    if hung is not None:
        return LoadResult(folder, ExitCode.INCOMPLETE, "incomplete", hung, log)
    return _result(folder, log, code)


class LoadProcess(Interruptible, Protocol):
    """What is needed of the process that runs the load."""

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code. Raises subprocess.TimeoutExpired."""

    def kill(self) -> None:
        """End it at once."""


def _start(options: LoadOptions, log: Path, sink: IO[bytes]) -> LoadProcess:
    line = command_line(options)
    if options.forks is not None:
        return options.forks.start(line[len(_LOCUST) :], options.env, log)
    return start_apart(line, stdout=sink, stderr=sink, env={**os.environ, **options.env})


def command_line(options: LoadOptions) -> list[str]:
    """Return the command that runs the locustfile with these options."""
    line = [*_LOCUST, "-f", str(LOCUSTFILE), "--headless", "--only-summary"]
    line += ["--run-dir", str(options.run_dir)]
    line += ["--parent-pid", str(os.getpid())]
    for flag, value in (
        ("--rate", options.rate),
        ("--workload", options.workload),
        ("--model", options.model),
        ("--arrivals", options.arrivals),
        ("--mode", options.mode),
        ("--seed", options.seed),
        ("--calls-per-action", options.calls_per_action),
        ("--processes", options.processes or None),
        ("--confirm-org", options.confirm_org),
        ("--turns", options.turns),
        ("--top-up", _top_up_words(options.top_up)),
        ("--rules", json_text(stated) if (stated := changed(options.rules)) else None),
    ):
        if value is not None:
            line += [flag, str(value)]
    if options.run_time_s is not None:
        line += ["--run-time", f"{max(1, round(options.run_time_s))}s"]
    if options.probe:
        line.append("--probe")
    if options.until_settled:
        line.append("--until-settled")
    if options.otel:
        line.append("--otel")
    for action in options.actions:
        line += ["--action", action]
    for condition in options.sla:
        line += ["--sla", condition]
    return line + direct_words(options.direct)


def _top_up_words(top_up: Mapping[str, tuple[int, float]]) -> str | None:
    """Return the value of the load's own flag (loadtests/planning/topped_up_plan.py)."""
    if not top_up:
        return None
    return json_text({"actions": {key: {"calls": more[0], "rate": more[1]} for key, more in top_up.items()}})


class _Watchdog:
    """Ends a load process that does not end by itself: SIGTERM first, SIGKILL when that does not help."""

    def __init__(self, options: LoadOptions, folder: RunFolder) -> None:
        self._limit_s = None if options.run_time_s is None else options.run_time_s + options.grace_s
        self._grace_s = min(options.grace_s, 30.0)
        self._folder = folder
        self._began: float | None = None
        self._asked: float | None = None

    def check(self, process: LoadProcess) -> str | None:
        """Act if it is time to; return why, once it is."""
        now = time.monotonic()
        if self._began is None:
            # Reading a large inventory may take minutes; the run begins with its manifest.
            self._began = now if self._folder.manifest.exists() else None
            return None
        if self._limit_s is None or now - self._began < self._limit_s:
            return None
        if self._asked is None:
            self._asked = now
            ask_to_end(process)
        elif now - self._asked > self._grace_s:
            process.kill()
        return f"the load process did not end {now - self._began:.0f} s after it began, and was ended"


@contextmanager
def _passing_on_signals(process: LoadProcess) -> Iterator[None]:
    """Pass Ctrl-C and SIGTERM on to the load process, which they do not reach and which ends cleanly."""

    def pass_on(number: int, _frame: object) -> None:
        interrupt(process, number)

    before = {number: signal.signal(number, pass_on) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _result(folder: RunFolder, log: Path, returncode: int) -> LoadResult:
    manifest = read_manifest(folder)
    status = manifest.status if manifest else "incomplete"
    reason = manifest.status_reason if manifest else None
    ended_by = how_ended(returncode)
    if ended_by is not None:
        reason = f"the load process was ended by {ended_by}"
        return LoadResult(folder, ExitCode.INCOMPLETE, "incomplete", reason, log)
    if returncode and reason is None:
        reason = last_line(log)
    return LoadResult(folder, returncode, status, reason, log)


def _refused(folder: RunFolder, log: Path, code: int, *, made_here: bool) -> LoadResult:
    """Return the result of a load process that refused to begin; its reason replaces log and folder."""
    refusal = refusal_in(log)
    if refusal is None:
        unexplained = Refusal("The load process failed before it began.", hint=f"Its log: {log}")
        return LoadResult(folder, code, "incomplete", last_line(log), log, unexplained)
    log.unlink()
    if made_here:
        with contextlib.suppress(OSError):  # someone else put something there meanwhile
            folder.path.rmdir()
    return LoadResult(folder, code, "incomplete", refusal.message, log, refusal)


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes whenever the manifest is written (it is replaced, so also its inode)."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_ino
