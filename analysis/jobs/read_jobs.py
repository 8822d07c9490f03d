"""The jobs that submit actions started, as the load recorded them (layout: analysis.jobs.polling_loop)."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast, get_args

from analysis.format.job_lines import JOBS_SUFFIX, JobState
from analysis.format.run_folder import RunFolder

_STATES: Final = get_args(JobState)
_NO_LOOK: Final[Mapping[str, object]] = {"state": "running", "seconds": 0.0, "polls": 0, "throttled": 0}


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
    heads: dict[str, dict[str, object]] = {}
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
            known["every_s"] = max(cast(float, known["every_s"]), cast(float, head["every_s"]))
    return tuple(
        Flow(
            action_id,
            str(head["action_name"]),
            str(head["poll_action_name"]),
            cast(float, head["every_s"]),
            tuple(sorted(jobs.get(action_id, ()), key=lambda job: (job.run, job.submitted_at))),
        )
        for action_id, head in sorted(heads.items(), key=lambda item: str(item[1]["action_name"]))
    )


def _read(file: Path, run: int, into: dict[str, list[Job]]) -> dict[str, dict[str, object]]:
    """Add the jobs of one file to `into`; return the heads of its flows by action id."""
    heads: dict[str, dict[str, object]] = {}
    begun: dict[int, Mapping[str, object]] = {}
    last: dict[int, Mapping[str, object]] = {}
    for line in _lines(file):
        match line["kind"]:
            case "flow":
                heads[str(line["action_id"])] = dict(line)
            case "job":
                begun[cast(int, line["job"])] = line
            case "look" if line["state"] in _STATES:
                last[cast(int, line["job"])] = line
    made = [
        Job(
            action_id=str(begin["action_id"]),
            state=cast(JobState, look["state"]),
            submitted_at=_number(begin["at"]),
            seconds=_number(look["seconds"]),
            polls=cast(int, look["polls"]),
            throttled=cast(int, look["throttled"]),
            correlation_id=str(begin["correlation_id"]),
            run=run,
            watched_s=math.inf,
            why=str(look["why"]) if look.get("why") else None,
        )
        for number, begin in begun.items()
        for look in [last.get(number, _NO_LOOK)]
    ]
    until = max((job.submitted_at + job.seconds for job in made), default=0.0)
    for job in made:
        give_up_s = _number(heads.get(job.action_id, {}).get("give_up_s", math.inf))
        watched_s = min(give_up_s, until - job.submitted_at)
        into.setdefault(job.action_id, []).append(replace(job, watched_s=watched_s))
    return heads


def _lines(file: Path) -> Iterator[Mapping[str, object]]:
    for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and "kind" in line:
            yield line


def _number(value: object) -> float:
    return float(cast(float, value))
