"""Verdicts on the terminal: the table, one sentence per action, and the next command.

Shared by every verb that judges: `recommend`, `measure`, `observe` and `demo`.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.number_words import plural
from analysis.verdicts.apply_rules import held_back, will_be_set
from analysis.verdicts.recommendation import Analysis
from diag.console import Console
from diag.interaction.recommendation_table import loop_sentences, loops_table, recommendation_table, sentences
from reports.wording.rule_details import about_the_rules
from reports.wording.verdict_words import headline

MOST_HELD_BACK: Final = 5
"""Held-back numbers that get a line of their own below the verdicts."""
CLOSED_MODEL: Final = "Closed model: callers waited for each other, so slow moments are seen too rarely."


def show_analysis(console: Console, analysis: Analysis) -> None:
    """Print the table, the headline, one sentence per action and per job loop, and what was left out."""
    if analysis.sandbox:
        console.banner("SANDBOX: no org was touched")
    console.table(recommendation_table(analysis))
    if any(held_back(row) for row in analysis.actions):
        console.sentence("(in parentheses: held back, set only with --force; --apply says why)", indent="")
    details = about_the_rules(analysis)
    if details is not None:
        console.sentence(details, indent="")
    console.result("")
    console.sentence(headline(analysis.actions), indent="")
    for line in sentences(analysis):
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


@dataclass(frozen=True, slots=True)
class PlanCommands:
    """The commands that set what these verdicts come to, and that show why a number is held back."""

    to_set: str
    to_see_why: str

    @classmethod
    def of_recommend(cls, arguments: Sequence[str]) -> "PlanCommands":
        """Return those of `diag recommend` with these arguments, which `--apply` is added to."""
        return cls(_applied(arguments, "--apply"), _applied(arguments, "--apply", "--dry-run"))


def next_lines(analysis: Analysis, commands: PlanCommands) -> list[str]:
    """Return what to do next, each line with at most one command: the most urgent first.

    What sets the timeouts is offered only where something will be set; every number that is held back gets
    the command that helps it.
    """
    rows = analysis.actions
    waiting = next((row for row in rows if row.next_command), None)
    done = None
    if any(will_be_set(row) for row in rows):
        first = f"Nothing was changed. To set the timeouts: {commands.to_set}"
    elif waiting is not None:
        first, done = f"Next: {waiting.next_command}", waiting
    elif any(row.verdict == "over_cap_use_async" for row in rows):
        first = "No timeout that diag may set helps: the sentences above say what does."
    elif any(held_back(row) for row in rows):
        first = f"Nothing is set without --force. To see why: {commands.to_see_why}"
    else:
        first = "Nothing to change."
    held = [row for row in rows if held_back(row) and row.next_command and row is not done]
    lines = [f"{row.action_name} is held back. Next: {row.next_command}" for row in held[:MOST_HELD_BACK]]
    if len(held) > MOST_HELD_BACK:
        lines.append(f"{len(held) - MOST_HELD_BACK} more are held back. To see why: {commands.to_see_why}")
    return [first, *lines]


def _applied(arguments: Sequence[str], *flags: str) -> str:
    """Return the present command with these flags."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return shlex.join(["diag", *arguments[:at], *flags, *arguments[at:]])
