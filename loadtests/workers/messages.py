"""Every message between a master and its workers: what it holds, and its form on the wire.

They travel over Locust's own connection, which may lose one. What must arrive is sent again until it is
acknowledged: a `Chunk` by `Acknowledged`, the `Confirmed` ones by `Taken`. The order that starts a run
is not among them: it goes with Locust's options (`loadtests.workers.plan_message`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, Protocol, Self

from analysis.format.json_to_dataclass import Amount, Count, WrongShapeError, typed
from analysis.format.run_folder import WORKER_SUFFIXES, is_worker_id
from loadtests.recording.generator_figures import GeneratorFigures

MOST_CHUNK_BYTES: Final = 1 << 20
"""Four times what a worker sends at once."""


class MalformedMessageError(ValueError):
    """A message that is not understood; its text names the kind, never the content."""


@dataclass(frozen=True, slots=True)
class Message:
    """What all messages share."""

    KIND: ClassVar[str]
    """Its name on the wire."""

    def to_wire(self) -> dict[str, Any]:
        """Return the data of the Locust message."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_wire(cls, data: object) -> Self:
        """Return the message again, every field of its type. Raises MalformedMessageError."""
        try:
            return typed(cls, data, closed=True)
        except WrongShapeError:
            raise MalformedMessageError(f"a message of the kind {cls.KIND} is not understood") from None


class Send(Protocol):
    """Sends a message to the other side; one that is lost is lost."""

    def __call__(self, message: Message) -> None:
        """Send it; returns at once."""


# -- from a worker to the master -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready(Message):
    """The worker takes part in the run."""

    KIND: ClassVar[str] = "diag_ready"
    worker: str
    kept_in: str | None
    """Folder of its rows on its own machine until they have arrived; None: it writes into the run folder."""
    pid: int | None
    """Its process id where the master forked it."""


@dataclass(frozen=True, slots=True)
class Chunk(Message):
    """A piece of one of the worker's files, which begins at byte `offset`."""

    KIND: ClassVar[str] = "diag_chunk"
    worker: str
    suffix: str
    offset: Count
    data: bytes

    def __post_init__(self) -> None:
        """Raise MalformedMessageError for anything that could be written elsewhere than to those files."""
        if not (
            is_worker_id(self.worker)
            and self.suffix in WORKER_SUFFIXES
            and len(self.data) <= MOST_CHUNK_BYTES
        ):
            raise MalformedMessageError(f"a message of the kind {self.KIND} is not understood")


@dataclass(frozen=True, slots=True)
class End(Message):
    """The whole run must end (`failed`), or this worker has nothing left to do."""

    KIND: ClassVar[str] = "diag_end"
    why: str
    failed: bool
    exit_code: int
    worker: str | None = None
    """None: it failed before it took part."""


@dataclass(frozen=True, slots=True)
class Counts(Message):
    """The worker has ended. Its counts are compared with what arrived."""

    KIND: ClassVar[str] = "diag_final"
    worker: str
    rows: Count
    dropped: Count
    figures: Mapping[str, Amount]
    """What is known of `loadtests.recording.generator_figures.GeneratorFigures`."""
    left_out: tuple[tuple[str, str], ...]
    """Actions it stopped calling, each with the reason."""
    notes: tuple[str, ...]
    time_is_over: bool
    """It ended by itself because the run's time was over."""
    contradicted: Mapping[str, Count] = field(default_factory=dict)
    """Replies that did not fit what was learnt of the platform, by fact."""

    def __post_init__(self) -> None:
        """Raise MalformedMessageError for a figure that this version does not know."""
        if not self.figures.keys() <= {each.name for each in fields(GeneratorFigures)}:
            raise MalformedMessageError(f"a message of the kind {self.KIND} is not understood")


Confirmed = Ready | End | Counts
"""What a worker sends again each second until the master has answered."""


# -- from the master to a worker -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken(Message):
    """The master has a message of the kind `of`."""

    KIND: ClassVar[str] = "diag_taken"
    of: str


@dataclass(frozen=True, slots=True)
class Acknowledged(Message):
    """The master has so many bytes of the worker's file."""

    KIND: ClassVar[str] = "diag_acknowledged"
    suffix: str
    size: Count


@dataclass(frozen=True, slots=True)
class Finish(Message):
    """The run is over: drain, deliver, send the counts. `hurry`: without waiting for calls in flight."""

    KIND: ClassVar[str] = "diag_finish"
    hurry: bool


@dataclass(frozen=True, slots=True)
class SettledMessage(Message):
    """The answers of these actions can no longer change."""

    KIND: ClassVar[str] = "diag_settled"
    action_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting(Message):
    """Which workers have joined a running load and do not send yet."""

    KIND: ClassVar[str] = "diag_waiting"
    users: Mapping[str, Count]
    """Locust's client id -> users of that worker."""


# -- both ways -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PauseMessage(Message):
    """A worker met the org's limits; the master passes it on, and all pause."""

    KIND: ClassVar[str] = "diag_pause"
    why: str
    pause_s: Amount


TO_MASTER: dict[str, type[Message]] = {each.KIND: each for each in (Ready, Chunk, End, Counts, PauseMessage)}
"""Kind -> message, of all that a worker sends."""
