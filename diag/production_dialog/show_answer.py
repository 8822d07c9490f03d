"""What production says, on a terminal: the table with what to do now."""

from typing import Final

from analysis.typed_command import Asked
from diag.console import Console
from diag.interaction.show_analysis import show_analysis
from diag.production.observe_words import not_observed_lines, read_as, unknown_of
from diag.production_dialog.answer import Answer

MOST_NAMED: Final = 3
"""Actions of which production says nothing, where nobody asked for all."""


def show_answer(console: Console, answer: Answer, asked: Asked, *, verbose: bool) -> None:
    """Show the table with what to do now; how it was found out only where that was asked for."""
    evidence, analysis = answer.evidence, answer.evidence.analysis
    for row in analysis.actions:
        one, finding = evidence.observed[row.action_id], answer.findings[row.action_id]
        for remark in one.remarks:
            console.warn(f"{row.action_name}: {remark}.")
        if verbose or one.changed or finding.resemblance is not None:  # else the verdict says it
            for line in finding.lines(changed=one.changed):
                console.sentence(f"{row.action_name}: {line}")
    for line in not_observed_lines(evidence, None if verbose else MOST_NAMED):
        console.note(line)
    if verbose:
        for line in (*read_as(evidence), unknown_of(evidence)):
            console.note(line)
    if not evidence.observed:
        measure = f"{asked.command('init')}, then {asked.command('tune')}"
        console.note(f"None of these actions can be judged by production. Measure instead: {measure}")
        return
    show_analysis(console, analysis, to_set=answer.to_set, brief=not verbose)
    if not verbose:
        console.note("All figures: -v. Curves: -o production.html.")
