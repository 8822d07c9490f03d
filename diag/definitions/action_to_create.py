"""From a definition to what exactly will be created: which integration, category and timeout."""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.definitions.definition import ActionDefinition
from diag.definitions.definition_errors import AmbiguousTargetError, InvalidDefinitionError
from diag.definitions.function_actions import function_refusal
from diag.definitions.literal_credentials import literal_credentials
from diag.genesys.data_action import FUNCTION_INTEGRATION
from diag.genesys.integrations import Integration
from diag.genesys.replies.json_reply import JsonObject


@dataclass(frozen=True, slots=True)
class ActionToCreate:
    """What will be created, ready to be sent. `warnings` are shown to the user."""

    definition: ActionDefinition
    integration: Integration
    category: str
    timeout_s: int
    timeout_reason: str
    warnings: tuple[str, ...] = ()

    @property
    def body(self) -> JsonObject:
        """Return the PostActionInput."""
        return self.definition.post_body(
            integration_id=self.integration.id, category=self.category, timeout_s=self.timeout_s
        )


def action_to_create(
    definition: ActionDefinition,
    integrations: Sequence[Integration],
    *,
    cap_s: int,
    integration: str | None = None,
    category: str | None = None,
    timeout_s: int | None = None,
    name_prefix: str | None = None,
) -> ActionToCreate:
    """Return what will be created.

    `cap_s` is the cap of the recommendation settings: no action starts above it, and one without a timeout
    of its own starts at it instead of the platform's 60 s, until calls are measured. The other arguments
    win over the file. Raises `InvalidDefinitionError` (prefix policy, timeout out of range, function) and
    `AmbiguousTargetError` (integration).
    """
    if name_prefix and not definition.name.startswith(name_prefix):
        raise InvalidDefinitionError(
            f"The name {definition.name!r} does not begin with {name_prefix!r}.",
            hint="The name policy is set by --name-prefix, DIAG_NAME_PREFIX or name_prefix in diag.toml.",
        )
    chosen = _choose(integrations, integration or definition.integration, definition.integration_type)
    if chosen.type_id == FUNCTION_INTEGRATION:
        raise function_refusal(f"An action of the integration {chosen.name!r} is")
    number, reason = _timeout(definition.timeout_s, timeout_s, cap_s)
    return ActionToCreate(
        definition=definition,
        integration=chosen,
        # The admin UI offers the integration's name as category.
        category=category or definition.category or chosen.name,
        timeout_s=number,
        timeout_reason=reason,
        warnings=_warnings(definition),
    )


def _timeout(in_file: int | None, by_hand: int | None, cap_s: int) -> tuple[int, str]:
    number = by_hand if by_hand is not None else in_file
    if number is None:
        return cap_s, "none given: the cap until it is measured"
    if not 1 <= number <= cap_s:
        raise InvalidDefinitionError(
            f"A timeout of {number} s is outside 1..{cap_s} s.",
            hint=f"Give another: --timeout 1..{cap_s}; or raise the cap with --cap (the platform's is 60).",
        )
    return number, "given by hand" if by_hand is not None else "from the file"


def _choose(integrations: Sequence[Integration], wanted: str | None, type_id: str | None) -> Integration:
    if wanted is not None:
        fitting = [entry for entry in integrations if wanted in (entry.id, entry.name)]
        what = f"named {wanted!r}"
    else:
        fitting = [entry for entry in integrations if type_id is not None and entry.type_id == type_id]
        what = f"of type {type_id!r}"
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise AmbiguousTargetError(
            f"The org has no integration {what}."
            if wanted is not None or type_id
            else "The file names no type of integration.",
            hint="Name one with --integration: "
            + (", ".join(e.name for e in integrations) or "there is none"),
        )
    raise AmbiguousTargetError(
        f"The org has {len(fitting)} integrations {what}.",
        hint="Choose one with --integration: " + ", ".join(f"{e.name} ({e.id})" for e in fitting),
    )


def _warnings(definition: ActionDefinition) -> tuple[str, ...]:
    warnings = []
    if definition.ignored:
        warnings.append(f"not sent, because the platform does not accept it: {', '.join(definition.ignored)}")
    url = str(definition.request.get("requestUrlTemplate", ""))
    if url.lower().startswith("http:"):
        warnings.append("the address is plain http, which the platform may refuse")
    warnings.extend(
        f"header {name} holds a value in clear text; ${{credentials.…}} would keep it out of the action"
        for name in literal_credentials(definition.request)
    )
    return tuple(warnings)
