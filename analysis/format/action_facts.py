"""Facts about an action besides its samples."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from analysis.format.typed_json import Amount, Count


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """Facts of one action, from the run's manifest or from `--actions actions.json`.

    `current_timeout_s` is the timeout in force (60 when unset, see `timeout_is_set`), None when unknown.
    `cap_s` overrides the cap of the settings; `production_peak_rate` is in calls/s.
    """

    action_id: str
    action_name: str | None = None
    current_timeout_s: Count | None = None
    timeout_is_set: bool | None = None
    configurable: bool = True
    not_configurable_reason: str | None = None
    cap_s: Count | None = None
    production_peak_rate: Amount | None = None
    request_type: str | None = None
    version: Count | None = None
    category: str | None = None
    integration_id: str | None = None


def merge_facts(base: Mapping[str, ActionFacts], stated: Mapping[str, ActionFacts]) -> dict[str, ActionFacts]:
    """Return the facts of both by action id: `stated` wins; what it leaves out comes from `base`."""
    merged = dict(base)
    for action_id, facts in stated.items():
        below = base.get(action_id)
        if below is None:
            merged[action_id] = facts
            continue
        open_fields = [field.name for field in fields(facts) if getattr(facts, field.name) is None]
        merged[action_id] = replace(facts, **{name: getattr(below, name) for name in open_fields})
    return merged
