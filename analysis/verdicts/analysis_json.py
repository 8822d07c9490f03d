"""An analysis as the fixed JSON of `diag recommend --format json`, and back
(docs/formats.md, "Recommendation JSON")."""

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

from analysis.errors import UnreadableSamplesError
from analysis.format.action_facts import ActionFacts
from analysis.format.skipped_input import SkippedInput
from analysis.jobs.polling_loop import FlowLoop
from analysis.settings import RecommendSettings
from analysis.verdicts.recommendation import FORMAT_VERSION, Analysis, Recommendation, Verdict

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
    row["warnings"] = list(recommendation.warnings)
    del row["weak_runs"]
    samples = recommendation.samples
    row["verdict"] = recommendation.verdict.value
    row["censored_share"] = recommendation.censored / samples if samples else None
    return row


def analysis_from_json(body: Mapping[str, Any]) -> Analysis:
    """Return the analysis written by `analysis_to_json`; unknown fields are ignored.

    Raises UnreadableSamplesError when it is not one, or of a newer format.
    """
    try:
        if body["format_version"] != FORMAT_VERSION:
            raise UnreadableSamplesError(
                f"These recommendations have format version {body['format_version']}, not {FORMAT_VERSION}.",
                hint="Run diag recommend again with this version of diag.",
            )
        return Analysis(
            settings=RecommendSettings(**_known(RecommendSettings, body["settings"])),
            actions=tuple(_recommendation(row) for row in body["actions"]),
            facts={
                key: ActionFacts(**_known(ActionFacts, row)) for key, row in body.get("facts", {}).items()
            },
            skipped=tuple(SkippedInput(**_known(SkippedInput, row)) for row in body.get("skipped", ())),
            run_ids=tuple(body.get("run_ids", ())),
            sandbox=body.get("sandbox"),
            concurrency_limit=body.get("concurrency_limit"),
            weak=tuple(body.get("weak", ())),
            org_id=body.get("org_id"),
            host=body.get("host"),
            loops=tuple(FlowLoop(**_known(FlowLoop, row)) for row in body.get("loops", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableSamplesError(
            f"This is not a recommendations file ({type(error).__name__}: {error}).",
            hint="Run diag recommend again.",
        ) from error


def _loop_to_json(loop: FlowLoop) -> JsonObject:
    """Every number of a flow; the curve is for the report only."""
    row = _plain(asdict(loop))
    del row["curve"]
    return row


def _recommendation(row: Mapping[str, Any]) -> Recommendation:
    stated = {field.name: KEY_OF.get(field.name, field.name) for field in fields(Recommendation)}
    known = {name: row[key] for name, key in stated.items() if key in row}
    known["verdict"] = Verdict(known["verdict"])
    known["warnings"] = tuple(known.get("warnings", ()))
    return Recommendation(**known)


def _known(cls: type, row: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in row.items() if name in names}


def _plain(row: Mapping[str, object]) -> JsonObject:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }
