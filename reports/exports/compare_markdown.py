"""`diag compare` as Markdown: the sentence, the runs, one table."""

from analysis.number_words import invented, percentile_name
from analysis.plain_text import markdown
from analysis.verdicts.recommendation import Recommendation
from analysis.views.compare_runs import ComparedAction
from reports.pages.compare_page import CompareData, compare_headline, cut_off_steps, gap, letters, run_by_run
from reports.wording import numbers
from reports.wording.comparison_words import CHANGE_WORDING


def compare_markdown(data: CompareData) -> str:
    """Return the comparison as Markdown: the sentence, the runs, one table."""
    named = letters(len(data.runs))
    percentile = percentile_name(data.percentile)
    lines = [f"# {markdown(compare_headline(data.comparison))}", ""]
    lines += [f"- {letter}: {markdown(run.label)}" for letter, run in zip(named, data.runs, strict=True)]
    heads = ["Action", *(f"{percentile} {letter}" for letter in named)]
    heads += [f"{letter} against A" for letter in named[1:]]
    heads += ["Cut off", "Timeout"]
    lines += ["", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for action in data.comparison.actions:
        cells = [action.action_name, *(_p99(entry, data.percentile) for entry in action.entries)]
        cells += [f"{CHANGE_WORDING[d.verdict].word}: {gap(d)}" for d in action.differences]
        cells += [cut_off_steps(action), run_by_run(_timeouts(action))]
        lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _timeouts(action: ComparedAction) -> list[str]:
    return [numbers.seconds(entry.current_timeout_s if entry else None) for entry in action.entries]


def _p99(entry: Recommendation | None, percentile: float) -> str:
    if entry is None:
        return "not measured"
    bound = "" if entry.quantile_upper_ms is None else f" (≤ {numbers.at_most(entry.quantile_upper_ms)})"
    inputs = invented(entry.invented_share)
    seen = numbers.quantile_below(percentile, entry.percentile, entry.quantile_ms)
    return seen + bound + (f", inputs {inputs}" if inputs else "")
