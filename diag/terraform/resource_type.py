"""What the Genesys Cloud provider calls an action and its timeout (docs/genesys-api.md, "Other tools")."""

from typing import Final

PROVIDER: Final = "genesyscloud"
RESOURCE_TYPE: Final = "genesyscloud_integration_action"
TIMEOUT: Final = "config_timeout_seconds"
