"""What an action's backend does with one call, be it by way of the platform or directly."""

from dataclasses import dataclass

from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.action_spec import ActionSpec, FailureSpec


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """How the call will go, decided when it arrives."""

    spec: ActionSpec | None
    """None: an action that was made while the sandbox ran."""
    known: bool
    """The backend knows what it is asked for."""
    latency_ms: float
    """From the arrival of the request to the reply; infinite for a backend that hangs."""
    failure: FailureSpec | None
    breaks_contract: bool
    """The reply will be 200, with values that the action's output contract does not allow."""


@dataclass(frozen=True, slots=True)
class BackendAnswer:
    """What the backend answers: the action's result, or why it refuses."""

    status: int
    result: JsonObject
    message: str | None = None
    """Its own words where it refuses."""


def draw_call(sandbox: Sandbox, action_id: str, inputs: JsonObject) -> DrawnCall:
    """Return how a call goes that reaches the backend now; the next of its seeded streams."""
    spec = sandbox.org.specs.get(action_id)
    known = spec is None or spec.knows is None or spec.knows.holds(inputs)
    latency_ms, failure = sandbox.backend(action_id).call(
        sandbox.now_s(), known=known, unix_s=sandbox.unix_s()
    )
    breaks = failure is None and sandbox.backend(action_id).breaks_contract()
    return DrawnCall(spec, known, latency_ms, failure, breaks)


def reply_to(
    sandbox: Sandbox, action_id: str, drawn: DrawnCall, inputs: JsonObject, call_id: str
) -> BackendAnswer:
    """Return the reply to a call whose time is over; a job that it starts begins now, under `call_id`."""
    if drawn.failure is not None:
        return BackendAnswer(drawn.failure.status, {}, "refused by the sandbox's backend")
    spec = drawn.spec
    if spec is not None and spec.knows is not None and not drawn.known:
        return BackendAnswer(200, dict(spec.knows.result))
    result: JsonObject = {} if spec is None else dict(spec.result)
    if spec is not None and spec.job is not None:
        result |= sandbox.jobs.submit(spec.job, action_id, call_id)
    if spec is not None and spec.polls_jobs:
        job = sandbox.jobs.poll(inputs)
        if job is None:
            return BackendAnswer(404, {}, "there is no such job")
        result |= job
    if spec is not None and spec.backend.issues_tokens:
        result |= {
            "access_token": sandbox.backend_tokens.make(sandbox.now_s()),
            "token_type": "bearer",
            "expires_in": sandbox.backend_tokens.lifetime_s,
        }
    return BackendAnswer(200, result or {"result": "done"})
