"""The org the unit tests talk to: its addresses, one reply, one whole action."""

from typing import Any, Final

import httpx

from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.full_config import FullConfig

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

ACTIONS = "https://api.mypurecloud.com/api/v2/integrations/actions"


def action(
    number: int, *, config: bool = True, prefix: str = "custom_-_", timeout_s: int | None = 3
) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "id": f"{prefix}{number}",
        "name": f"Action {number}",
        "integrationId": "i1",
        "category": "Web Services Data Actions",
        "version": 7,
        "secure": False,
        "futureField": {"ignored": True},
    }
    if config:
        entity["config"] = {
            "request": {
                "requestUrlTemplate": "https://crm/${input.id}",
                "requestTemplateUri": "/templates/requesttemplate.vm",
                "requestType": "GET",
                "headers": {"X": "1"},
            },
            "response": {
                "translationMap": {"a": "$.a"},
                "translationMapDefaults": {"a": "0"},
                "successTemplateUri": "/templates/successtemplate.vm",
            },
        }
        if timeout_s is not None:
            entity["config"]["timeoutSeconds"] = timeout_s
    return entity
