"""One call, from its due time to its record on disk: the hot path, so nothing but what a call needs.

`InFlight` calls it in a greenlet per call.
"""

from dataclasses import dataclass, field
from typing import Final

import gevent

from analysis.format.call_record import FLAG_NEW_CONNECTION, OUTCOME_CODES, TARGET_CODES, CallRecord
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, Outcome
from analysis.plain_text import is_printable, printable
from diag.genesys.outcomes import Classified
from loadtests.planning.plan import ActionLoad
from loadtests.recording.recorder import NO_CORRELATION_ID
from loadtests.sending.call_context import CallContext
from loadtests.sending.fast_outcome import LearntCheck, judge
from loadtests.sending.feedback import FailedCall
from loadtests.sending.job_watch import JobWatch
from loadtests.sending.transport import NETWORK_ERRORS, Reply, error_name

GIVE_UP_AFTER_S: Final = 10.0
"""How long beyond the action's own timeout a reply is awaited."""

UNKNOWN_TIMEOUT: Final = 0
"""In the record only (outside 1..60, which the analysis reads as unknown); elsewhere it is None."""

RUN_ENDED: Final = "run_ended"
"""Error code of a call that the end of the run cut off."""

LONGEST_STEP: Final = 60

_ANSWERED: Final = frozenset({Outcome.OK, Outcome.TIMEOUT})


class CallFailedError(Exception):
    """What Locust's statistics show for a call that was not ok; one text per kind, so that they group."""


@dataclass(slots=True)
class PreparedCall:
    """One action with everything looked up before the first call."""

    index: int
    load: ActionLoad
    action_code: int
    target_code: int
    limit_s: float
    label: str
    payload_codes: list[int]
    requests: list[bytes] = field(repr=False)
    """The request per payload; holds the token, so it never shows."""
    calls: int = 0


class Caller:
    """Makes calls and records them. One per load process, owned by `Session`.

    A job that a call submits is handed to `jobs`; a call that was not ok goes to the context's feedback.
    """

    def __init__(self, actions: tuple[ActionLoad, ...], context: CallContext, jobs: JobWatch) -> None:
        self._transport = context.transport
        self._recorder = context.recorder
        self._clock = context.clock
        self._feedback = context.feedback
        self._faults = context.faults
        self._fire = context.port.fire
        self._jobs = jobs
        self._known = context.learnt.timeout
        self.learnt = LearntCheck(context.learnt)
        self._errors: dict[str, CallFailedError] = {}
        self.in_flight = 0
        self.unsent = 0
        """Arrivals that were begun but not sent when the run ended."""
        token = context.port.token()
        self.prepared = [self._prepare(index, action, token) for index, action in enumerate(actions)]

    def use_token(self, token: str) -> None:
        """Build every request again, with another access token."""
        for prepared in self.prepared:
            prepared.requests = self._requests(prepared.load, token)

    def call(self, prepared: PreparedCall, due: float, offered_rate: float) -> None:
        """Make one call that was due at `due` (the clock's seconds) and record it, whatever happens.

        `offered_rate`: the action's calls/s when this call was scheduled, not when it ends.
        """
        clock = self._clock
        begun = clock.now()
        self._feedback.lags_s.append(begun - due)
        self.in_flight += 1
        try:
            self._call(prepared, due, begun, offered_rate)
        except OSError as error:  # from the recorder: network errors were recorded already
            self._faults.unwritable(error)
        finally:
            self.in_flight -= 1

    def _call(self, prepared: PreparedCall, due: float, begun: float, offered_rate: float) -> None:
        turn = prepared.calls % len(prepared.requests)
        prepared.calls += 1
        in_flight = self.in_flight
        clock = self._clock
        sent, slept_s = begun, clock.asleep()
        reply: Reply | None = None
        failure: BaseException | None = None
        new_connection = False
        connected = False
        try:
            sock, new_connection = self._transport.connect()
            connected = True
            sent, slept_s = clock.now(), clock.asleep()
            reply = self._transport.exchange(sock, prepared.requests[turn], prepared.limit_s)
        except NETWORK_ERRORS as error:
            failure = error
        except gevent.GreenletExit as error:  # the run ends and does not wait any longer
            failure = error
        ended = clock.now()
        latency_ms = (ended - sent) * 1000.0
        if not connected and isinstance(failure, gevent.GreenletExit):
            self.unsent += 1
            return
        verdict = self._judge(reply, failure, connected, prepared, latency_ms)
        outcome, code = Outcome(verdict.outcome), verdict.error_code
        correlation_id = _correlation_bytes(reply.correlation_id) if reply else NO_CORRELATION_ID
        self._recorder.write(
            CallRecord(
                seq=self._recorder.seq + 1,
                action=prepared.action_code,
                scheduled_at=clock.wall(due, slept_s),
                started_at=clock.wall(sent, slept_s),
                latency_ms=latency_ms,
                offered_rate=offered_rate,
                rtt_ms=self._transport.rtt_ms,
                correlation_id=correlation_id,
                payload=prepared.payload_codes[turn],
                error_code=self._error_code(verdict) if code else 0,
                http_status=reply.status if reply else 0,
                in_flight=in_flight,
                outcome=OUTCOME_CODES[outcome],
                timeout_s=prepared.load.timeout_s or UNKNOWN_TIMEOUT,
                attempt=1,
                target=prepared.target_code,
                flags=FLAG_NEW_CONNECTION if new_connection else 0,
            )
        )
        if outcome in _ANSWERED:
            self._feedback.latencies_ms[prepared.index].append(latency_ms)
        if prepared.load.poll is not None and outcome is Outcome.OK and reply is not None:
            self._jobs.submitted(prepared.load.action_id, reply, prepared.load.payloads[turn].origin)
        if outcome is not Outcome.OK:
            totals = self._recorder.totals_of(prepared.index)
            self._feedback.failures.append(FailedCall(prepared.index, outcome, code, reply, ended, totals))
            if reply is not None:
                self.learnt.see(verdict, reply)
        self._fire(
            request_type="POST",
            name=prepared.label,
            response_time=latency_ms,
            response_length=len(reply.body) if reply else 0,
            exception=None if outcome is Outcome.OK else self._error(outcome, code),
            context={},
            response=None,
        )

    def _judge(
        self,
        reply: Reply | None,
        failure: BaseException | None,
        connected: bool,
        prepared: PreparedCall,
        latency_ms: float,
    ) -> Classified:
        if reply is not None:
            return judge(reply.status, reply.body, prepared.load.timeout_s, latency_ms, self._known)
        if isinstance(failure, gevent.GreenletExit):
            return Classified(Outcome.CLIENT_TIMEOUT, RUN_ENDED)
        assert failure is not None
        if connected and isinstance(failure, TimeoutError):
            return Classified(Outcome.CLIENT_TIMEOUT, error_name(failure))
        return Classified(Outcome.NETWORK_ERROR, error_name(failure))

    def _error_code(self, verdict: Classified) -> int:
        return self._recorder.code(
            "error",
            verdict.error_code or "",
            step=_step(verdict.failed_step),
            message=verdict.message,
        )

    def _error(self, outcome: Outcome, code: str | None) -> CallFailedError:
        text = f"{outcome.value}: {code}" if code else outcome.value
        return self._errors.setdefault(text, CallFailedError(text))

    def _prepare(self, index: int, load: ActionLoad, token: str) -> PreparedCall:
        return PreparedCall(
            index=index,
            load=load,
            action_code=self._recorder.action_codes[index],
            target_code=TARGET_CODES[load.target],
            limit_s=(load.timeout_s or PLATFORM_MAX_TIMEOUT_S) + GIVE_UP_AFTER_S,
            label=printable(load.action_name) + (" (draft)" if load.target == "draft" else ""),
            payload_codes=[
                self._recorder.code("payload", payload.label, origin=payload.origin)
                for payload in load.payloads
            ],
            requests=self._requests(load, token),
        )

    def _requests(self, load: ActionLoad, token: str) -> list[bytes]:
        return [
            self._transport.prepare(load.action_id, load.target, payload.body, token)
            for payload in load.payloads
        ]


def _step(name: str | None) -> str | None:
    """Return a step's name if it looks like one: a label of the platform, never a text with values in it."""
    return name if name is not None and len(name) <= LONGEST_STEP and is_printable(name) else None


def _correlation_bytes(text: str) -> bytes:
    """Return the 16 bytes of a UUID, zeros for anything else. (uuid.UUID takes five times as long.)"""
    try:
        found = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return NO_CORRELATION_ID
    return found if len(found) == len(NO_CORRELATION_ID) else NO_CORRELATION_ID
