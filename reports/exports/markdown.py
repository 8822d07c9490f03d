"""The report as Markdown, for a pull request or a wiki: the verdict, the table, the sentences."""

from collections.abc import Sequence

from analysis.jobs.flow_loop import FlowLoop
from analysis.number_words import invented, percentile_name, plural
from analysis.plain_text import markdown
from analysis.verdicts.recommendation import Recommendation
from reports.exports.flow_lines import flows_in_markdown
from reports.exports.rule_lines import rules_in_markdown
from reports.pages.command_to_apply import next_steps
from reports.pages.run_section import run_facts
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.direct_words import all_backends, backend_sentences, said_of_all
from reports.wording.headline import headline
from reports.wording.how_long_seen import seen_for
from reports.wording.input_words import inputs_of
from reports.wording.production_words import production_words
from reports.wording.verdict_words import change_text, cut_off_then, held_words, tally, wording_of


def build_markdown(data: ReportData) -> str:
    """Return the report as Markdown (CommonMark with tables); all names and messages are escaped."""
    analysis, run = data.analysis, run_facts(data)
    lines = [f"# {markdown(headline(data.in_head))}", ""]
    steps = next_steps(data)
    lines += [f"- {markdown(step.text)}" for step in steps] + [""] * bool(steps)
    if run.sandbox:
        lines += [f"> **SANDBOX**: {markdown(run.place)}.", ""]
    where = "" if run.sandbox else f"{run.place} · "
    lines += [markdown(f"{where}{run.calls} · {run.when}"), "", markdown(tally(data.in_head)), ""]
    lines += [f"**Done:** {markdown(result)}\n" for result in data.results]
    lines += [f"**Note:** {markdown(note)}\n" for note in (*run.warnings, *data.notes)]
    if analysis.actions:
        lines += _table(analysis.actions, analysis.settings.percentile)
        lines += ["", "## Why", ""]
        lines += [f"- **{markdown(a.action_name)}**: {markdown(a.reason)}" for a in analysis.actions]
        lines += _backends(analysis.actions)
    lines += rules_in_markdown(analysis.actions) + _production(data)
    lines += flows_in_markdown(data.flows) + _loops(analysis.loops)
    lines += ["", "## What was observed" if data.from_production else "## What was run", ""]
    for entry in run.runs:
        lines += [f"Run {markdown(entry.title)}", ""]
        lines += [f"- {markdown(term)}: {markdown(text)}" for term, text in entry.facts]
        lines.append("")
    lines += [f"- {markdown(term)}: {markdown(text)}" for term, text in run.settings]
    if run.left_out:
        lines += ["", "## Left out", ""]
        lines += [f"- {markdown(what)}: {markdown(why)}" for what, why in run.left_out]
    lines += ["", f"diag {markdown(data.version)}"]
    return "\n".join(lines) + "\n"


def _backends(actions: Sequence[Recommendation]) -> list[str]:
    """Return what calls straight to backends show, and where replies broke a contract."""
    said = said_of_all(actions)
    told = [(one.action_name, backend_sentences(one, said)) for one in actions]
    lines = [f"- **{markdown(name)}**: {' '.join(map(markdown, each))}" for name, each in told if each]
    lines += [f"- {markdown(line)}" for line in all_backends(actions)]
    return ["", "## Backends called directly", "", *lines] if lines else []


def _production(data: ReportData) -> list[str]:
    """Return what telemetry says of each action; nothing where production was not observed."""
    if data.production is None:
        return []
    lines = ["", "## In production", ""]
    for action in data.analysis.actions:
        summary = data.summaries.get(action.action_id)
        if summary is not None and summary.production is not None:
            texts = production_words(summary.production).sentences()
            lines.append(f"- **{markdown(action.action_name)}**: {' '.join(map(markdown, texts))}")
    return [*lines, "", markdown(data.production.unknown)]


def _loops(loops: Sequence[FlowLoop]) -> list[str]:
    """Return how flows should wait for work that is submitted and polled; nothing without such work."""
    if not loops:
        return []
    heads = ("Submit", "Jobs", "Done", "Not finished", "p50", "p99", "at most", "Poll", "Inputs")
    lines = ["", "## Work that is submitted and polled", "", f"| {' | '.join(heads)} |"]
    lines.append(f"|{' --- |' * len(heads)}")
    for loop in loops:
        advice = numbers.UNKNOWN
        if loop.interval_s is not None and loop.loop_limit is not None:
            advice = f"every {loop.interval_s} s, at most {plural(loop.loop_limit, 'time')}"
        cells = (
            loop.action_name,
            numbers.count(loop.jobs),
            numbers.count(loop.done),
            numbers.count(loop.unfinished),
            numbers.seconds(loop.p50_s),
            numbers.seconds(loop.p99_s),
            numbers.seconds(loop.p99_upper_s),
            advice,
            invented(loop.invented_share) or numbers.UNKNOWN,
        )
        lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    return [*lines, "", *(f"- **{markdown(one.action_name)}**: {markdown(one.reason)}" for one in loops)]


def _table(actions: tuple[Recommendation, ...], percentile: float) -> list[str]:
    heads = (
        "Action",
        "Verdict",
        "Timeout",
        percentile_name(percentile),
        "at most",
        "Calls",
        "Cut off now",
        "Cut off then",
        "Worst wait",
        "Seen for",
        "Inputs",
        "If the backend does not answer",
    )
    sides = ("---", "---", *("---:",) * (len(heads) - 2))
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(sides)} |"]
    for action in actions:
        wording = wording_of(action)
        cells = (
            action.action_name,
            f"{wording.sign} {wording.word}",
            change_text(action),
            numbers.quantile_below(percentile, action.percentile, action.quantile_ms, action.precision),
            numbers.at_most(action.quantile_upper_ms),
            numbers.count(action.samples),
            numbers.share(action.cut_off_now),
            numbers.share(cut_off_then(action)),
            numbers.seconds(action.worst_wait_s),
            seen_for(action),
            inputs_of(action),
            held_words(action),
        )
        lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    return lines
