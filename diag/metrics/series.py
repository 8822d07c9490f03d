"""Every series that diag writes: the one list. Names and units as Prometheus wants them
(https://prometheus.io/docs/practices/naming/); a share is a ratio from 0 to 1.

`docs/grafana.json` draws them, docs/formats.md lists them, and a test holds both to this list.
"""

from typing import Final

from analysis.openmetrics import Metric

LAST_RUN: Final = Metric(
    "diag_last_run_timestamp_seconds", "When this verb last ran to its end, Unix time.", "seconds"
)
FINDINGS: Final = Metric("diag_check_findings", "Findings of diag check, by rule and outcome.")

TIMEOUT: Final = Metric("diag_action_timeout_seconds", "The action's timeout in force.", "seconds")
RECOMMENDED: Final = Metric(
    "diag_action_recommended_timeout_seconds", "The timeout that the calls speak for.", "seconds"
)
LATENCY: Final = Metric(
    "diag_action_latency_seconds", "Latency at the percentile that the rule asks for.", "seconds"
)
LATENCY_BOUND: Final = Metric(
    "diag_action_latency_bound_seconds",
    "Upper bound of the latency at that percentile.",
    "seconds",
)
CUT_OFF: Final = Metric(
    "diag_action_cut_off_ratio", "Share of calls that the timeout in force cuts off.", "ratio"
)
CALLS: Final = Metric("diag_action_calls", "Calls that the verdict rests on.")
VERDICT: Final = Metric("diag_action_verdict", "1 for the verdict that the label names.")

PROMISE_TIMEOUT: Final = Metric(
    "diag_watch_timeout_seconds", "The timeout that diag set and production is held against.", "seconds"
)
PROMISED: Final = Metric(
    "diag_watch_promised_ratio", "Share of executions that the change promised to cut off at most.", "ratio"
)
BROKEN: Final = Metric("diag_watch_broken", "1 where production proves that the promise is broken, else 0.")
EVIDENCE: Final = Metric(
    "diag_watch_evidence_ratio", "Evidence against the promise; at 1 it counts as broken.", "ratio"
)
EXECUTIONS: Final = Metric("diag_watch_executions", "Production executions seen since the change.")
EXECUTIONS_CUT_OFF: Final = Metric("diag_watch_cut_off_executions", "Of these, how many were cut off.")
NOT_WATCHED: Final = Metric("diag_watch_not_watched", "1 for a change that cannot be judged.")

BEGAN: Final = Metric("diag_tune_begin_timestamp_seconds", "When the campaign began, Unix time.", "seconds")
ENDS: Final = Metric("diag_tune_end_timestamp_seconds", "When its span ends, Unix time.", "seconds")
OVER: Final = Metric("diag_tune_over", "1 once the campaign is over, else 0.")
WINDOWS: Final = Metric("diag_tune_windows", "Windows made so far.")
WINDOWS_PLANNED: Final = Metric("diag_tune_planned_windows", "Windows that the campaign has.")
SENT: Final = Metric("diag_tune_action_calls", "Calls sent to the action so far.")
MISSING: Final = Metric("diag_tune_action_missing_calls", "Calls it still wants.")
DONE: Final = Metric("diag_tune_action_done", "1 once the action is called no more, else 0.")

SERIES: Final = (
    LAST_RUN, FINDINGS, TIMEOUT, RECOMMENDED, LATENCY, LATENCY_BOUND, CUT_OFF, CALLS, VERDICT,
    PROMISE_TIMEOUT, PROMISED, BROKEN, EVIDENCE, EXECUTIONS, EXECUTIONS_CUT_OFF, NOT_WATCHED,
    BEGAN, ENDS, OVER, WINDOWS, WINDOWS_PLANNED, SENT, MISSING, DONE,
)  # fmt: skip
"""In the order of the file."""
