"""An analysis as the fixed JSON of `diag recommend --format json`, and back
(docs/formats.md, "Recommendation JSON")."""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.typed_json import WrongShapeError, typed
from analysis.jobs.polling_loop import FlowLoop
from analysis.verdicts.recommendation import FORMAT_VERSION, Analysis, Recommendation

JsonObject = dict[str, object]

KEY_OF: Final[Mapping[str, str]] = {
    "quantile_ms": "p99_ms",
    "quantile_upper_ms": "p99_upper_ms",
    "quantile_lower_ms": "p99_lower_ms",
    "quantile_with_warm_up_ms": "p99_with_warm_up_ms",
    "quantile_fast_part_ms": "p99_fast_part_ms",
    "quantile_slow_part_ms": "p99_slow_part_ms",
}
"""JSON key of each field of `Recommendation` that is not its own key: the format says p99, whichever
percentile was asked for."""


def analysis_to_json(analysis: Analysis) -> JsonObject:
    """Return a JSON object: numbers or null, never NaN."""
    return {
        "format_version": FORMAT_VERSION,
        "settings": asdict(analysis.settings),
        "actions": [recommendation_to_json(action) for action in analysis.actions],
        "facts": {key: _plain(asdict(value)) for key, value in analysis.facts.items()},
        "skipped": [asdict(skipped) for skipped in analysis.skipped],
        "run_ids": list(analysis.run_ids),
        "sandbox": analysis.sandbox,
        "concurrency_limit": analysis.concurrency_limit,
        "weak": list(analysis.weak),
        "org_id": analysis.org_id,
        "host": analysis.host,
        "loops": [_loop_to_json(loop) for loop in analysis.loops],
    }


def recommendation_to_json(recommendation: Recommendation) -> JsonObject:
    """Return one action's entry: every field of `Recommendation`, and its shares of calls."""
    row = _plain({KEY_OF.get(name, name): value for name, value in asdict(recommendation).items()})
    row["left_out_by_reason"] = dict(recommendation.left_out_by_reason)
    row["input_origins"] = dict(recommendation.input_origins)
    row["invented_share"] = recommendation.invented_share
    row["contract_error_share"] = recommendation.contract_error_share
    if recommendation.direct is not None:
        share = recommendation.direct.contract_error_share
        row["direct"] = {**asdict(recommendation.direct), "contract_error_share": share}
    row["warnings"] = list(recommendation.warnings)
    row["rules"] = [_plain(asdict(rule)) for rule in recommendation.rules]
    del row["weak_runs"]
    samples = recommendation.samples
    row["verdict"] = recommendation.verdict.value
    row["censored_share"] = recommendation.censored / samples if samples else None
    return row


def analysis_from_json(body: object) -> Analysis:
    """Return the analysis written by `analysis_to_json`; unknown fields are ignored.

    Raises UnreadableSamplesError when it is not one, or of a newer format.
    """
    if not isinstance(body, Mapping):
        raise UnreadableSamplesError("This is not a recommendations file.", hint="Run diag recommend again.")
    if body.get("format_version") != FORMAT_VERSION:
        raise UnreadableSamplesError(
            f"These recommendations have format version {body.get('format_version')!r:.40}, "
            f"not {FORMAT_VERSION}.",
            hint="Run diag recommend again with this version of diag.",
        )
    rows, settings = body.get("actions"), body.get("settings")
    # Older files state the percentile of all actions only.
    of_all = (
        {"percentile": settings["percentile"]}
        if isinstance(settings, Mapping) and "percentile" in settings
        else {}
    )
    actions = [_by_field(row, of_all) for row in rows] if isinstance(rows, list) else rows
    try:
        return typed(Analysis, {"facts": {}, **body, "actions": actions})
    except WrongShapeError as error:
        raise UnreadableSamplesError(
            f"This is not a recommendations file: {error}.", hint="Run diag recommend again."
        ) from None


def _loop_to_json(loop: FlowLoop) -> JsonObject:
    """Every number of a flow; the curve is for the report only."""
    row = _plain(asdict(loop))
    row["input_origins"] = dict(loop.input_origins)
    row["invented_share"] = loop.invented_share
    del row["curve"]
    return row


def _by_field(row: object, of_all: Mapping[str, object]) -> object:
    """One action's entry with the names of `Recommendation` for its keys."""
    if not isinstance(row, Mapping):
        return row
    stated = {field.name: KEY_OF.get(field.name, field.name) for field in fields(Recommendation)}
    return {**of_all, **{name: row[key] for name, key in stated.items() if key in row}}


def _plain(row: Mapping[str, object]) -> JsonObject:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
