"""The jobs that submit actions started, as the load recorded them (layout: analysis.format.job_lines)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.format.input_file import open_regular
from analysis.format.job_lines import JOBS_SUFFIX, FlowLine, JobLine, JobState, LookLine, job_line
from analysis.format.json_within_limits import parse_line
from analysis.format.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Job:
    """One job as last seen. `watched_s`: how long it could be followed at most, done or not."""

    action_id: str
    state: JobState
    submitted_at: float
    """Unix seconds of the submit's reply."""
    seconds: float
    """From there to the poll that found it ended, or to the last poll."""
    polls: int
    throttled: int
    correlation_id: str
    """Of the submit call."""
    run: int
    watched_s: float
    why: str | None = None
    """For `no_status`: the error code of the polls that were answered without a result."""
    input_origin: str | None = None
    """Of the submit call's input (`InputOrigin`); None: a run before origins were recorded."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A submit action paired with a poll action, and every job it started."""

    action_id: str
    action_name: str
    poll_action_name: str
    every_s: float
    jobs: tuple[Job, ...]


def read_flows(paths: Sequence[Path]) -> tuple[Flow, ...]:
    """Return the flows of all run folders among `paths` together, by name; empty where none was paired.

    Lines that cannot be read (torn by a kill) are skipped: the line before holds the last known state.
    """
    heads: dict[str, FlowLine] = {}
    jobs: dict[str, list[Job]] = {}
    files = (
        (run, file)
        for run, path in enumerate(paths)
        if path.is_dir()
        for file in sorted(RunFolder(path).segments.glob(f"*{JOBS_SUFFIX}"))
    )
    for run, file in files:
        for action_id, head in _read(file, run, jobs).items():
            known = heads.setdefault(action_id, head)
            heads[action_id] = replace(known, every_s=max(known.every_s, head.every_s))
    return tuple(
        Flow(
            action_id,
            head.action_name,
            head.poll_action_name,
            head.every_s,
            tuple(sorted(jobs.get(action_id, ()), key=lambda job: (job.run, job.submitted_at))),
        )
        for action_id, head in sorted(heads.items(), key=lambda item: item[1].action_name)
    )


def _read(file: Path, run: int, into: dict[str, list[Job]]) -> dict[str, FlowLine]:
    """Add the jobs of one file to `into`; return the heads of its flows by action id."""
    heads: dict[str, FlowLine] = {}
    begun: dict[int, JobLine] = {}
    last: dict[int, LookLine] = {}
    for line in _lines(file):
        match line:
            case FlowLine():
                heads[line.action_id] = line
            case JobLine():
                begun[line.job] = line
            case LookLine():
                last[line.job] = line
    made = [
        Job(
            action_id=begin.action_id,
            state=look.state,
            submitted_at=begin.at,
            seconds=look.seconds,
            polls=look.polls,
            throttled=look.throttled,
            correlation_id=begin.correlation_id,
            run=run,
            watched_s=math.inf,
            why=look.why or None,
            input_origin=begin.input_origin,
        )
        for number, begin in begun.items()
        for look in [last.get(number) or LookLine(number, "running", 0.0, 0, 0)]
    ]
    until = max((job.submitted_at + job.seconds for job in made), default=0.0)
    for job in made:
        head = heads.get(job.action_id)
        give_up_s = math.inf if head is None or head.give_up_s is None else head.give_up_s
        watched_s = min(give_up_s, until - job.submitted_at)
        into.setdefault(job.action_id, []).append(replace(job, watched_s=watched_s))
    return heads


def _lines(file: Path) -> Iterator[FlowLine | JobLine | LookLine]:
    try:
        with open_regular(file) as source:
            text = source.read().decode("utf-8", errors="replace")
    except OSError:
        return
    for each in text.splitlines():
        line = job_line(parse_line(each) or {})
        if line is not None:
            yield line
