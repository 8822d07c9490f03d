"""The table of the web tab: what is known of each action, of the run, and of its report."""

from typing import Final

from analysis.number_words import invented, noun, plural
from analysis.plain_text import printable
from diag.measuring.run_progress import RunProgress, latency_text
from loadtests.run.run_phase import RunPhase

COLUMNS: Final = (
    ("action", "Action"),
    ("state", "State"),
    ("calls", "Calls"),
    ("ok", "OK"),
    ("timeouts", "Timeouts"),
    ("errors", "Errors"),
    ("dropped", "Held back"),
    ("p50", "p50 so far"),
    ("p99", "p99 so far"),
    ("inputs", "Inputs"),
)

REPORT_ROW: Final = "Report"
LINKED: Final = "(link: Download Data)"
"""Ends what is said of a report that is written; by it, the page makes a link of the row, too."""


def rows(progress: RunProgress, phase: RunPhase) -> list[dict[str, object]]:
    """Return one row per action, one for the run, and once its calls are written one for its report."""
    table_rows: list[dict[str, object]] = [
        {
            "action": printable(action.action_name),
            "state": "settled" if action.settled else _doing(phase, action.more_calls),
            "calls": action.calls,
            "ok": action.ok,
            "timeouts": action.timeouts,
            "errors": action.errors,
            "dropped": action.dropped,
            "p50": latency_text(action.p50_ms, action.timed),
            "p99": latency_text(action.p99_ms, action.timed),
            "inputs": invented(action.invented_share),
        }
        for action in progress.actions
    ]
    table_rows.append(
        {
            "action": "All",
            "state": "; ".join(
                [
                    f"{progress.elapsed_s:.0f} s",
                    *_of_run(progress, phase),
                    *map(printable, progress.notes[-2:]),
                ]
            ),
            "calls": progress.calls,
            "ok": progress.ok,
            "timeouts": progress.timeouts,
            "errors": progress.errors,
            "dropped": progress.dropped,
            "p50": "",
            "p99": "",
            "inputs": "",
        }
    )
    if phase.reports and phase.step in ("reporting", "over"):
        empty = dict.fromkeys((key for key, _ in COLUMNS), "")
        table_rows.append({**empty, "action": REPORT_ROW, "state": _of_report(phase)})
    return table_rows


def _doing(phase: RunPhase, more_calls: int | None) -> str:
    if phase.step == "measuring":
        return "measuring" if more_calls is None else f"about {more_calls} more calls"
    return "ending" if phase.step == "ending" else "measured"


def _of_run(progress: RunProgress, phase: RunPhase) -> list[str]:
    if phase.step == "measuring":
        rate = progress.calls / progress.elapsed_s if progress.elapsed_s else 0.0
        left = [f"{progress.left_s:.0f} s left"] if progress.left_s is not None else []
        sent = f"{rate:.1f} of {progress.offered_rate:.1f} calls/s, {progress.in_flight} in flight"
        return [*left, sent]
    if phase.step == "ending":
        waiting = progress.in_flight
        verb = noun(waiting, "is", "are")
        return [f"stopped, {plural(waiting, 'call')} in flight {verb} waited for"]
    return [printable(phase.result or "over")]


def _of_report(phase: RunPhase) -> str:
    if phase.step == "reporting":
        return f"is being written: {phase.folder.report}"
    if phase.folder.report.exists():
        return f"{phase.folder.report} {LINKED}"
    return f"could not be written; to see why: diag report {phase.folder.path}"
