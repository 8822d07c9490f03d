"""The oracle: exact quantiles of every action's model, to judge measurements by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diag.sandbox.latency.distributions import Distribution
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.sums import one_after_the_other
from diag.sandbox.reply_bodies import JsonObject, JsonValue
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.limits import Limits

_LEVELS: Final = (0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999)


def oracle_json(sandbox: Sandbox) -> JsonObject:
    """Return every action's exact distribution and timeout by id, with the scenario, limits and seed."""
    actions: JsonObject = {}
    for entry in sandbox.org.entries():
        spec = sandbox.org.specs.get(entry.id)
        if entry.published is None or spec is None:
            continue
        config = entry.published.config
        failure_share = sum(failure.share for failure in spec.failures)
        answers = failure_share < 1.0
        age_s = sandbox.backend_age_s(entry.id)
        alone = spec.latency.law(age_s) if answers else None
        share = sandbox.platform_share(spec)
        shown: JsonObject = {
            "name": entry.published.name,
            "kind": entry.kind,
            "category": entry.published.category,
            "request_type": spec.request_type,
            "timeout_s": config.effective_timeout_s,
            "timeout_is_set": config.timeout_s is not None,
            "version": entry.published.version,
            "failure_share": failure_share,
            **distribution_json(_on_the_platform(alone, share, age_s)),
            "backend": _quantiles_json(alone),
            "platform_share": None if share is None else _quantiles_json(share.law(age_s)),
            "notes": _notes(spec) if answers else ["the backend refuses every call"],
        }
        if spec.job is not None:
            shares = {"failed_share": spec.job.failed, "cancelled_share": spec.job.cancelled}
            shown["job"] = {**shares, **distribution_json(spec.job.takes)}
        actions[entry.id] = shown
    return {
        "scenario": sandbox.scenario.name,
        "seed": sandbox.seed,
        "limits": limits_json(sandbox.limits.limits),
        "actions": actions,
    }


def _on_the_platform(
    backend: Distribution | None, share: LatencySpec | None, age_s: float
) -> Distribution | None:
    """The law of a test call: the backend's time, and what the platform adds."""
    if backend is None or share is None:
        return backend
    added = share.law(age_s)
    return None if added is None else one_after_the_other(backend, added)


def _notes(spec: ActionSpec) -> list[JsonValue]:
    known = ["calls for keys that the backend knows"] if spec.knows is not None else []
    return [*spec.latency.notes(), *known]


def limits_json(limits: Limits) -> JsonObject:
    """The limits in force, by the names a scenario uses."""
    return {
        "concurrent_executions": limits.concurrent_executions,
        "executions_per_minute": limits.executions_per_minute,
        "token_requests_per_minute": limits.token_requests_per_minute,
        "request_bytes": limits.request_bytes,
    }


def distribution_json(law: Distribution | None) -> JsonObject:
    """Quantiles in ms and, for each whole second 1..60, the share of calls slower than it.

    They describe the calls that the backend answers, without refused ones (`failure_share`). All are null
    where the model has no closed form, or no call is ever answered.
    """
    if law is None:
        return {**_quantiles_json(None), "exceed_1_to_60": None}
    return {**_quantiles_json(law), "exceed_1_to_60": [*_numbers(law).exceed]}


def _quantiles_json(law: Distribution | None) -> JsonObject:
    if law is None:
        return dict.fromkeys(("p50_ms", "p95_ms", "p99_ms", "quantiles_ms"))
    quantiles = _numbers(law).quantiles
    return {
        "p50_ms": quantiles["p50"],
        "p95_ms": quantiles["p95"],
        "p99_ms": quantiles["p99"],
        "quantiles_ms": {**quantiles},
    }


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is shown of a law."""

    quantiles: Mapping[str, float]
    exceed: Sequence[float]


@lru_cache(maxsize=4096)
def _numbers(law: Distribution) -> _Numbers:
    """Kept, because a sum takes 50 ms, and whoever asks in the middle of a run must not delay its calls."""
    return _Numbers(
        {f"p{level * 100:g}": law.quantile(level) for level in _LEVELS},
        tuple(law.sf(second * 1e3) for second in range(1, 61)),
    )
