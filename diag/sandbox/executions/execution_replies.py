"""The replies to a run of an action: /test shows every step, /execute only the end."""

from typing import Final

from diag.sandbox.executions.run_action import EXECUTE, RESOLVE, VALIDATE, VALIDATE_OUTPUT, ExecutionOutcome
from diag.sandbox.reply_bodies import ErrorReply, JsonObject, JsonValue
from diag.sandbox.world.actions.flatten import flat_values

_STEPS: Final = (
    VALIDATE,
    RESOLVE,
    "Resolve request header templates",
    EXECUTE,
    "Apply output transformation",
    VALIDATE_OUTPUT,
)
"""The real names are not documented; these follow the few seen in the wild
(docs/genesys-api.md, "Test calls")."""
_LOG_STEP: Final = "External execution log"
_HIDDEN: Final = (
    "REST call for action execute failed. Message: Request to backend service failed. To see error details, "
    "use test mode to execute the action, or execute request in Postman or other REST tools."
)


def test_result(
    outcome: ExecutionOutcome,
    correlation_id: str,
    *,
    flatten: bool,
    masked: bool,
    timeout_step: str = EXECUTE,
    resolved: JsonObject | None = None,
) -> JsonObject:
    """A TestExecutionResult: every step up to the one that failed; `masked` hides the result.

    `timeout_step`: what the step is called that ran into the timeout. `resolved`: the request, shown by the
    step that resolves it.
    """
    error = None if outcome.error is None else outcome.error.body(correlation_id)
    operations: list[JsonValue] = []
    for name in _STEPS:
        failed = name == outcome.failed_step
        shown = timeout_step if failed and outcome.timed_out else name
        operation: JsonObject = {"step": len(operations) + 1, "name": shown, "success": not failed}
        if failed:
            operation["error"] = error
        elif name == RESOLVE and resolved is not None:
            operation["result"] = resolved
        operations.append(operation)
        if name == EXECUTE and outcome.log is not None:
            log: JsonObject = {"log": outcome.log}
            step = len(operations) + 1
            operations.append({"step": step, "name": _LOG_STEP, "success": True, "result": log})
        if failed:
            break
    result: JsonObject = {"operations": operations, "success": error is None}
    if error is None:
        result["finalResult"] = {} if masked else final_result(outcome, flatten=flatten)
    else:
        result["error"] = error
    return result


def final_result(outcome: ExecutionOutcome, *, flatten: bool) -> JsonObject:
    """What /execute answers for a run that went well."""
    final = outcome.result or {}
    return flat_values(final) if flatten else final


def execute_error(error: ErrorReply, correlation_id: str) -> ErrorReply:
    """What /execute lets out: the backend's own message stays hidden (Resource Center, "400 error")."""
    if "ACTION.REMOTE_ENDPOINT" not in error.detail_codes:
        return error
    return ErrorReply(
        error.status, error.code, error.message, error.detail_codes, (f"{_HIDDEN} [{correlation_id}]",)
    )
