"""The index of all runs: what was measured when, and how each action's p99 went over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from analysis.format.manifest import Manifest
from analysis.number_words import percentile_name
from analysis.typed_command import Asked, rule_flags
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Analysis, Recommendation
from reports.charts.sketches.sparkline import Point, sparkline
from reports.pages.index_keys import P99, P99_WRITTEN, IndexedActionJson, IndexedRunJson, IndexJson, PlaceJson
from reports.pages.template_engine import embedded_json, render
from reports.wording import numbers
from reports.wording.date_and_time import moment
from reports.wording.headline import headline, headline_numbers
from reports.wording.traced_text import TracedText, traced_number
from reports.wording.verdict_words import tally, tally_numbers, wording_of
from reports.wording.what_now import ToDo, what_now


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """One run of the index. Without an `analysis`, `why_not` is the reason.

    `report` is the path of its report relative to the index, with forward slashes, or None.
    """

    run_id: str
    manifest: Manifest | None
    analysis: Analysis | None
    report: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class IndexData:
    """All runs; `zone` is an IANA name shown beside UTC."""

    runs: tuple[IndexedRun, ...]
    version: str
    zone: str | None = None


def build_index(data: IndexData) -> str:
    """Return the index as one HTML text, newest run first; runs of different targets are never mixed."""
    runs = sorted(data.runs, key=_began, reverse=True)
    newest = next((index for index, run in enumerate(runs) if run.analysis is not None), None)
    return render(
        "index.html.j2",
        data=data,
        total=len(runs),
        runs=[_run_view(index, run, data.zone) for index, run in enumerate(runs)],
        newest=newest,
        places=[_place_view(index, *group) for index, group in enumerate(_by_place(runs))],
        json=embedded_json(index_json(data)),
    )


def index_json(data: IndexData) -> IndexJson:
    """Return the index as JSON, newest run first: what the page holds, and every number it shows."""
    runs = sorted(data.runs, key=_began, reverse=True)
    return {
        "total": len(runs),
        "runs": [_run_json(run) for run in runs],
        "places": [_place_json(place, members) for place, members in _by_place(runs)],
        "version": data.version,
    }


def _run_json(run: IndexedRun) -> IndexedRunJson:
    manifest, actions = run.manifest, None if run.analysis is None else run.analysis.actions
    return {
        "run_id": run.run_id,
        "created_at": None if manifest is None else manifest.created_at,
        "place": _place(run),
        "status": None if manifest is None else manifest.status,
        "calls": None if manifest is None else manifest.calls,
        "report": run.report,
        "why_not": run.why_not,
        "headline": None if actions is None else headline_numbers(actions),
        "next": [(step.what, step.command or "") for step in _next_steps(run)],
        "tally": None if actions is None else tally_numbers(actions),
    }


def _next_steps(run: IndexedRun) -> tuple[ToDo, ...]:
    """Return what to do now, by the verdicts of this run."""
    if run.analysis is None:
        return ()
    again = Asked(calls=(run.run_id,), rules=rule_flags(run.analysis.settings))
    return what_now(run.analysis.actions, again.apply)


def _run_view(index: int, run: IndexedRun, zone: str | None) -> dict[str, object]:
    manifest, analysis = run.manifest, run.analysis
    return {
        "at": f"/runs/{index}",
        "run_id": run.run_id,
        "href": None if run.report is None else quote(run.report, safe="/"),
        "when": moment(manifest.created_at, zone, "created_at") if manifest is not None else numbers.UNKNOWN,
        "sandbox": manifest is not None and manifest.sandbox,
        "place": _place(run),
        "status": manifest.status if manifest is not None else "unknown",
        "calls": manifest.calls if manifest is not None else None,
        "headline": headline(analysis.actions) if analysis is not None else None,
        "tally": tally(analysis.actions) if analysis is not None else None,
        "why_not": run.why_not,
        "next": _next_steps(run),
    }


SeenInRun = tuple[float, Recommendation]
"""When a run began, and its verdict on one action."""


def _actions_over_time(runs: Sequence[IndexedRun]) -> list[list[SeenInRun]]:
    """Return, for each action of one target, its verdicts at the percentile of the newest, oldest first: a
    line through several would rise and fall with the rule."""
    rows: dict[str, list[SeenInRun]] = {}
    for run in reversed(runs):
        for action in run.analysis.actions if run.analysis is not None else ():
            rows.setdefault(action.action_id, []).append((_began(run), action))
    same = [[one for one in found if one[1].percentile == found[-1][1].percentile] for found in rows.values()]
    return sorted(same, key=lambda found: found[-1][1].action_name.casefold())


def _percentile(rows: Sequence[Sequence[SeenInRun]]) -> float | None:
    """The quantile of all these actions; None where they were judged by different ones."""
    found = {seen[-1][1].percentile for seen in rows}
    return found.pop() if len(found) == 1 else None


def _place_json(place: str, runs: Sequence[IndexedRun]) -> PlaceJson:
    rows = _actions_over_time(runs)
    return {
        "place": place,
        "percentile": _percentile(rows),
        "actions": [_action_json(found) for found in rows],
    }


def _action_json(found: Sequence[SeenInRun]) -> IndexedActionJson:
    newest = found[-1][1]
    low, high = extremes([action for _, action in found])
    return {
        "action_id": newest.action_id,
        "action_name": newest.action_name,
        "verdict": newest.verdict,
        "current_timeout_s": newest.current_timeout_s,
        "recommended_timeout_s": newest.recommended_timeout_s,
        "invented_share": newest.invented_share,
        "percentile": newest.percentile,
        "newest": P99_WRITTEN.of(p99_or_more(newest)),
        "lowest": P99_WRITTEN.of(low),
        "highest": P99_WRITTEN.of(high),
        "runs": len(found),
        "without_number": sum(p99_or_more(action).ms is None for _, action in found),
        "points": [_point(at, action) for at, action in found],
    }


def _point(at: float, action: Recommendation) -> tuple[float, float | None, bool, int | None]:
    p99 = p99_or_more(action)
    return (at, p99.ms, p99.above, action.current_timeout_s)


def p99_or_more(action: Recommendation) -> P99:
    """Return one run's p99, or the time it is above where calls were cut off first."""
    if action.quantile_ms is not None:
        return P99(action.quantile_ms)
    return P99(action.quantile_lower_ms, above=action.quantile_lower_ms is not None)


def extremes(actions: Sequence[Recommendation]) -> tuple[P99, P99]:
    """Return the lowest and the highest p99. Runs that only know "above" count: the highest is then open."""
    known = [one for one in map(p99_or_more, actions) if one.ms is not None]
    if not known:
        return P99(None), P99(None)
    lowest = min(known, key=lambda one: (one.ms or 0.0, not one.above))
    highest = max(one.ms or 0.0 for one in known)
    return lowest, P99(highest, above=any(one.above for one in known))


def _shown(found: P99) -> str:
    """What is above is rounded down, what calls end within is rounded up."""
    return numbers.at_least(found.ms) if found.above else numbers.quantile(found.ms)


def _p99_text(found: P99, place: str) -> TracedText:
    return traced_number(f"{'> ' if found.above else ''}{_shown(found)}", found.ms, f"{place}/ms")


def _place_view(index: int, place: str, runs: Sequence[IndexedRun]) -> dict[str, object]:
    """Return the table of one target: a row per action, latest run's numbers, p99 over all its runs."""
    began = [_began(run) for run in runs if run.analysis is not None]
    rows = _actions_over_time(runs)
    percentile = _percentile(rows)
    return {
        "place": place,
        "percentile": None if percentile is None else percentile_name(percentile),
        "actions": [
            _action_view(f"/places/{index}/actions/{row}", found, min(began), max(began))
            for row, found in enumerate(rows)
        ],
    }


def _action_view(at: str, found: Sequence[SeenInRun], first: float, last: float) -> dict[str, object]:
    newest = found[-1][1]
    low, high = extremes([action for _, action in found])
    points = []
    for began, action in found:
        p99 = p99_or_more(action)
        points.append(Point(began, p99.ms, action.current_timeout_s, p99.above))
    return {
        "at": at,
        "it": newest,
        "wording": wording_of(newest),
        "held_back": held_back(newest),
        "runs": len(found),
        "without": sum(point.p99_ms is None for point in points),
        "newest": _p99_text(p99_or_more(newest), "newest"),
        "low": _p99_text(low, "lowest"),
        "high": _p99_text(high, "highest"),
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
