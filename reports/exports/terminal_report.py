"""The report as text for a terminal: the verdict, and per action a strip of its calls (`terminal_strip`)."""

from typing import Final

from analysis.number_words import invented, percentile_name, plural
from analysis.plain_text import printable
from analysis.verdicts.recommendation import Recommendation
from analysis.wrapped_text import wrapped
from reports.charts.sketches.terminal_strip import NOW, RECOMMENDED, block_strip, strip_axis, strip_range
from reports.exports.flow_lines import flows_as_text
from reports.exports.rule_lines import rules_as_text
from reports.pages.command_to_apply import next_steps
from reports.pages.run_section import run_facts
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.direct_words import all_backends, backend_sentences, said_of_all
from reports.wording.headline import headline
from reports.wording.production_words import production_words
from reports.wording.verdict_words import change_text, cut_off_then, tally, wording_of

_INDENT: Final = "    "


def build_terminal(data: ReportData, *, width: int = 100) -> str:
    """Return plain text without colour or control characters, wrapped to `width` columns; nothing is cut."""
    analysis, run = data.analysis, run_facts(data)
    page = _Page(width)
    page.add(f"SANDBOX: {run.place}" if run.sandbox else run.place)
    page.add(f"{run.calls} · {run.when}")
    page.gap()
    page.add(headline(data.in_head))
    for step in next_steps(data):
        page.add(step.text, "  ")
    page.add(tally(data.in_head))
    for result in data.results:
        page.add(f"Done: {result}")
    for note in (*run.warnings, *data.notes):
        page.add(f"Note: {note}")
    page.gap()
    low_ms, high_ms = strip_range(analysis.actions, data.summaries.values())
    page.beside(strip_axis(low_ms, high_ms), f"{NOW} timeout now  {RECOMMENDED} recommended")
    said = said_of_all(analysis.actions)
    for action in analysis.actions:
        summary = data.summaries.get(action.action_id)
        histogram = summary.histogram if summary is not None else None
        wording = wording_of(action)
        page.gap()
        page.add(f"{wording.sign} {action.action_name}  {wording.word}  {change_text(action)}")
        page.beside(block_strip(histogram, action, low_ms, high_ms), _facts(action))
        for line in (action.reason, *rules_as_text(action)):
            page.add(line, _INDENT)
        if summary is not None and summary.production is not None:
            page.add(f"In production: {' '.join(production_words(summary.production).sentences())}", _INDENT)
        for line in backend_sentences(action, said):
            page.add(line, _INDENT)
        if action.next_command is not None:
            page.add(f"$ {action.next_command}", _INDENT)
    for line in all_backends(analysis.actions):
        page.gap()
        page.add(line)
    for loop in analysis.loops:
        page.gap()
        page.add(f"{loop.action_name}: {loop.reason}")
    for at, line in enumerate(flows_as_text(data.flows)):
        if at == 0:
            page.gap()
        page.add(line, _INDENT if at else "")
    return "\n".join(page.lines) + "\n"


class _Page:
    """Lines wrapped to a width; every text is made printable on the way in."""

    def __init__(self, width: int) -> None:
        self.width = max(width, 40)
        self.lines: list[str] = []

    def gap(self) -> None:
        self.lines.append("")

    def add(self, text: str, indent: str = "") -> None:
        self.lines += wrapped(indent + printable(text), self.width).split("\n")

    def beside(self, drawn: str, text: str) -> None:
        """Put a text to the right of a picture, or below it where there is no room."""
        line = f"{_INDENT}{drawn}  {text}"
        if len(line) <= self.width:
            self.lines.append(line.rstrip())
        else:
            self.lines.append((_INDENT + drawn).rstrip())
            self.add(text, _INDENT)


def _facts(action: Recommendation) -> str:
    facts = []
    if action.quantile_ms is not None:
        bound = (
            f" (≤ {numbers.at_most(action.quantile_upper_ms)})"
            if action.quantile_upper_ms is not None
            else ""
        )
        quantile = numbers.quantile(action.quantile_ms, action.precision)
        facts.append(f"{percentile_name(action.percentile)} {quantile}{bound}")
    if action.cut_off_now is not None:
        then = cut_off_then(action)
        after = "" if then is None else f" → {numbers.share(then)}"
        facts.append(f"cut off {numbers.share(action.cut_off_now)}{after}")
    facts.append(plural(action.samples, "call"))
    inputs = invented(action.invented_share)
    if inputs:
        facts.append(f"inputs {inputs}")
    return " · ".join(facts)
