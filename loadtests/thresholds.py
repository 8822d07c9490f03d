"""`--sla "p99<2s"`: conditions every action must meet, judged from the rows when the run is over."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.record import FIELDS, OUTCOME_CODES, SEGMENT_SUFFIX
from analysis.run_folder import RunFolder
from analysis.schema import Outcome
from diag.errors import UsageError
from loadtests.plan import LoadPlan

_FORM: Final = re.compile(
    r"(?:(?P<name>.+?)\s*:\s*)?(?P<what>p\d{1,2}(?:\.\d+)?|errors|timeouts|calls)\s*"
    r"(?P<sign><=|>=|<|>)\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|%|)"
)
_CENSORED: Final = (OUTCOME_CODES[Outcome.TIMEOUT], OUTCOME_CODES[Outcome.CLIENT_TIMEOUT])


@dataclass(frozen=True, slots=True)
class Threshold:
    """One condition. `value` is in ms for a quantile, a share 0..1 for errors and timeouts, else a count."""

    text: str
    action: str | None
    what: str
    sign: str
    value: float

    def holds(self, seen: float) -> bool:
        """Return whether a seen figure meets it."""
        match self.sign:
            case "<":
                return seen < self.value
            case "<=":
                return seen <= self.value
            case ">":
                return seen > self.value
            case _:
                return seen >= self.value


def parse_thresholds(texts: Sequence[str]) -> tuple[Threshold, ...]:
    """Return the conditions; raises UsageError for one that is not understood."""
    return tuple(_parse(text) for text in texts)


def _parse(text: str) -> Threshold:
    found = _FORM.fullmatch(text.strip())
    hint = 'For example: "p99<2s", "Get Customer: p95<=800ms", "errors<1%", "timeouts<0.1%", "calls>=300".'
    if found is None:
        raise UsageError(f"The condition {text!r} is not understood.", hint=hint)
    what, unit, value = found["what"], found["unit"], float(found["value"])
    right = {"p": ("ms", "s"), "e": ("%",), "t": ("%",), "c": ("",)}[what[0]]
    if unit not in right:
        raise UsageError(f"The condition {text!r} needs a unit: {' or '.join(right) or 'none'}.", hint=hint)
    value *= {"s": 1000.0, "%": 0.01}.get(unit, 1.0)
    return Threshold(text, found["name"], what, found["sign"], value)


def broken_thresholds(folder: RunFolder, plan: LoadPlan) -> tuple[str, ...]:
    """Return one sentence per action and condition that does not hold."""
    thresholds = parse_thresholds(plan.sla)
    if not thresholds:
        return ()
    rows = _rows(folder, plan)
    broken = []
    for threshold in thresholds:
        for action in plan.actions:
            if threshold.action not in (None, action.action_name, action.action_id):
                continue
            seen = _figure(threshold.what, rows[action.action_id])
            if not threshold.holds(seen):
                broken.append(
                    f"{action.action_name}: {threshold.text} does not hold ({_said(threshold, seen)})"
                )
    return tuple(broken)


def _figure(what: str, rows: Sequence[tuple[int, float]]) -> float:
    """Return the seen figure; a timed-out call counts as slower than every other one."""
    if what == "calls":
        return float(len(rows))
    if not rows:
        return math.inf
    if what == "timeouts":
        return sum(outcome in _CENSORED for outcome, _ in rows) / len(rows)
    answered = [
        math.inf if outcome in _CENSORED else latency_ms
        for outcome, latency_ms in rows
        if outcome in _CENSORED or outcome == OUTCOME_CODES[Outcome.OK]
    ]
    if what == "errors":
        return 1 - len(answered) / len(rows)
    if not answered:
        return math.inf
    share = float(what[1:]) / 100
    return sorted(answered)[max(0, math.ceil(share * len(answered)) - 1)]


def _said(threshold: Threshold, seen: float) -> str:
    if threshold.what == "calls":
        return f"{seen:.0f} calls"
    if threshold.what in ("errors", "timeouts"):
        return "no calls" if math.isinf(seen) else f"{seen:.2%}"
    return "beyond the timeout" if math.isinf(seen) else f"{seen:.0f} ms"


def _rows(folder: RunFolder, plan: LoadPlan) -> dict[str, list[tuple[int, float]]]:
    """Return (outcome code, latency ms) of every row, per action; numpy is imported only now."""
    import numpy as np

    dtype: Any = np.dtype([*((name, kind) for name, _, kind in FIELDS), ("crc", "<u4")])
    rows: dict[str, list[tuple[int, float]]] = {action.action_id: [] for action in plan.actions}
    # Codes of actions are given in the plan's order (Recorder), in every process of the run.
    ids = [action.action_id for action in plan.actions]
    for path in sorted(folder.segments.glob(f"*{SEGMENT_SUFFIX}")):
        table = np.fromfile(path, dtype=dtype)
        for action, outcome, latency_ms in zip(
            table["action"].tolist(), table["outcome"].tolist(), table["latency_ms"].tolist(), strict=True
        ):
            rows[ids[action - 1]].append((outcome, latency_ms))
    return rows
