"""What Genesys Cloud takes as an action's timeout, and what holds where none is set."""

from typing import Final

PLATFORM_MIN_TIMEOUT_S: Final = 1
PLATFORM_MAX_TIMEOUT_S: Final = 60
"""`config.timeoutSeconds` is a whole number from 1 to 60 (Genesys SDK, ActionConfig)."""
DEFAULT_TIMEOUT_S: Final = 60
"""In force where an action has none (Resource Center, "Add configuration to custom actions")."""
