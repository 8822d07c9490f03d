"""Watches a running load and reports which actions need no more calls.

`python -m diag.measuring.settled_watch RUN_FOLDER PARENT_PID [RULES]` runs beside the load, at low priority,
in a process of its own (pandas stays out of the load). RULES is a JSON object of the settings by which an
answer is settled, where they are not the usual ones. It writes `settled.json`, a list of keys
(`analysis.format.sample_schema`), which the load obeys, and `settling.json`, how far each action is, which is
drawn. When to stop is `analysis.stopping.when_settled`: interim looks are planned, so that checking often
makes the result no less certain.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.format.atomic_write import write_whole
from analysis.format.event_lines import last_seconds
from analysis.format.json_within_limits import parse_object
from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import write_settled
from analysis.machine.processes import starter_is_gone, step_back
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings, with_overrides

if TYPE_CHECKING:
    from analysis.stopping.when_settled import Settled

NICE: Final = 5
"""Behind the load, which needs the machine more; at 19 a busy machine let no check end within the run."""
PAUSE_S: Final = 5.0
SHARE_OF_A_CORE: Final = 0.05
"""At most: the load needs the machine more."""
SETTLING_FILE: Final = "settling.json"
USUAL_RULES: Final = RecommendSettings()


def watch(
    folder: RunFolder,
    parent_pid: int,
    rules: RecommendSettings = USUAL_RULES,
    *,
    pause_s: float = PAUSE_S,
) -> None:
    """Check again and again, by these rules, until the load process has ended.

    A check reads the whole run again (a million rows: 1.3 s of CPU), so the pause between two grows with what
    they cost.
    """
    from analysis.analysis_errors import AnalysisError

    settled: set[str] = set()
    cost_s = 0.0
    while _wait(parent_pid, pause_after(cost_s, pause_s)):
        began = time.process_time()
        # Not before the first check: pandas takes a second of a core, while the load begins. That counts as
        # what the check cost, so that the second one comes later.
        from analysis.stopping.settled_in_folder import settled_actions

        until = complete_until(folder)
        try:
            states = settled_actions(folder.path, rules, until)
        except AnalysisError:
            continue  # no whole row yet
        write_whole(folder.path / SETTLING_FILE, json_text(_progress(states)))
        new = {key for key, state in states.items() if state.settled} - settled
        new -= jobs_needed(folder, rules)
        if new:
            settled |= new
            write_settled(folder, settled)
        cost_s = time.process_time() - began


def pause_after(cost_s: float, pause_s: float = PAUSE_S) -> float:
    """Return the pause after a check that took `cost_s` of CPU: watching keeps to its share of a core."""
    return max(pause_s, cost_s * (1.0 / SHARE_OF_A_CORE - 1.0))


def jobs_needed(folder: RunFolder, rules: RecommendSettings) -> frozenset[str]:
    """Return the submit actions of which more jobs must be started before their flow is known."""
    from analysis.jobs.loop_advice import enough_jobs, recommend_loops

    loops = recommend_loops([folder.path], rules, {})
    return frozenset(loop.action_id for loop in loops if not enough_jobs(loop, rules))


def rules_of(text: str) -> RecommendSettings:
    """Return the settings in a JSON object of those that are not the usual ones.

    Raises ValueError for another text, BadSettingError for a value that no setting can have.
    """
    return with_overrides(USUAL_RULES, parse_object(text))


def _wait(parent_pid: int, pause_s: float) -> bool:
    """Wait; return False as soon as the load process has ended."""
    end = time.monotonic() + pause_s
    while not starter_is_gone(parent_pid):
        left_s = end - time.monotonic()
        if left_s <= 0:
            return True
        time.sleep(min(left_s, PAUSE_S))
    return False


def complete_until(folder: RunFolder) -> Mapping[str, float]:
    """Return per key of an action the start (Unix seconds) up to which every call is recorded.

    That is the start of its oldest call in flight in any process; where none is, the moment of that
    process's last line.
    """
    until: dict[str, float] = {}
    for second in last_seconds(folder):
        for key in second.actions:
            oldest = second.oldest.get(key, second.at)
            until[key] = min(until.get(key, oldest), oldest)
    return until


def _progress(states: "Mapping[str, Settled]") -> dict[str, dict[str, object]]:
    return {
        key: {"calls": state.calls, "more_calls": state.more_calls, "why": state.why}
        for key, state in states.items()
    }


if __name__ == "__main__":
    step_back(NICE)
    watch(RunFolder(Path(sys.argv[1])), int(sys.argv[2]), *map(rules_of, sys.argv[3:]))
