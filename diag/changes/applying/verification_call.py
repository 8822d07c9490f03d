"""The test call around a write: does the action still work with the new timeout?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from diag.changes.applying.org import ActionInput, NotTested, Org, PayloadFor
from diag.genesys.api_errors import ApiError
from diag.genesys.data_action import Action

MAX_CALLS: Final = 3
"""A single call may be unlucky: at a timeout of p99 plus buffer up to one in a hundred is cut off."""
GRACE_S: Final = 15.0
"""Waited beyond the action's own timeout before we give up on the reply."""

_NOT_THE_ACTION: Final = frozenset({"rate_limited", "auth_error", "network_error", "client_timeout"})
"""Outcomes that say nothing about the action itself."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """The outcome of up to MAX_CALLS calls. `passed` is None when no call reached the action.

    `name`: the call as a sentence names it, with what its input was.
    """

    passed: bool | None
    outcome: str
    correlation_ids: tuple[str, ...] = ()
    name: str = "test call"


def input_to_call(
    action: Action, payload_for: PayloadFor, *, allow_side_effects: bool
) -> ActionInput | NotTested:
    """Return the input of a test call, or why there is none: only GET is known to change nothing."""
    given = payload_for(action)
    if isinstance(given, NotTested):
        return given
    if allow_side_effects or given.may_change_data or action.request_type == "GET":
        return given
    return NotTested(
        f"its request is {action.request_type or 'of unknown type'} (--allow-side-effects tests it, too)"
    )


def call_until_passed(
    org: Org, action: Action, given: ActionInput, *, timeout_s: int, sleep: Callable[[float], None]
) -> CallResult:
    """Call the action until a call passes, MAX_CALLS at most; `timeout_s` is the one in force."""
    name = f"test call {given.described}".rstrip()
    ids: list[str] = []
    outcomes: list[str] = []
    for attempt in range(MAX_CALLS):
        if attempt:
            sleep(float(attempt))
        try:
            reply = org.test_action(action.id, given.values, wait_s=timeout_s + GRACE_S, timeout_s=timeout_s)
        except ApiError as error:
            outcomes.append("auth_error" if error.category == "auth" else "network_error")
            continue
        ids += [reply.correlation_id] if reply.correlation_id else []
        outcomes.append(reply.outcome.outcome)
        if reply.outcome.outcome == "ok":
            return CallResult(True, "ok", tuple(ids), name)
    conclusive = [outcome for outcome in outcomes if outcome not in _NOT_THE_ACTION]
    passed = False if conclusive else None
    return CallResult(passed, (conclusive or outcomes)[-1], tuple(ids), name)
