"""A plan, a dry run and the results of an apply as text. Computes nothing, prints nothing.

Each line is made `printable` before lines are put together: a name with a line break cannot add one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from analysis.name_lists import reason_lines
from analysis.number_words import invented, percentile_name, plural
from analysis.plain_text import is_printable, printable
from analysis.typed_command import unclear_names
from diag.changes.applying.dry_run import DryRunResult
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Change, Evidence, Plan
from reports.wording import numbers
from reports.wording.how_long_seen import OF_GRADE

NOTABLE_SHARE: Final = 0.05
"""Of the org's concurrent executions; less of it, held by a backend that does not answer, takes no other
action's place."""


def plan_text(plan: Plan) -> str:
    """Return the weaknesses of the runs, a block per change, a line per skipped action, and the counts.

    What is warned of with every change is said once, below them."""
    shared, names = _shared_warnings(plan.changes), names_of(plan)
    blocks = [_block(change, names[change.action_id], shared) for change in plan.changes]
    left = reason_lines((names[item.action_id], item.reason) for item in plan.skipped)
    skipped = _lines(f"  SKIPPED {line}" for line in left)
    weak = _lines(f"  WEAK EVIDENCE {sentence}" for sentence in plan.weak)
    each = _lines(f"  WARNING for each of them: {warning}" for warning in shared)
    waits = _lines(f"  FLOWS {sentence}" for sentence in plan.flow_waits)
    parts = (weak, "\n\n".join(blocks), each, waits, skipped, plan.counts)
    return "\n\n".join(part for part in parts if part)


def dry_run_text(results: Sequence[DryRunResult]) -> str:
    """Return one line per change: the request that would be sent, or why none would."""
    lines = []
    for item in results:
        change = item.change
        what = f"{change.action_name} ({change.action_id})"
        if item.objections:
            lines.append(f"  REFUSED {what}: {'; '.join(item.objections)}")
        else:
            lines.append(
                f"  would send PATCH /api/v2/integrations/actions/{change.action_id} at version "
                f"{item.version}: config.timeoutSeconds {before(change)} -> {after(change)}, "
                "all else as it is" + (f"; {item.test_call}" if item.test_call else "")
            )
    return _lines([*lines, "Dry run: nothing was changed."])


def result_line(result: ChangeResult, name: str) -> str:
    """Return one line: the outcome as a word, the action as it is named, the reason."""
    return f"  {result.outcome.upper():<9}{name}: {result.reason}"


def names_of(plan: Plan) -> dict[str, str]:
    """Return how each action of a plan is named, by id: with the id where the name alone does not tell."""
    known = {item.action_id: item.action_name for item in plan.changes}
    known |= {item.action_id: item.action_name for item in plan.skipped}
    known |= {item.action_id: item.action_name for item in plan.unchanged}
    unclear = unclear_names(known.items())
    return {
        action_id: f"{name} ({action_id})" if action_id in unclear or not is_printable(name) else name
        for action_id, name in known.items()
    }


def results_text(results: Sequence[ChangeResult]) -> str:
    """Return the count line under an apply: `Applied 2, refused 1.`"""
    counts = Counter(result.outcome for result in results)
    parts = [f"{outcome} {counts[outcome]}" for outcome in ChangeOutcome if counts[outcome]]
    return (", ".join(parts) or "nothing to do").capitalize() + "."


def before(change: Change) -> str:
    """Return the old timeout as it is in the org: `5`, or `unset (60)`."""
    return str(change.before_timeout_s) if change.before_is_set else f"unset ({change.before_timeout_s})"


def after(change: Change) -> str:
    """Return the new timeout as it will be in the org: `8`, or `unset (60)`."""
    return str(change.after_timeout_s) if change.after_is_set else f"unset ({change.after_timeout_s})"


def _shared_warnings(changes: Sequence[Change]) -> tuple[str, ...]:
    warnings = [() if change.evidence is None else change.evidence.warnings for change in changes]
    if len(warnings) < 2:
        return ()
    return tuple(one for one in warnings[0] if all(one in others for others in warnings))


def _block(change: Change, name: str, shared: Sequence[str]) -> str:
    was = _seconds(change.before_timeout_s, is_set=change.before_is_set)
    will_be = _seconds(change.after_timeout_s, is_set=change.after_is_set)
    lines = [f"  ~ {name}: {was} -> {will_be}"]
    if change.evidence is None or change.forced:  # else the figures say it
        lines.append(f"      why     {change.reason}")
    if change.evidence is not None:
        lines += _evidence(change.evidence, shared)
    lines += [f"      flows   {warning}" for warning in change.flow_warnings]
    if change.forced:
        lines.append("      forced  a guard held this back; --force overrules it")
    return _lines(lines)


def _seconds(timeout_s: int, *, is_set: bool) -> str:
    return f"{timeout_s} s" if is_set else f"{timeout_s} s (unset)"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(map(printable, lines))


def _evidence(evidence: Evidence, shared: Sequence[str]) -> list[str]:
    parts = [f"{plural(evidence.samples, 'call')}, {evidence.timeouts:,} timed out"]
    if evidence.p99_ms is not None:
        upper = f" (at most {numbers.at_most(evidence.p99_upper_ms)})" if evidence.p99_upper_ms else ""
        name = percentile_name(evidence.percentile)
        parts.insert(0, f"{name} {numbers.quantile(evidence.p99_ms, evidence.source)}{upper}")
    if evidence.grade:
        parts.append(OF_GRADE.get(evidence.grade, evidence.grade))
    if evidence.invented_share:
        parts.append(f"inputs {invented(evidence.invented_share)}")
    if evidence.cut_off_now is not None and evidence.cut_off_after is not None:
        now, then = numbers.share(evidence.cut_off_now), numbers.share(evidence.cut_off_after)
        parts.append(f"cut off {now} now, {then} then")
    lines = ["      data    " + ", ".join(parts)]
    if evidence.uncapped_timeout_s is not None and evidence.verdict == "over_cap_use_async":
        lines.append(f"      capped  without the cap it would be {evidence.uncapped_timeout_s} s")
    if (evidence.concurrency_share or 0.0) >= NOTABLE_SHARE:
        lines.append(
            "      risk    if its backend does not answer, it occupies "
            f"{numbers.share(evidence.concurrency_share)} of the org's concurrent executions"
        )
    lines += [f"      warning {warning}" for warning in evidence.warnings if warning not in shared]
    return lines
