"""An action of the org as the facts the analysis needs."""

from analysis.format.action_facts import ActionFacts
from diag.genesys.data_action import Action
from diag.genesys.replies.json_reply import optional_text


def facts_of(action: Action) -> ActionFacts:
    """Return what is known of the action; its timeout is None where the org did not send it."""
    return ActionFacts(
        action_id=action.id,
        action_name=action.name,
        current_timeout_s=action.timeout_s,
        timeout_is_set=action.timeout_is_set,
        configurable=action.configurable,
        not_configurable_reason=action.not_configurable_reason,
        request_type=action.request_type,
        version=action.version,
        category=action.category,
        integration_id=action.integration_id,
        reachable_directly=_has_an_address(action),
    )


def _has_an_address(action: Action) -> bool | None:
    """Return whether its request leads to an address of its own, as far as a listing tells: of the
    integration it tells no more than the category, which is the integration type's unless renamed."""
    if action.kind != "custom" or "lambda data action" in (action.category or "").lower():
        return False
    template = optional_text(action.config.request, "requestUrlTemplate") if action.config else None
    if template is None:
        return None
    return template.lstrip().lower().startswith(("https:", "http:", "$"))
