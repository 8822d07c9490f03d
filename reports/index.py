"""The index of all runs: what was measured when, and how each action's p99 went over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from analysis.recommendation import Analysis, Recommendation
from analysis.run_folder import Manifest
from reports import numbers
from reports.charts.names import percentile_name
from reports.charts.sparkline import Point, sparkline
from reports.page import render
from reports.run_facts import moment
from reports.verdicts import WORDING, change_text, headline, tally


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """One run of the index. Without an `analysis`, `why_not` says why there is none.

    `report` is the path of its report relative to the index, with forward slashes, or None.
    """

    run_id: str
    manifest: Manifest | None
    analysis: Analysis | None
    report: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class IndexData:
    """All runs; `generated_at` in Unix seconds, `zone` an IANA name shown beside UTC."""

    runs: tuple[IndexedRun, ...]
    version: str
    generated_at: float
    zone: str | None = None


def build_index(data: IndexData) -> str:
    """Return the index as one HTML text, newest run first; runs of different targets are never mixed."""
    runs = sorted(data.runs, key=_began, reverse=True)
    return render(
        "index.html.j2",
        data=data,
        runs=[_run_view(run, data.zone) for run in runs],
        newest=next((headline(run.analysis.actions) for run in runs if run.analysis is not None), None),
        places=[_place_view(place, members) for place, members in _by_place(runs)],
        generated=moment(data.generated_at, data.zone),
    )


def _run_view(run: IndexedRun, zone: str | None) -> dict[str, object]:
    manifest, analysis = run.manifest, run.analysis
    return {
        "run_id": run.run_id,
        "href": None if run.report is None else quote(run.report, safe="/"),
        "when": moment(manifest.created_at, zone) if manifest is not None else numbers.UNKNOWN,
        "sandbox": manifest is not None and manifest.sandbox,
        "place": _place(run),
        "status": manifest.status if manifest is not None else "unknown",
        "calls": manifest.calls if manifest is not None else None,
        "headline": headline(analysis.actions) if analysis is not None else None,
        "tally": tally(analysis.actions) if analysis is not None else None,
        "why_not": run.why_not,
    }


def _place_view(place: str, runs: Sequence[IndexedRun]) -> dict[str, object]:
    """Return the table of one target: a row per action, latest run's numbers, p99 over all its runs."""
    known = [run for run in reversed(runs) if run.analysis is not None]
    first, last = (_began(known[0]), _began(known[-1])) if known else (0.0, 0.0)
    rows: dict[str, list[tuple[float, Recommendation]]] = {}
    for run in known:
        for action in run.analysis.actions if run.analysis is not None else ():
            rows.setdefault(action.action_id, []).append((_began(run), action))
    latest = sorted(rows.values(), key=lambda found: found[-1][1].action_name.casefold())
    settings = {run.analysis.settings.percentile for run in known if run.analysis is not None}
    return {
        "place": place,
        "percentile": percentile_name(settings.pop()) if len(settings) == 1 else "percentile",
        "actions": [_action_view(found, first, last) for found in latest],
    }


def _action_view(
    found: Sequence[tuple[float, Recommendation]], first: float, last: float
) -> dict[str, object]:
    values = [action.p99_ms for _, action in found if action.p99_ms is not None]
    points = [Point(at, action.p99_ms, action.current_timeout_s) for at, action in found]
    newest = found[-1][1]
    return {
        "it": newest,
        "wording": WORDING[newest.verdict],
        "change": change_text(newest),
        "runs": len(found),
        "low": min(values, default=None),
        "high": max(values, default=None),
        "spark": Markup(sparkline(points, first, last)),
    }


def _by_place(runs: Iterable[IndexedRun]) -> list[tuple[str, list[IndexedRun]]]:
    """Return the runs by what they were measured on, in the order given; runs of nowhere are left out."""
    groups: dict[str, list[IndexedRun]] = {}
    for run in runs:
        if run.manifest is not None:
            groups.setdefault(_place(run), []).append(run)
    return list(groups.items())


def _place(run: IndexedRun) -> str:
    manifest = run.manifest
    if manifest is None:
        return "unknown"
    if manifest.sandbox:
        return "SANDBOX"
    return f"{manifest.org_name or 'unnamed org'} ({manifest.host})"


def _began(run: IndexedRun) -> float:
    return run.manifest.created_at if run.manifest is not None else 0.0
