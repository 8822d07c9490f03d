"""One call, from its due time to its record on disk: the hot path, so nothing but what a call needs.

`InFlight` calls it in a greenlet per call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import gevent

from analysis.format.call_record import FLAG_NEW_CONNECTION, OUTCOME_CODES, TARGET_CODES, CallRecord
from analysis.format.sample_schema import UNSENT_MS, ActionVersion, Outcome
from analysis.plain_text import is_printable, printable
from diag.genesys.outcomes import Classified
from loadtests.planning.plan import ActionLoad
from loadtests.recording.recorder import NO_CORRELATION_ID
from loadtests.sending.call_context import CallContext
from loadtests.sending.connections.error_codes import NETWORK_ERRORS, DeadlinePassedError
from loadtests.sending.contradicted_facts import ContradictedFacts
from loadtests.sending.feedback import FailedCall
from loadtests.sending.job_watch import JobWatch
from loadtests.sending.transport import Reply
from loadtests.sending.ways.call_way import CallEnd, CallWay

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
    way: CallWay
    action_code: int
    target_code: int
    label: str
    payload_codes: list[int]
    calls: int = 0


class Caller:
    """Makes calls and records them. One per load process, owned by `Session`.

    `ways`: how the calls of each action travel. A job that a call submits is handed to `jobs`; a call that
    was not ok goes to the context's feedback.
    """

    def __init__(
        self,
        actions: Sequence[ActionLoad],
        ways: Sequence[CallWay],
        context: CallContext,
        jobs: JobWatch,
    ) -> None:
        self._recorder = context.recorder
        self._clock = context.clock
        self._feedback = context.feedback
        self._faults = context.faults
        self._fire = context.link.fire
        self._jobs = jobs
        self.contradicted = ContradictedFacts(context.learnt)
        self._errors: dict[str, CallFailedError] = {}
        self.in_flight = 0
        self.unsent = 0
        """Arrivals that were begun but not sent when the run ended."""
        self.prepared = [
            self._prepare(index, action, way)
            for index, (action, way) in enumerate(zip(actions, ways, strict=True))
        ]

    def use_token(self, token: str) -> None:
        """Send calls with another access token from now on."""
        for prepared in self.prepared:
            prepared.way.use_token(token)

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
        way, turn = prepared.way, prepared.calls % len(prepared.payload_codes)
        prepared.calls += 1
        in_flight = self.in_flight
        clock = self._clock
        sent, slept_s = begun, clock.asleep()
        reply: Reply | None = None
        failure: BaseException | None = None
        connection: Any = None
        new_connection = connected = False
        try:
            connection, new_connection = way.connect(turn)
            connected = True
            sent, slept_s = clock.now(), clock.asleep()
            reply = way.exchange(connection, turn)
        except DeadlinePassedError as error:
            failure, sent = _light(error), clock.now() - error.elapsed_s
        except NETWORK_ERRORS as error:
            failure = _light(error)
        except gevent.GreenletExit as error:  # the run ends and does not wait any longer
            failure = _light(error)
        ended = clock.now()
        unsent = not connected and prepared.load.target is not ActionVersion.DIRECT
        latency_ms = UNSENT_MS if unsent else (ended - sent) * 1000.0
        if not connected and isinstance(failure, gevent.GreenletExit):
            self.unsent += 1
            return
        if reply is not None:
            verdict, correlation_id = way.judge(reply, latency_ms), reply.correlation_id
        else:
            assert failure is not None
            verdict = _judge_failure(way, failure, connected)
            correlation_id = way.correlation_id(connection) if connected else ""
        outcome, code = Outcome(verdict.outcome), verdict.error_code
        started_at = clock.wall(sent, slept_s)
        self._recorder.write(
            CallRecord(
                seq=self._recorder.seq + 1,
                action=prepared.action_code,
                scheduled_at=clock.wall(due, slept_s),
                started_at=started_at,
                latency_ms=latency_ms,
                offered_rate=offered_rate,
                rtt_ms=way.rtt_ms,
                correlation_id=_correlation_bytes(correlation_id),
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
                self.contradicted.see(verdict, reply)
        if way.is_watched:
            status = reply.status if reply else 0
            way.ended(connection, CallEnd(turn, started_at, latency_ms, outcome, code, status))
        self._fire(
            request_type=way.method,
            name=prepared.label,
            response_time=latency_ms,
            response_length=len(reply.body) if reply else 0,
            exception=None if outcome is Outcome.OK else self._error(outcome, code),
            context={},
            response=None,
        )

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

    def _prepare(self, index: int, load: ActionLoad, way: CallWay) -> PreparedCall:
        return PreparedCall(
            index=index,
            load=load,
            way=way,
            action_code=self._recorder.action_codes[index],
            target_code=TARGET_CODES[load.target],
            label=printable(load.shown_name),
            payload_codes=[
                self._recorder.code("payload", payload.label, origin=payload.origin)
                for payload in load.payloads
            ],
        )


def _light(error: BaseException) -> BaseException:
    """Return an error without the frames it came through.

    Kept in one of them it would be a circle, and hold what they hold (megabytes of a reply) until the garbage
    collector comes by.
    """
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def _judge_failure(way: CallWay, failure: BaseException, connected: bool) -> Classified:
    if isinstance(failure, gevent.GreenletExit):
        return Classified(Outcome.CLIENT_TIMEOUT, RUN_ENDED)
    return way.judge_failure(failure, connected=connected)


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
