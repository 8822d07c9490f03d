"""What every experiment has at hand: the client, the draft, the requests and seconds that are left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from analysis.format.json_to_dataclass import UnixSeconds
from diag.genesys.actions import TestReply
from diag.genesys.client import GenesysClient
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject
from diag.learning.lab.draft_under_test import DraftUnderTest
from diag.learning.lab.request_budget import RequestBudget
from diag.learning.lab.watched_replies import WatchedReplies

MOST_S: Final = 300.0
"""How long a session takes at most, where nothing longer was asked for."""
WAITS_BEYOND_S: Final = 5.0
"""How long after the longest timeout in force a test call's reply is still waited for."""


@dataclass(frozen=True, slots=True)
class MarkedCall:
    """One test call, as it is looked for in the analytics later: when it began (Unix seconds), and how it
    ended."""

    correlation_id: str
    at: UnixSeconds
    timed_out: bool
    ended_well: bool = False


@dataclass(frozen=True, slots=True)
class LearnOptions:
    """What was asked for. `slow_url`: called by the draft in place of the action's own address."""

    slow_url: str | None = None
    long: bool = False


@dataclass(slots=True)
class Lab:
    """One session. `published`: the action as it stands; `payload`: what its draft is called with."""

    client: GenesysClient
    budget: RequestBudget
    replies: WatchedReplies
    published: FullConfig
    draft: DraftUnderTest
    payload: JsonObject
    options: LearnOptions
    calls: list[MarkedCall] = field(default_factory=list)
    monotonic: Callable[[], float] = time.monotonic
    unix: Callable[[], float] = time.time
    ends_at: float = float("inf")

    @property
    def seconds_left(self) -> float:
        """Return how long the session may still take."""
        return self.ends_at - self.monotonic()

    @property
    def published_s(self) -> int:
        """Return the published action's timeout in force, seconds."""
        return self.published.action.require_whole().timeout_s

    def call(self, *, wait_s: float) -> TestReply:
        """Call the draft once, and mark the call. Its form alone decides whether it timed out."""
        self.budget.take()
        at = self.unix()
        reply = self.client.test_action(self.published.action.id, self.payload, draft=True, wait_s=wait_s)
        if reply.correlation_id is not None:
            ended = reply.outcome.outcome
            self.calls.append(MarkedCall(reply.correlation_id, at, ended == "timeout", ended == "ok"))
        return reply
