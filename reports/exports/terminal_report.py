"""The report as text for a terminal: the verdict, and per action a small picture of its calls."""

import math
from typing import Final

from analysis.number_words import invented, percentile_name, plural
from analysis.plain_text import printable
from analysis.verdicts.recommendation import Recommendation
from analysis.views.summary import Histogram
from analysis.wrapped_text import wrapped
from reports.exports.flow_lines import flows_as_text
from reports.exports.rule_lines import rules_as_text
from reports.pages.next_steps import next_steps
from reports.pages.run_section import run_facts
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.direct_words import all_backends, backend_sentences, said_of_all
from reports.wording.headline import headline
from reports.wording.production_words import production_words
from reports.wording.verdict_words import change_text, cut_off_then, shown_number, tally, wording_of

_BARS: Final = " ▁▂▃▄▅▆▇█"
_NOW: Final = "│"
_RECOMMENDED: Final = "┃"
_COLUMNS: Final = 34
_INDENT: Final = "    "
_AXIS_MS: Final = ((10, "10ms"), (100, "0.1s"), (1000, "1s"), (10_000, "10s"), (60_000, "60s"))


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
    low_ms, high_ms = _range(data)
    page.beside(_axis(low_ms, high_ms), f"{_NOW} timeout now  {_RECOMMENDED} recommended")
    said = said_of_all(analysis.actions)
    for action in analysis.actions:
        summary = data.summaries.get(action.action_id)
        histogram = summary.histogram if summary is not None else None
        wording = wording_of(action)
        page.gap()
        page.add(f"{wording.sign} {action.action_name}  {wording.word}  {change_text(action)}")
        page.beside(picture(histogram, action, low_ms, high_ms), _facts(action))
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


def picture(histogram: Histogram | None, action: Recommendation, low_ms: float, high_ms: float) -> str:
    """Return the calls' latencies as `_COLUMNS` block characters on a log axis, the timeouts drawn in.

    All calls are in it, also those that timed out or failed, each at the time it ended.
    """
    heights = [0.0] * _COLUMNS
    if histogram is not None:
        together = zip(histogram.ok, histogram.timeouts, histogram.errors, strict=True)
        for left, right, calls in zip(
            histogram.edges_ms[:-1], histogram.edges_ms[1:], map(sum, together), strict=True
        ):
            heights[_column(math.sqrt(max(left, 1e-3) * right), low_ms, high_ms)] += calls
    top = max(heights) or 1.0
    text = [_BARS[math.ceil(height / top * (len(_BARS) - 1))] for height in heights]
    if action.current_timeout_s is not None:
        text[_column(action.current_timeout_s * 1000, low_ms, high_ms)] = _NOW
    to_s = shown_number(action)
    if to_s is not None:
        text[_column(to_s * 1000, low_ms, high_ms)] = _RECOMMENDED
    return "".join(text)


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


def _range(data: ReportData) -> tuple[float, float]:
    """Return one axis in ms for all actions, so that their pictures can be compared."""
    histograms = [s.histogram for s in data.summaries.values() if s.histogram is not None]
    values = [
        edge
        for histogram in histograms
        for index in range(len(histogram.ok))
        if histogram.ok[index] or histogram.timeouts[index] or histogram.errors[index]
        for edge in histogram.edges_ms[index : index + 2]
    ]
    values += [a.current_timeout_s * 1e3 for a in data.analysis.actions if a.current_timeout_s is not None]
    inside = [max(value, 1.0) for value in values] or [10.0, 60_000.0]
    low, high = min(inside), max(inside)
    return (low, high) if high > low * 2 else (low / 2, high * 2)


def _column(ms: float, low_ms: float, high_ms: float) -> int:
    place = math.log(max(ms, low_ms) / low_ms) / math.log(high_ms / low_ms) * _COLUMNS
    return min(max(int(place), 0), _COLUMNS - 1)


def _axis(low_ms: float, high_ms: float) -> str:
    line = [" "] * _COLUMNS
    end = -1
    for ms, label in _AXIS_MS:
        start = min(_column(ms, low_ms, high_ms), _COLUMNS - len(label))
        if low_ms <= ms <= high_ms * 1.001 and start > end:
            line[start : start + len(label)] = label
            end = start + len(label)
    return "".join(line)
