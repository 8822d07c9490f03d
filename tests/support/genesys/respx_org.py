"""The org the unit tests talk to: its addresses, one reply, one whole action."""

from typing import Final

import httpx

from diag.genesys.models import Action, ActionConfig, FullConfig

API: Final = "https://api.mypurecloud.com"
LOGIN: Final = "https://login.mypurecloud.com"
ME: Final = f"{API}/api/v2/organizations/me"
ACTION: Final = f"{API}/api/v2/integrations/actions/a1"
ACME: Final = {"id": "org-1", "name": "Acme"}
OK: Final = httpx.Response(200, json=ACME)
FULL: Final = FullConfig(
    Action(
        "a1", "A", None, None, 1, False,
        ActionConfig(3, {"requestType": "GET", "requestUrlTemplate": "https://crm/"}, {}),
    ),
    None, None,
)  # fmt: skip
NOT_FOUND: Final = {"status": 404, "code": "not.found", "message": "It was not found."}
"""The platform's own 404: any other is a proxy's, and proves nothing."""
