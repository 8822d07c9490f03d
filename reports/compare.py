"""`diag compare`: several runs side by side, as a page and as Markdown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from analysis.compare import Change, ComparedAction, Comparison, Difference
from analysis.recommendation import Analysis, Recommendation
from analysis.run_folder import Manifest
from analysis.summary import ActionSummary, SurvivalCurve
from reports import numbers
from reports.charts.ink import THEMED
from reports.charts.mini import difference_axis, mini_difference
from reports.charts.names import percentile_name
from reports.charts.overlay import LOOKS, overlay
from reports.charts.svg import to_svg
from reports.page import render
from reports.plain_text import markdown
from reports.run_facts import moment, what_was_run
from reports.verdicts import Wording

CHANGE_WORDING: Final[dict[Change, Wording]] = {
    "slower": Wording("Slower", "▲", "change", "slower"),
    "faster": Wording("Faster", "▼", "fits", "faster"),
    "same": Wording("Same", "=", "aside", "the same"),
    "cannot tell": Wording("Cannot tell", "?", "unknown", "uncertain"),
}


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One column: the label people gave or the run's id, and what it said."""

    label: str
    analysis: Analysis
    summaries: Mapping[str, ActionSummary]
    manifests: tuple[Manifest, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareData:
    """A comparison and the runs behind it, in the same order; `generated_at` in Unix seconds."""

    comparison: Comparison
    runs: tuple[ComparedRun, ...]
    version: str
    generated_at: float
    zone: str | None = None


def build_comparison(data: CompareData) -> str:
    """Return the comparison as one self-contained HTML text; same input, same bytes."""
    percentile = data.runs[0].analysis.settings.percentile
    return render(
        "compare.html.j2",
        data=data,
        letters=letters(len(data.runs)),
        headline=compare_headline(data.comparison),
        targets=targets(data.runs),
        percentile=percentile_name(percentile),
        actions=[_view(index, action, data) for index, action in enumerate(data.comparison.actions)],
        axis=Markup(difference_axis()),
        runs=[
            (run.label, [what_was_run(manifest, data.zone) for manifest in run.manifests])
            for run in data.runs
        ],
        generated=moment(data.generated_at, data.zone),
    )


def compare_markdown(data: CompareData) -> str:
    """Return the comparison as Markdown: the sentence, the runs, one table."""
    named = letters(len(data.runs))
    percentile = percentile_name(data.runs[0].analysis.settings.percentile)
    lines = [f"# {markdown(compare_headline(data.comparison))}", ""]
    lines += [f"- {letter}: {markdown(run.label)}" for letter, run in zip(named, data.runs, strict=True)]
    heads = ["Action", *(f"{percentile} {letter}" for letter in named)]
    heads += [f"{letter} against A" for letter in named[1:]]
    heads += ["Cut off", "Timeout"]
    lines += ["", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for action in data.comparison.actions:
        cells = [action.action_name, *(_p99(entry) for entry in action.entries)]
        cells += [f"{CHANGE_WORDING[d.verdict].word}: {gap(d)}" for d in action.differences]
        cells += [_steps(numbers.share(e.cut_off_now if e else None) for e in action.entries)]
        cells += [_steps(numbers.seconds(e.current_timeout_s if e else None) for e in action.entries)]
        lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def compare_headline(comparison: Comparison) -> str:
    """Return the comparison in one sentence, against the first run."""
    total = len(comparison.actions)
    if total == 0:
        return "The runs have no action to compare."
    subject = "in at least one later run" if len(comparison.labels) > 2 else "in the second run"
    counted = [
        (wording, sum(action.worst == change for action in comparison.actions))
        for change, wording in CHANGE_WORDING.items()
    ]
    parts = [f"{number} {wording.counted}" for wording, number in counted if number]
    return f"Of {numbers.plural(total, 'action')}, {subject}: {', '.join(parts)}."


def letters(number: int) -> tuple[str, ...]:
    """Return A, B, C ... as short names of the runs."""
    return tuple(chr(ord("A") + index) for index in range(number))


def targets(runs: tuple[ComparedRun, ...]) -> tuple[str, ...]:
    """Return what the runs were measured on, each once: more than one means they may not be comparable."""
    found: dict[str, None] = {}
    for run in runs:
        for manifest in run.manifests:
            name = "SANDBOX" if manifest.sandbox else f"{manifest.org_name or 'org'} ({manifest.host})"
            found[name] = None
    return tuple(found)


def gap(difference: Difference) -> str:
    """Return `+1.2 s (+0.8 s to +1.7 s)`, or the reason where there is no number."""
    if difference.p99_ms is None:
        return difference.reason
    if difference.lower_ms is None or difference.upper_ms is None:
        return _signed(difference.p99_ms)
    return f"{_signed(difference.p99_ms)} ({_signed(difference.lower_ms)} to {_signed(difference.upper_ms)})"


def _signed(ms: float) -> str:
    return f"{'+' if ms >= 0 else '−'}{numbers.latency(abs(ms))}"


def _p99(entry: Recommendation | None) -> str:
    if entry is None:
        return "not measured"
    bound = "" if entry.p99_upper_ms is None else f" (≤ {numbers.latency(entry.p99_upper_ms)})"
    return numbers.latency(entry.p99_ms) + bound


def _steps(texts: Iterable[str]) -> str:
    return " → ".join(texts)


def _view(index: int, action: ComparedAction, data: CompareData) -> dict[str, object]:
    first = action.entries[0]
    base = first.p99_ms if first is not None else None
    anchor = f"action-{index + 1}"
    curves = [_curve(run, action.action_id) for run in data.runs]
    percentile = data.runs[0].analysis.settings.percentile
    words = "; ".join(
        f"{letter}: {_p99(entry)}"
        for letter, entry in zip(letters(len(data.runs)), action.entries, strict=True)
    )
    svg = None
    if any(curve is not None for curve in curves):
        svg = to_svg(
            overlay(curves, percentile, THEMED),
            prefix=anchor,
            title="Share of calls slower than …, run by run",
            description=f"{percentile_name(percentile)}: {words}.",
        )
    return {
        "it": action,
        "anchor": anchor,
        "differences": [
            {
                "wording": CHANGE_WORDING[d.verdict],
                "gap": gap(d),
                "reason": d.reason,
                "mini": Markup(mini_difference(d.p99_ms, d.lower_ms, d.upper_ms, base)),
            }
            for d in action.differences
        ],
        "svg": None if svg is None else Markup(svg),
        "words": words,
        "looks": [f"run-{number % len(LOOKS)}" for number in range(len(curves))],
    }


def _curve(run: ComparedRun, action_id: str) -> SurvivalCurve | None:
    summary = run.summaries.get(action_id)
    curve = summary.survival if summary is not None else None
    return curve if curve is not None and curve.t_ms else None
