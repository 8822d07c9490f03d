"""An analysis as the fixed JSON of `diag recommend --format json`, and back
(docs/formats.md, "Recommendation JSON")."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Final, Literal, TypedDict

from analysis.analysis_errors import UnreadableSamplesError
from analysis.dataclass_to_json import JsonObject, Written
from analysis.direct_side.direct_side import DirectSide
from analysis.format.action_facts import ActionFacts
from analysis.format.json_to_dataclass import Share, WrongShapeError, other_version, typed
from analysis.jobs.flow_loop import FlowLoop
from analysis.recommend_settings import RecommendSettings
from analysis.skipped_input import SkippedInput
from analysis.verdicts.recommendation import FORMAT_VERSION, Analysis, Recommendation

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


class DirectAdded(TypedDict):
    """What is written of direct calls beside the fields."""

    contract_error_share: Share | None
    """`contract_errors` over `samples`; null without a call."""


DIRECT_WRITTEN: Final = Written(DirectSide, added=(DirectAdded,))


class RecommendationAdded(TypedDict):
    """What is written of one action beside its fields."""

    censored_share: Share | None
    """`censored` over `samples`; null without a call."""
    invented_share: Share | None
    """Share of `samples` that had an invented input; null where no origin is known."""
    contract_error_share: Share | None
    """`contract_errors` over `samples`; null without a call."""
    direct: Annotated[JsonObject, DIRECT_WRITTEN] | None
    """What calls straight to the backend show, beside the verdict; null where they would show nothing."""


RECOMMENDATION_WRITTEN: Final = Written(
    Recommendation, renamed=KEY_OF, left_out=frozenset({"weak_runs"}), added=(RecommendationAdded,)
)


class LoopAdded(TypedDict):
    """What is written of a flow's wait beside its fields."""

    invented_share: Share | None
    """Share of `jobs` submitted with an invented input; null where no origin is known."""


LOOP_WRITTEN: Final = Written(FlowLoop, left_out=frozenset({"curve"}), added=(LoopAdded,))
"""Every number of a flow; the curve is for the report only."""
_SETTINGS: Final = Written(RecommendSettings)
_FACTS: Final = Written(ActionFacts)
_SKIPPED: Final = Written(SkippedInput)


class AnalysisFrame(TypedDict):
    """An analysis but for its actions."""

    format_version: Literal[1]
    settings: Annotated[JsonObject, _SETTINGS]
    facts: dict[str, Annotated[JsonObject, _FACTS]]
    """Of each action, by its id."""
    skipped: list[Annotated[JsonObject, _SKIPPED]]
    """Files and rows that could not be read, and why."""
    run_ids: list[str]
    sandbox: bool | None
    """Whether the calls were made in the sandbox; null where the files do not say."""
    concurrency_limit: int | None
    """The org's limit on concurrent executions, as it was read."""
    weak: list[str]
    """What weakens the runs as evidence, one sentence each."""
    org_id: str | None
    host: str | None
    """Where the runs were measured; null when unknown or not the same for all."""


class AnalysisJson(AnalysisFrame):
    """The verdict on every action, with each number it rests on."""

    actions: list[Annotated[JsonObject, RECOMMENDATION_WRITTEN]]
    """Most severe first."""
    loops: list[Annotated[JsonObject, LOOP_WRITTEN]]
    """How flows should wait for work that is submitted and polled; empty where the runs paired none."""


def analysis_to_json(analysis: Analysis) -> AnalysisJson:
    """Return a JSON object: numbers or null, never NaN."""
    return {
        **analysis_frame(analysis),
        "actions": [recommendation_to_json(action) for action in analysis.actions],
        "loops": [loop_to_json(loop) for loop in analysis.loops],
    }


def analysis_frame(analysis: Analysis) -> AnalysisFrame:
    """Return what `analysis_to_json` says beside the actions."""
    return {
        "format_version": FORMAT_VERSION,
        "settings": _SETTINGS.of(analysis.settings),
        "facts": {key: _FACTS.of(value) for key, value in analysis.facts.items()},
        "skipped": [_SKIPPED.of(skipped) for skipped in analysis.skipped],
        "run_ids": list(analysis.run_ids),
        "sandbox": analysis.sandbox,
        "concurrency_limit": analysis.concurrency_limit,
        "weak": list(analysis.weak),
        "org_id": analysis.org_id,
        "host": analysis.host,
    }


def recommendation_to_json(recommendation: Recommendation) -> JsonObject:
    """Return one action's entry: every field of `Recommendation`, and its shares of calls."""
    samples, direct = recommendation.samples, recommendation.direct
    added: RecommendationAdded = {
        "censored_share": recommendation.censored / samples if samples else None,
        "invented_share": recommendation.invented_share,
        "contract_error_share": recommendation.contract_error_share,
        "direct": None if direct is None else _direct_to_json(direct),
    }
    return RECOMMENDATION_WRITTEN.of(recommendation, added)


def _direct_to_json(direct: DirectSide) -> JsonObject:
    added: DirectAdded = {"contract_error_share": direct.contract_error_share}
    return DIRECT_WRITTEN.of(direct, added)


def loop_to_json(loop: FlowLoop) -> JsonObject:
    """Return every number of a flow's wait."""
    added: LoopAdded = {"invented_share": loop.invented_share}
    return LOOP_WRITTEN.of(loop, added)


def analysis_from_json(body: object) -> Analysis:
    """Return the analysis written by `analysis_to_json`; unknown fields are ignored.

    Raises UnreadableSamplesError when it is not one, or of a newer format.
    """
    if not isinstance(body, Mapping):
        raise UnreadableSamplesError("This is not a recommendations file.", hint="Run diag recommend again.")
    if other := other_version(body, FORMAT_VERSION):
        raise UnreadableSamplesError(
            f"The recommendations file {other}.", hint="Run diag recommend again with this version of diag."
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


def _by_field(row: object, of_all: Mapping[str, object]) -> object:
    """One action's entry with the names of `Recommendation` for its keys."""
    if not isinstance(row, Mapping):
        return row
    stated = {field.name: KEY_OF.get(field.name, field.name) for field in fields(Recommendation)}
    return {**of_all, **{name: row[key] for name, key in stated.items() if key in row}}
