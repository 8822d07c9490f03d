"""Which kind of receiver a webhook is: Slack, Teams or plain JSON; by name, else by its host."""

from typing import Final, Literal, get_args

Kind = Literal["slack", "teams", "json"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_SLACK: Final = ("hooks.slack.com", "hooks.slack-gov.com")
_TEAMS: Final = (".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com")
"""Where Power Automate answers a workflow's webhook, and where connectors of Teams did before."""


def kind_and_rest(text: str) -> tuple[Kind | None, str]:
    """Return the kind that is named before the first `=`, if any, and what follows."""
    name, found, rest = text.partition("=")
    return (name, rest) if found and name in KINDS else (None, text)


def kind_of_host(host: str) -> Kind:
    """Return the kind of an address where nobody named it."""
    name = host.lower().rstrip(".")
    if name in _SLACK:
        return "slack"
    return "teams" if name.endswith(_TEAMS) else "json"
