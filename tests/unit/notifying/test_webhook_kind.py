"""Which kind of receiver a webhook is, where nobody names it."""

import pytest

from diag.notifying.webhook import webhook_at
from diag.notifying.webhook_kind import Kind


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://hooks.slack.com/services/T0/B0/secret", "slack"),
        ("https://hooks.slack-gov.com/services/x", "slack"),
        (
            "https://default0123.45.environment.api.powerplatform.com:443/powerautomate/workflows/w?sig=secret",
            "teams",
        ),
        ("https://prod-1.westus.logic.azure.com:443/workflows/x?sig=secret", "teams"),
        ("https://acme.webhook.office.com/webhookb2/x", "teams"),
        ("https://hooks.slack.com.evil.example/services/x", "json"),
        ("https://evil.example/hooks.slack.com", "json"),
        ("http://127.0.0.1:9/x", "json"),
    ],
)
def test_a_webhook_is_recognised_by_its_host_alone(address: str, kind: Kind) -> None:
    assert webhook_at(address, None, "--notify").kind == kind
