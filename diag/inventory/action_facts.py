"""An action of the org as the facts the analysis needs."""

from analysis.format.action_facts import ActionFacts
from diag.genesys.models import Action


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
    )
