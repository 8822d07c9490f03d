"""The permissions that the OAuth client's role needs, and what breaks without each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Need:
    """A permission, another name that does as well, and what breaks without it."""

    permission: str
    breaks: str
    essential: bool = False
    or_else: str | None = None


NEEDS: Final = (
    Need("integrations:action:view", "nothing works", essential=True, or_else="bridge:actions:view"),
    Need(
        "integrations:action:execute",
        "diag measure cannot call any action",
        essential=True,
        or_else="bridge:actions:execute",
    ),
    Need("integrations:action:edit", "no timeout can be changed (--apply, set, undo) and no draft probed"),
    Need("integrations:action:delete", "drafts made by a probe cannot be removed again"),
    Need("integrations:action:add", "diag register cannot create an action"),
    Need(
        "integrations:integration:view",
        "no integration names; functions are recognised by category only",
    ),
    Need("architect:flow:view", "diag scan --flows cannot say how long the steps of a flow wait"),
    Need("architect:dependencyTracking:view", "diag scan --flows cannot say which flows use an action"),
    Need("integrations:actionFunction:view", "the second timeout of function actions is not shown"),
    Need("audits:audit:view", "diag scan and history --org cannot say who changed a timeout"),
)
