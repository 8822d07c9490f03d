"""The report as Markdown, for a pull request or a wiki: the verdict, the table, the sentences."""

from analysis.recommendation import Recommendation
from reports import numbers
from reports.charts.names import percentile_name
from reports.data import ReportData
from reports.plain_text import markdown
from reports.run_facts import run_facts
from reports.verdicts import WORDING, change_text, headline, tally


def build_markdown(data: ReportData) -> str:
    """Return the report as Markdown (CommonMark with tables); all names and messages are escaped."""
    analysis, run = data.analysis, run_facts(data)
    lines = [f"# {markdown(headline(analysis.actions))}", ""]
    if run.sandbox:
        lines += [f"> **SANDBOX**: {markdown(run.place)}.", ""]
    where = "" if run.sandbox else f"{run.place} · "
    lines += [markdown(f"{where}{run.calls} · {run.when}"), "", markdown(tally(analysis.actions)), ""]
    lines += [f"**Note:** {markdown(note)}\n" for note in (*run.warnings, *data.notes)]
    if analysis.actions:
        lines += _table(analysis.actions, percentile_name(analysis.settings.percentile))
        lines += ["", "## Why", ""]
        lines += [f"- **{markdown(a.action_name)}**: {markdown(a.reason)}" for a in analysis.actions]
    lines += ["", "## What was run", ""]
    for run_id, facts in run.runs:
        lines += [f"Run {markdown(run_id)}", ""]
        lines += [f"- {markdown(term)}: {markdown(text)}" for term, text in facts]
        lines.append("")
    lines += [f"- {markdown(term)}: {markdown(text)}" for term, text in run.settings]
    if run.left_out:
        lines += ["", "## Left out", ""]
        lines += [f"- {markdown(what)}: {markdown(why)}" for what, why in run.left_out]
    lines += ["", f"diag {markdown(data.version)}"]
    return "\n".join(lines) + "\n"


def _table(actions: tuple[Recommendation, ...], percentile: str) -> list[str]:
    heads = (
        "Action",
        "Verdict",
        "Timeout",
        percentile,
        "at most",
        "Calls",
        "Cut off now",
        "After",
        "Worst wait",
        "Coverage",
        "If the backend hangs",
    )
    sides = ("---", "---", *("---:",) * (len(heads) - 2))
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(sides)} |"]
    for action in actions:
        wording = WORDING[action.verdict]
        cells = (
            action.action_name,
            f"{wording.sign} {wording.word}",
            change_text(action),
            numbers.latency(action.p99_ms),
            numbers.latency(action.p99_upper_ms),
            numbers.count(action.samples),
            numbers.share(action.cut_off_now),
            numbers.share(action.cut_off_after),
            numbers.seconds(action.worst_wait_s),
            action.grade or numbers.UNKNOWN,
            numbers.share(action.concurrency_share),
        )
        lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    return lines
