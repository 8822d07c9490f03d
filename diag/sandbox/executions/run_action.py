"""One run of an action: contract, limits, backend, timeout. `execution_replies` has the replies."""

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Final

from diag.sandbox.executions.backend_answer import draw_call, reply_to
from diag.sandbox.reply_bodies import ErrorReply, JsonObject
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.contract import contract_errors
from diag.sandbox.world.actions.revision import ActionEntry, Revision
from diag.sandbox.world.true_calls import Execution

VALIDATE: Final = "Validate input against schema"
RESOLVE: Final = "Resolve request template"
EXECUTE: Final = "Execute"
VALIDATE_OUTPUT: Final = "Validate output against schema"
TIMED_OUT: Final = "The request timed out."


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """How the run ended: a result, or an error and the step it happened at."""

    result: JsonObject | None = None
    error: ErrorReply | None = None
    failed_step: str | None = None
    log: str | None = None
    """What the function wrote, for function actions."""

    @property
    def timed_out(self) -> bool:
        """Whether the action's own timeout ended it."""
        return self.error is not None and self.error.message == TIMED_OUT


async def run_action(
    sandbox: Sandbox, entry: ActionEntry, inputs: JsonObject, call: Execution, arrived_s: float
) -> ExecutionOutcome:
    """Run an action's backend under its timeout and return how it ended; fills in `call`.

    `arrived_s` is when the request reached the sandbox, by the sandbox's clock: the drawn time counts from
    there, and the platform's share comes on top. The timeout bounds the backend's part; whether the real one
    bounds the whole is unknown (docs/genesys-api.md, "Timeouts"). Raises ErrorReply 429 when the org's limits
    are exhausted.
    """
    revision = entry.revision(draft=call.target == "draft")
    call.timeout_s = _timeout_in_force(sandbox, entry, revision)
    unfit = _unfit(revision, inputs)
    if unfit is not None:
        call.outcome = "invalid_input"
        return unfit
    try:
        with sandbox.limits.execution(sandbox.now_s(), retry_after=sandbox.switches.retry_after):
            sandbox.true_calls.begin(call)
            try:
                return await _call_backend(sandbox, entry, revision, inputs, call, arrived_s)
            finally:
                sandbox.true_calls.end(call)
    except ErrorReply:
        call.outcome = "rate_limited"
        raise


async def wait_for_edge(
    sandbox: Sandbox, running: asyncio.Task[ExecutionOutcome], arrived_s: float
) -> ExecutionOutcome:
    """The run's outcome, unless the API's edge gives up first (a switch): then 504, while the run goes on."""
    left_s = arrived_s + sandbox.switches.edge_timeout_s - sandbox.clock.monotonic_s()
    done, _ = await asyncio.wait({running}, timeout=max(left_s, 0.0))
    if not done:
        raise ErrorReply(504, "gateway.timeout", "The gateway gave up waiting for the service.")
    return running.result()


def _timeout_in_force(sandbox: Sandbox, entry: ActionEntry, revision: Revision) -> int:
    if sandbox.switches.draft_timeout == "published" and entry.published is not None:
        revision = entry.published
    return revision.config.effective_timeout_s


def _unfit(revision: Revision, inputs: JsonObject) -> ExecutionOutcome | None:
    """The outcome of a run that never gets as far as the backend."""
    problems = contract_errors(revision.input_schema, inputs)
    if problems:
        message = "Input does not match the action's contract."
        error = ErrorReply(400, "invalid.schema", message, ("ACTION.PROCESSING",), tuple(problems))
        return ExecutionOutcome(error=error, failed_step=VALIDATE)
    if revision.function is None and not revision.config.complete:
        message = "The action has no request URL or no request template."
        error = ErrorReply(400, "invalid.substitution", message, ("ACTION.PROCESSING",))
        return ExecutionOutcome(error=error, failed_step=RESOLVE)
    return None


async def _call_backend(
    sandbox: Sandbox,
    entry: ActionEntry,
    revision: Revision,
    inputs: JsonObject,
    call: Execution,
    arrived_s: float,
) -> ExecutionOutcome:
    drawn = draw_call(sandbox, entry.id, inputs)
    slow_s = revision.config.slow_address_s
    if slow_s is not None:
        drawn = replace(drawn, latency_ms=slow_s * 1e3, failure=None, breaks_contract=False)
    latency_ms = drawn.latency_ms
    call.drawn_ms = None if math.isinf(latency_ms) else latency_ms
    share_ms = sandbox.backend(entry.id).platform_share_ms(sandbox.now_s(), sandbox.unix_s())
    call.platform_share_ms = share_ms
    began_s = arrived_s + share_ms / 1e3
    function_s = revision.function_timeout_s
    if function_s is not None and function_s < call.timeout_s and latency_ms > function_s * 1e3:
        await sandbox.clock.sleep_until(began_s + function_s)
        call.outcome = "backend_error"
        aborted = f"Task timed out after {function_s}.00 seconds"
        error = ErrorReply(500, "internal.server.error", "Internal Server Error", causes=(aborted,))
        return ExecutionOutcome(error=error, failed_step=EXECUTE, log=aborted)
    await sandbox.clock.sleep_until(began_s + min(latency_ms / 1e3, float(call.timeout_s)))
    if latency_ms > call.timeout_s * 1e3:
        call.outcome = "timeout"
        error = ErrorReply(504, sandbox.switches.timeout_code, TIMED_OUT)
        return ExecutionOutcome(error=error, failed_step=EXECUTE)
    reply = reply_to(sandbox, entry.id, drawn, inputs, call.correlation_id)
    if reply.message is not None:
        return _refused_by_backend(call, reply.status, reply.message)
    if drawn.breaks_contract:
        call.outcome = "contract_error"
        error = ErrorReply(
            400, "bad.request", "Output does not match the action's contract.", ("ACTION.PROCESSING",)
        )
        return ExecutionOutcome(error=error, failed_step=VALIDATE_OUTPUT)
    call.outcome = "ok"
    log = None if revision.function is None else f"REPORT Duration: {latency_ms:.2f} ms"
    return ExecutionOutcome(result=reply.result, log=log)


def _refused_by_backend(call: Execution, status: int, message: str) -> ExecutionOutcome:
    call.outcome = "backend_error"
    detail = ("ACTION.REMOTE_ENDPOINT",)
    cause = f'Backend answered {status}: {{"message":"{message}"}}'
    error = ErrorReply(400, "bad.request", "Request to backend service failed.", detail, (cause,))
    return ExecutionOutcome(error=error, failed_step=EXECUTE)
