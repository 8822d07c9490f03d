"""`--sla "p99<2s"`: conditions every action must meet, judged from the rows when the run is over."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.format.call_record import NAMES_SUFFIX, OUTCOME_CODES, RECORD_VERSION, TARGET_CODES, unpack
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome, entry_key
from analysis.format.whole_records import SegmentTail, read_names, segment_paths
from diag.errors import UsageError
from diag.inventory.named_actions import ids_meant, unknown_action_hint
from loadtests.planning.plan import LoadPlan
from loadtests.sending.caller import RUN_ENDED

_FORM: Final = re.compile(
    r"(?:(?P<name>.+?)\s*:\s*)?(?P<what>p\d{1,2}(?:\.\d+)?|errors|timeouts|calls)\s*"
    r"(?P<sign><=|>=|<|>)\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|%|)"
)
_ENDED: Final = (OUTCOME_CODES[Outcome.OK], OUTCOME_CODES[Outcome.CONTRACT_ERROR])
"""Whose latency counts; a reply that breaks the contract is an error all the same."""
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
    match = _FORM.fullmatch(text.strip())
    hint = 'For example: "p99<2s", "Get Customer: p95<=800ms", "errors<1%", "timeouts<0.1%", "calls>=300".'
    if match is None:
        raise UsageError(f"The condition {text!r} is not understood.", hint=hint)
    what, unit, value = match["what"], match["unit"], float(match["value"])
    right = {"p": ("ms", "s"), "e": ("%",), "t": ("%",), "c": ("",)}[what[0]]
    if unit not in right:
        raise UsageError(f"The condition {text!r} needs a unit: {' or '.join(right) or 'none'}.", hint=hint)
    value *= {"s": 1000.0, "%": 0.01}.get(unit, 1.0)
    return Threshold(text, match["name"], what, match["sign"], value)


def check_thresholds(plan: LoadPlan) -> None:
    """Raise UsageError for a condition that is not understood or names no action of the plan.

    Such a condition would judge nothing, and a check in a pipeline would be green for ever.
    """
    names = [action.action_name for action in plan.actions]
    for threshold in parse_thresholds(plan.sla):
        if ids_judged(threshold, plan):
            continue
        left_out = [
            each for each in plan.left_out if each.what.casefold() == (threshold.action or "").casefold()
        ]
        raise UsageError(
            f"The condition {threshold.text!r} is about no action of this run."
            + (f" It is left out: {left_out[0].why}." if left_out else ""),
            hint=unknown_action_hint(names, threshold.action or ""),
        )


def broken_thresholds(folder: RunFolder, plan: LoadPlan) -> tuple[str, ...]:
    """Return one sentence per action and condition that does not hold."""
    thresholds = parse_thresholds(plan.sla)
    if not thresholds:
        return ()
    rows = _rows(folder, plan)
    broken = []
    for threshold in thresholds:
        ids = ids_judged(threshold, plan)
        for action in plan.actions:
            if action.action_id not in ids:
                continue
            seen = _figure(threshold.what, rows[action.key])
            if not threshold.holds(seen):
                figure = _figure_text(threshold, seen)
                broken.append(f"{action.shown_name}: {threshold.text} does not hold ({figure})")
    return tuple(broken)


def ids_judged(threshold: Threshold, plan: LoadPlan) -> frozenset[str]:
    """Return the ids of the actions a condition is about: all of them when it names none."""
    pairs = [(action.action_id, action.action_name) for action in plan.actions]
    return (
        frozenset(id_ for id_, _ in pairs) if threshold.action is None else ids_meant(pairs, threshold.action)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One call. `cut_off`: the run ended while it was in flight, so it says only that it took longer."""

    outcome: int
    latency_ms: float
    cut_off: bool


def _figure(what: str, rows: Sequence[_Row]) -> float:
    """Return the seen figure; a timed-out call counts as slower than every other one.

    A call the end of the run cut off is no timeout: it is left out of shares, and in a quantile it counts
    with the time it had taken, so that what it can break is broken for certain.
    """
    if what == "calls":
        return float(len(rows))
    ended = [row for row in rows if not row.cut_off]
    if what in ("timeouts", "errors"):
        if not ended:
            return math.inf
        slow = sum(row.outcome in _CENSORED for row in ended)
        fine = sum(row.outcome == OUTCOME_CODES[Outcome.OK] for row in ended)
        return slow / len(ended) if what == "timeouts" else 1 - (slow + fine) / len(ended)
    answered = [
        math.inf if row.outcome in _CENSORED and not row.cut_off else row.latency_ms
        for row in rows
        if row.outcome in _CENSORED or row.outcome in _ENDED
    ]
    if not answered:
        return math.inf
    share = float(what[1:]) / 100
    return sorted(answered)[max(0, math.ceil(share * len(answered)) - 1)]


def _figure_text(threshold: Threshold, seen: float) -> str:
    if threshold.what == "calls":
        return f"{seen:.0f} calls"
    if threshold.what in ("errors", "timeouts"):
        return "no call came to its end" if math.isinf(seen) else f"{seen:.2%}"
    return "beyond the timeout" if math.isinf(seen) else f"{seen:.0f} ms"


def _rows(folder: RunFolder, plan: LoadPlan) -> dict[str, list[_Row]]:
    """Return the rows of the plan's actions, by their keys."""
    rows: dict[str, list[_Row]] = {action.key: [] for action in plan.actions}
    for path in segment_paths(folder):
        # By the segment's own names: an earlier part of a soak may have called other actions.
        names, _ = read_names(path.with_suffix(NAMES_SUFFIX))
        of_code = {
            (code, target): rows.get(entry_key(text, version))
            for code, text in names.get("action", {}).items()
            for version, target in TARGET_CODES.items()
        }
        run_ended = {code for code, text in names.get("error", {}).items() if text == RUN_ENDED}
        for call in unpack(SegmentTail(path).read()):
            of_action = of_code.get((call.action, call.target))
            if of_action is not None and call.version == RECORD_VERSION:
                of_action.append(_Row(call.outcome, call.latency_ms, call.error_code in run_ended))
    return rows
