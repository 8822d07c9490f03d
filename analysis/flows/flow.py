"""What diag keeps of a flow: its steps that call an action, and how all steps are wired.

Nothing else of a flow is kept: no prompt, no input, no expression, no address.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from analysis.format.json_to_dataclass import Between, Count, UnixSeconds, WrongShapeError

Wiring = Literal["wired", "not wired", "unknown"]
"""A path is wired where another step follows on it (`nextActionId`; docs/genesys-api.md, "Flows")."""

OwnTimeout = Literal["literal", "expression", "empty", "unreadable"]

MOST_MS: Final = 10**12
Milliseconds = Annotated[int, Between(0, MOST_MS)]

_VOICE: Final = ("inboundcall", "outboundcall", "inqueuecall", "securecall")


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step that calls an action. None: unknown.

    `action_id` is None where only a name is known (Archy) and fits no action, or several. `follows_action`
    says whether "Use action's suggested timeout" is on; Archy does not show it. `own_ms` is the step's own
    timeout, where it is a literal: it counts only where the switch is off.
    """

    name: str
    action_name: str
    action_id: str | None = None
    category: str | None = None
    follows_action: bool | None = None
    own: OwnTimeout = "unreadable"
    own_ms: Milliseconds | None = None
    success: Wiring = "unknown"
    failure: Wiring = "unknown"
    timeout: Wiring = "unknown"
    has_next: bool | None = None
    """Whether a step follows whichever path was taken (`nextAction`)."""
    unknown_action: str | None = None
    """Why `action_id` is None."""


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One step of any kind, as a place in the wiring.

    `step` is its place in `ArchitectFlow.steps`, `after` are the nodes that may come next, `calls` the
    sequences it runs before that. `repeats` names a loop.
    """

    step: Count | None = None
    after: tuple[Count, ...] = ()
    calls: tuple[Count, ...] = ()
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class FlowSequence:
    """A task, a state or a menu: `starts` are the nodes it may begin with, a menu's choices for example."""

    name: str
    starts: tuple[Count, ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class ArchitectFlow:
    """A flow. `begins_in` is its first sequence, None where it is not said.

    `not_followed` says what could not be read or followed, one sentence each. `where` is the file it came
    from, None for one read from the org; then `read_at` says when.
    """

    name: str
    type: str
    steps: tuple[FlowStep, ...]
    id: str | None = None
    version: str | None = None
    nodes: tuple[FlowNode, ...] = ()
    sequences: tuple[FlowSequence, ...] = ()
    begins_in: Count | None = None
    not_followed: tuple[str, ...] = ()
    where: str | None = None
    read_at: UnixSeconds | None = None
    published: bool = True
    """False: this is the latest configuration, because no published version was named."""

    def __post_init__(self) -> None:
        """Check that every place named is there. Raises WrongShapeError."""
        nodes, sequences = range(len(self.nodes)), range(len(self.sequences))
        places = [at for node in self.nodes for at in node.after]
        places += [at for one in self.sequences for at in one.starts]
        called = [at for node in self.nodes for at in node.calls]
        called += [] if self.begins_in is None else [self.begins_in]
        steps = [node.step for node in self.nodes if node.step is not None]
        sound = all(at in nodes for at in places) and all(at in sequences for at in called)
        if not sound or not all(at in range(len(self.steps)) for at in steps):
            raise WrongShapeError("a flow names a place that it does not have")

    @property
    def is_voice(self) -> bool:
        """Whether callers hear it: only voice call flows have a processing prompt."""
        return self.type.lower().removesuffix("flow") in _VOICE


@dataclass(frozen=True, slots=True)
class UnreadFlow:
    """A flow, or a file, that could not be read, and why: nothing in it is guessed."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class FlowsRead:
    """All flows that were read, and those that could not be."""

    flows: tuple[ArchitectFlow, ...]
    unread: tuple[UnreadFlow, ...] = ()
