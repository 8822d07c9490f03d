"""`diag compare`: several runs side by side, as a page and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.format.manifest import Manifest
from analysis.number_words import noun, percentile_name, plural
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Analysis
from analysis.views.compare_runs import ComparedAction, Comparison, Difference
from analysis.views.comparison_json import comparison_to_json
from analysis.views.summary import ActionSummary
from reports.charts.sketches.latency_strip import difference_axis, difference_sketch
from reports.figures.figure import Chart
from reports.figures.overlay_figure import overlay_figure
from reports.pages.compare_keys import ComparedCounts, CompareJson
from reports.pages.one_run import what_was_run
from reports.pages.report_json import run_to_json
from reports.pages.template_engine import embedded_json, render
from reports.wording import numbers
from reports.wording.comparison_words import CHANGE_WORDING
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One column: a run under its label or id, with its verdicts and numbers."""

    label: str
    analysis: Analysis
    summaries: Mapping[str, ActionSummary]
    manifests: tuple[Manifest, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareData:
    """A comparison and the runs behind it, in the same order."""

    comparison: Comparison
    runs: tuple[ComparedRun, ...]
    version: str
    zone: str | None = None

    @property
    def percentile(self) -> float:
        """The quantile compared."""
        return self.runs[0].analysis.settings.percentile


def build_comparison(data: CompareData) -> str:
    """Return the comparison as one self-contained HTML text; same input, same bytes."""
    figures = _figures(data)
    return render(
        "compare.html.j2",
        data=data,
        letters=letters(len(data.runs)),
        headline=compare_headline(data.comparison),
        targets=targets(data.runs),
        percentile=percentile_name(data.percentile),
        actions=[
            _view(index, action, figures[index]) for index, action in enumerate(data.comparison.actions)
        ],
        axis=Markup(difference_axis()),
        runs=[
            (run.label, [what_was_run(manifest, data.zone) for manifest in run.manifests])
            for run in data.runs
        ],
        json=embedded_json(_to_json(data, figures)),
    )


def compare_json(data: CompareData) -> CompareJson:
    """Return the comparison as JSON: what the page holds, and every number it shows."""
    return _to_json(data, _figures(data))


def _to_json(data: CompareData, figures: list[Chart | None]) -> CompareJson:
    body = comparison_to_json(data.comparison)
    return {
        "format_version": body["format_version"],
        "labels": body["labels"],
        "same_within_s": body["same_within_s"],
        "actions": [
            {**row, "figures": {} if chart is None else {chart.name: chart.to_json()}}
            for row, chart in zip(body["actions"], figures, strict=True)
        ],
        "percentile": data.percentile,
        "headline": {"text": str(compare_headline(data.comparison)), **_counted(data.comparison)},
        "measured": [[run_to_json(manifest) for manifest in run.manifests] for run in data.runs],
        "version": data.version,
    }


def compare_headline(comparison: Comparison) -> TracedText:
    """Return the comparison in one sentence, against the first run."""
    counted: Mapping[str, Any] = _counted(comparison)
    total = counted["actions"]
    if total == 0:
        return traced("The runs have no action to compare.")
    where = " in a later run" if len(comparison.labels) > 2 else ""
    surely = traced("No action is surely slower{}.", where)
    if counted["slower"]:
        of_all = traced_number(plural(total, "action"), total, "/headline/actions")
        is_slower = noun(counted["slower"], "is", "are")
        surely = traced("{} of {} {} slower{}.", _number(counted, "slower"), of_all, is_slower, where)
    sentences = [surely]
    for change, one, many in (
        ("faster", "is faster", "are faster"),
        ("same", "is the same for a timeout", "are the same for a timeout"),
    ):
        if counted[change]:
            what = noun(counted[change], one, many)
            sentences.append(traced("{} {}.", _number(counted, change), what))
    if counted["too_short"]:
        number = _number(counted, "too_short")
        sentences.append(traced("For {} these runs are too short to tell{}.", number, _would(counted)))
    if counted["measured_once"]:
        was = noun(counted["measured_once"], "was", "were")
        sentences.append(traced("{} {} measured in one run only.", _number(counted, "measured_once"), was))
    return traced_join(" ", sentences)


def _number(counted: Mapping[str, Any], name: str) -> TracedText:
    return traced_number(str(counted[name]), counted[name], f"/headline/{name}")


def _would(counted: Mapping[str, Any]) -> TracedText:
    """Return " (about 4,100 calls each would)", as far as some number of calls would tell."""
    calls, known = counted["calls_to_tell"], counted["calls_to_tell_known"]
    if not known:
        return traced("")
    number = traced_number(plural(calls, "call"), calls, "/headline/calls_to_tell")
    if known == counted["too_short"]:
        return traced(" (about {} each would)", number)
    some = traced_number(str(known), known, "/headline/calls_to_tell_known")
    return traced(" (about {} each would, for {} of them)", number, some)


def _counted(comparison: Comparison) -> ComparedCounts:
    """Return how many actions got which verdict, and the calls that would tell of those that did not."""
    verdicts = [action.worst for action in comparison.actions]
    open_ones = [action for action in comparison.actions if action.worst == "cannot tell"]
    too_short = [action for action in open_ones if None not in action.entries]
    needed = [max(one.calls_to_tell or 0 for one in action.differences) for action in too_short]
    return {
        "actions": len(verdicts),
        "slower": verdicts.count("slower"),
        "faster": verdicts.count("faster"),
        "same": verdicts.count("same"),
        "cannot tell": verdicts.count("cannot tell"),
        "too_short": len(too_short),
        "measured_once": len(open_ones) - len(too_short),
        "calls_to_tell": max(needed, default=0),
        "calls_to_tell_known": sum(calls > 0 for calls in needed),
    }


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


def gap(difference: Difference, at: str = "") -> TracedText:
    """Return `+1.2 s (+0.8 s to +1.7 s)`, or why there is no number; `at`: its place in the JSON."""
    if difference.p99_ms is None:
        return traced("{}", difference.reason)
    found = traced_number(_signed(difference.p99_ms), difference.p99_ms, f"{at}p99_ms")
    if difference.lower_ms is None or difference.upper_ms is None:
        return found
    low = traced_number(_signed(difference.lower_ms), difference.lower_ms, f"{at}lower_ms")
    return traced(
        "{} ({} to {})",
        found,
        low,
        traced_number(_signed(difference.upper_ms), difference.upper_ms, f"{at}upper_ms"),
    )


def cut_off_steps(action: ComparedAction) -> str:
    """Return the shares cut off, run by run: `35 % → 80 %`."""
    return run_by_run(numbers.share(entry.cut_off_now if entry else None) for entry in action.entries)


def _signed(ms: float) -> str:
    return f"{'+' if ms >= 0 else '−'}{numbers.latency(abs(ms))}"


def run_by_run(texts: Iterable[str]) -> str:
    """Return what each run has, one after the other: `35 % → 80 %`."""
    return " → ".join(texts)


def _figures(data: CompareData) -> list[Chart | None]:
    named = letters(len(data.runs))
    return [
        overlay_figure(action, named, [_curve(run, action.key) for run in data.runs], data.percentile)
        for action in data.comparison.actions
    ]


def _view(index: int, action: ComparedAction, chart: Chart | None) -> dict[str, object]:
    first = action.entries[0]
    base = first.quantile_ms if first is not None else None
    anchor = f"action-{index + 1}"
    found = None
    if chart is not None:
        name = chart.short_name(index)
        found = {"view": chart, "id": name, "svg": Markup(chart.svg(name))}
    return {
        "at": f"/actions/{index}",
        "it": action,
        "anchor": anchor,
        "chart": found,
        "differences": [
            {
                "it": d,
                "wording": CHANGE_WORDING[d.verdict],
                "gap": gap(d, f"differences/{place}/"),
                "sketch": Markup(difference_sketch(d.p99_ms, d.lower_ms, d.upper_ms, base)),
            }
            for place, d in enumerate(action.differences)
        ],
    }


def _curve(run: ComparedRun, key: str) -> SurvivalCurve | None:
    summary = run.summaries.get(key)
    curve = summary.survival if summary is not None else None
    return curve if curve is not None and curve.t_ms else None
