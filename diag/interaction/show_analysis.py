"""Verdicts on the terminal: the table, one sentence per action, and the next command.

Shared by every verb that judges: `recommend`, `measure`, `observe` and `demo`.
"""

import shlex
from collections.abc import Sequence
from typing import Final

from analysis.number_words import plural
from analysis.verdicts.apply_rules import held_back, will_be_set
from analysis.verdicts.recommendation import Analysis
from diag.console import Console
from diag.interaction.recommendation_table import loop_sentences, loops_table, recommendation_table, sentences
from reports.wording.verdict_words import headline

CLOSED_MODEL: Final = "Closed model: callers waited for each other, so slow moments are seen too rarely."


def show_analysis(console: Console, analysis: Analysis) -> None:
    """Print the table, the headline, one sentence per action and per job loop, and what was left out."""
    if analysis.sandbox:
        console.banner("SANDBOX: no org was touched")
    console.table(recommendation_table(analysis))
    if any(held_back(row) for row in analysis.actions):
        console.sentence("(in parentheses: held back, set only with --force; --apply says why)", indent="")
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


def next_step(analysis: Analysis, arguments: Sequence[str]) -> str:
    """Return what to do next, as one line with at most one command.

    `arguments` are those of the present command, which `--apply` is added to.
    """
    if any(will_be_set(row) for row in analysis.actions):
        return f"Nothing was changed. To set the timeouts: {_applied(arguments, '--apply')}"
    waiting = next((row.next_command for row in analysis.actions if row.next_command), None)
    if waiting:
        return f"Next: {waiting}"
    if any(row.verdict == "over_cap_use_async" for row in analysis.actions):
        return "No timeout that diag may set helps: the sentences above say what does."
    if any(held_back(row) for row in analysis.actions):
        return f"Nothing is set without --force. To see why: {_applied(arguments, '--apply', '--dry-run')}"
    return "Nothing to change."


def _applied(arguments: Sequence[str], *flags: str) -> str:
    """Return the present command with these flags."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return shlex.join(["diag", *arguments[:at], *flags, *arguments[at:]])
