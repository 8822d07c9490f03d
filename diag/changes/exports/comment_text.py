"""What an export (Terraform, Genesys CLI) says in its comments about a recommendation."""

from analysis.verdicts.recommendation import Recommendation


def comment(text: str) -> str:
    """Return the text so that it cannot end its comment line."""
    return "".join(character if character.isprintable() else "�" for character in text)


def present_timeout(item: Recommendation) -> str:
    """Return `5`, `unset (60)` or `unknown`; seconds."""
    if item.timeout_is_set is False:
        return "unset (60)"
    return "unknown" if item.current_timeout_s is None else str(item.current_timeout_s)
