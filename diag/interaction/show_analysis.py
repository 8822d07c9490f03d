"""Verdicts on the terminal: the table, one sentence per action, the verdict on all, and what to do now.

Shared by every verb that judges: `recommend`, `measure`, `observe`, `tune` and `demo`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.machine.command_words import joined
from analysis.number_words import plural
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from diag.console import Console
from diag.interaction.recommendation_table import (
    backend_lines,
    loop_sentences,
    loops_table,
    recommendation_table,
    sentences,
    verdict_table,
)
from reports.wording.headline import headline
from reports.wording.terminal_rule_details import about_the_rules
from reports.wording.what_now import ToDo, what_now

CLOSED_MODEL: Final = "Closed model: callers waited for each other, so slow moments are seen too rarely."

LABELS_AS_NAMES: Final = (
    "Labels are taken as the names of actions. Where they are not, --action NAME says which one all calls "
    "are of, or a [labels] table (--labels FILE) which one each label is."
)


def show_analysis(
    console: Console, analysis: Analysis, *, to_set: str | None = None, brief: bool = False
) -> None:
    """Print the table, one sentence per action and per job loop, what was left out, and the headline.

    `to_set`: the command that sets what can be set; then the steps to take now stand under the headline.
    `brief`: on one screen, for a verb that shows the rest elsewhere: what to set, and why something is held
    back; what the numbers rest on is left to the plan and the report.
    """
    if analysis.sandbox and not brief:  # else the verb has said so
        console.banner("SANDBOX: no org was touched")
    console.table(verdict_table(analysis) if brief else recommendation_table(analysis))
    shown = [row for row in analysis.actions if row.verdict is not Verdict.OVER_CAP_USE_ASYNC]
    if any(held_back(row) for row in shown):
        console.sentence("(in parentheses: not to be set yet; the sentence says why)", indent="")
    steps = () if to_set is None else what_now(analysis.actions, to_set)
    details = None if brief else about_the_rules(analysis)
    if details is not None:
        console.sentence(details, indent="")
    served = _served(steps) if to_set is not None else None
    said = [row for row in analysis.actions if not brief or _is_shown_in_brief(row, served)]
    lines = sentences(replace(analysis, actions=tuple(said)), without_command=served)
    if lines:
        console.result("")
    for line in lines:
        console.sentence(line)
    backends = backend_lines(analysis)
    if backends:
        console.result("")
    for line in backends:
        console.sentence(line)
    if analysis.loops:
        console.result("")
        console.table(loops_table(analysis))
        console.result("")
        for line in loop_sentences(analysis):
            console.sentence(line)
    for skipped in analysis.skipped:
        rows = "" if skipped.rows is None else f"{plural(skipped.rows, 'row')} of "
        console.note(f"Left out: {rows}{skipped.what}: {skipped.why}")
    console.result("")
    console.sentence(headline(analysis.actions), indent="")
    for step in steps:
        console.sentence(step.text)


def _is_shown_in_brief(row: Recommendation, served: frozenset[str] | None) -> bool:
    """Whether its sentence is needed on one screen: why it is held back, or what to do that no step says."""
    if row.verdict is not Verdict.OVER_CAP_USE_ASYNC and held_back(row):
        return True
    return served is not None and row.next_command is not None and row.action_id not in served


def _served(steps: Sequence[ToDo]) -> frozenset[str]:
    return frozenset[str]().union(*(step.action_ids for step in steps))


def apply_command(arguments: Sequence[str]) -> str:
    """Return the present command with `--apply`."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return joined(["diag", *arguments[:at], "--apply", *arguments[at:]])
