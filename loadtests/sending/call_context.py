"""What a call and a poll both need; made once per session."""

from dataclasses import dataclass, field

from loadtests.planning.learnt_platform import LearntReplies
from loadtests.recording.recorder import Recorder
from loadtests.recording.run_clock import RunClock
from loadtests.sending.feedback import Feedback
from loadtests.sending.run_faults import RunFaults
from loadtests.sending.session_link import SessionLink
from loadtests.sending.transport import Transport


@dataclass(frozen=True, slots=True)
class CallContext:
    """Where to send, when, with whose token; where the result goes, and who ends the run when it cannot."""

    link: SessionLink
    clock: RunClock
    transport: Transport
    recorder: Recorder
    feedback: Feedback
    faults: RunFaults
    learnt: LearntReplies = field(default_factory=LearntReplies)
