"""One run of an action: contract, limits, backend, timeout; answered the way /test or /execute does."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Final

from diag.sandbox.clock import sleep_until
from diag.sandbox.contract import contract_errors
from diag.sandbox.flatten import flat_values
from diag.sandbox.observations import Execution
from diag.sandbox.replies import JsonObject, JsonValue, PlatformError
from diag.sandbox.revision import ActionEntry, Revision
from diag.sandbox.sandbox import Sandbox

TIMED_OUT: Final = "The request timed out."
_HIDDEN: Final = (
    "REST call for action execute failed. Message: Request to backend service failed. To see error details, "
    "use test mode to execute the action, or execute request in Postman or other REST tools."
)
_STEPS: Final = (
    "Validate input against schema",
    "Resolve request template",
    "Resolve request header templates",
    "Execute",
    "Apply output transformation",
    "Validate output against schema",
)
_VALIDATE, _EXECUTE = 0, 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run ended: a result, or an error at a step (an index of `_STEPS`)."""

    result: JsonObject | None = None
    error: PlatformError | None = None
    step: int = len(_STEPS)


async def run_action(
    sandbox: Sandbox, entry: ActionEntry, inputs: JsonObject, call: Execution, arrived_s: float
) -> Outcome:
    """Runs an action's backend under its timeout and says how it ended; fills in `call`.

    `arrived_s` is when the request reached the sandbox (time.perf_counter): the drawn time counts from
    there. Raises PlatformError 429 when the org's limits are exhausted.
    """
    revision = entry.revision(draft=call.target == "draft")
    call.timeout_s = revision.config.effective_timeout_s
    problems = contract_errors(_input_schema(revision), inputs)
    if problems:
        call.outcome = "invalid_input"
        error = PlatformError(
            400,
            "invalid.schema",
            "Input does not match the action's contract.",
            ("ACTION.PROCESSING",),
            tuple(problems),
        )
        return Outcome(error=error, step=_VALIDATE)
    now_s = sandbox.now_s()
    try:
        with sandbox.limits.execution(now_s, retry_after=sandbox.switches.retry_after):
            sandbox.observations.begin(call)
            try:
                return await _call_backend(sandbox, entry, revision, call, arrived_s)
            finally:
                sandbox.observations.end(call)
    except PlatformError:
        call.outcome = "rate_limited"
        raise


async def _call_backend(
    sandbox: Sandbox, entry: ActionEntry, revision: Revision, call: Execution, arrived_s: float
) -> Outcome:
    latency_ms, failure = sandbox.backend(entry.id).call(sandbox.now_s())
    call.drawn_ms = None if math.isinf(latency_ms) else latency_ms
    function_s = revision.function_timeout_s
    if function_s is not None and function_s < call.timeout_s and latency_ms > function_s * 1e3:
        await sleep_until(arrived_s + function_s)
        call.outcome = "backend_error"
        said = f"Task timed out after {function_s}.00 seconds"
        error = PlatformError(500, "internal.server.error", "Internal Server Error", causes=(said,))
        return Outcome(error=error, step=_EXECUTE)
    await sleep_until(arrived_s + min(latency_ms / 1e3, float(call.timeout_s)))
    if latency_ms > call.timeout_s * 1e3:
        call.outcome = "timeout"
        return Outcome(error=PlatformError(504, "request.timeout", TIMED_OUT), step=_EXECUTE)
    if failure is not None:
        call.outcome = "backend_error"
        error = PlatformError(
            400,
            "bad.request",
            "Request to backend service failed.",
            ("ACTION.REMOTE_ENDPOINT",),
            (f'Backend answered {failure.status}: {{"message":"refused by the sandbox\'s backend"}}',),
        )
        return Outcome(error=error, step=_EXECUTE)
    call.outcome = "ok"
    spec = sandbox.org.specs.get(entry.id)
    return Outcome(result={"result": "done"} if spec is None or not spec.result else spec.result)


async def wait_for_edge(sandbox: Sandbox, running: asyncio.Task[Outcome], arrived_s: float) -> Outcome:
    """The run's outcome, unless the API's edge gives up first (a switch): then 504, while the run goes on."""
    edge_s = sandbox.switches.edge_timeout_s
    if edge_s <= 0.0:
        return await running
    left_s = arrived_s + edge_s - time.perf_counter()
    done, _ = await asyncio.wait({running}, timeout=max(left_s, 0.0))
    if not done:
        raise PlatformError(504, "gateway.timeout", "The gateway gave up waiting for the service.")
    return running.result()


def test_result(outcome: Outcome, correlation_id: str, *, flatten: bool = False) -> JsonObject:
    """A TestExecutionResult: every step up to the one that failed."""
    error = None if outcome.error is None else outcome.error.body(correlation_id)
    operations: list[JsonValue] = []
    for index, name in enumerate(_STEPS[: outcome.step + 1]):
        failed = error is not None and index == outcome.step
        operation: JsonObject = {"step": index + 1, "name": name, "success": not failed}
        if failed:
            operation["error"] = error
        operations.append(operation)
    result: JsonObject = {"operations": operations, "success": error is None}
    if error is None:
        final = outcome.result or {}
        result["finalResult"] = flat_values(final) if flatten else final
    else:
        result["error"] = error
    return result


def execute_error(error: PlatformError, correlation_id: str) -> PlatformError:
    """What /execute lets out: the backend's own words stay hidden (Resource Center, "400 error")."""
    if "ACTION.REMOTE_ENDPOINT" not in error.detail_codes:
        return error
    return PlatformError(
        error.status, error.code, error.message, error.detail_codes, (f"{_HIDDEN} [{correlation_id}]",)
    )


def _input_schema(revision: Revision) -> JsonObject:
    holder = revision.contract.get("input")
    schema = holder.get("inputSchema") if isinstance(holder, dict) else None
    return schema if isinstance(schema, dict) else {}
