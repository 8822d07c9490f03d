"""The words that the exports (Terraform, Genesys CLI) share."""

from analysis.verdicts.recommendation import Recommendation


def timeout_in_force(item: Recommendation) -> str:
    """Return `5`, `unset (60)` or `unknown`; seconds."""
    if item.timeout_is_set is False:
        return "unset (60)"
    return "unknown" if item.current_timeout_s is None else str(item.current_timeout_s)
