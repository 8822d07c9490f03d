"""Learning from a sandbox inside the test, on its own clock: no waiting, and every request is known."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import httpx
import pytest

from diag.genesys import drafts
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.learning.lab.lab import LearnOptions
from diag.learning.lab.request_budget import MOST_REQUESTS, RequestBudget
from diag.learning.lab.watched_replies import WatchedReplies
from diag.learning.session.learn import Learned, LearnLine
from diag.learning.session.session import LearnClocks, LearnSession
from diag.sandbox.world.actions.revision import ActionEntry, Revision
from diag.target import sandbox_connection
from tests.support.sandbox_in_process import InProcessSandbox

PLAIN: Final = LearnOptions()
BASE: Final = "http://127.0.0.1:8377"
SLOW = "Slow"
QUICK = "Quick"
ORG = """
description = "An org to learn from"
{extra}
[limits]
concurrent_executions = 5000
executions_per_minute = 100000
token_requests_per_minute = 100000
[switches]
{switches}
[[integration]]
name = "CRM"
[[action]]
name = "Slow"
integration = "CRM"
category = "Test"
{timeout}
secure = {secure}
input.id = {{ type = "string" }}
latency = {{ model = "fixed", at_ms = {at_ms} }}
[[action]]
name = "Quick"
integration = "CRM"
category = "Test"
timeout_s = 10
latency = {{ model = "fixed", at_ms = 50 }}
history = {{ days = 2, peak_calls_per_hour = 100 }}
[[action]]
name = "Writes"
integration = "CRM"
category = "Test"
request_type = "POST"
latency = {{ model = "fixed", at_ms = 50 }}
"""


class KilledError(BaseException):
    """kill -9, as far as one process can act it: nothing leaves any more."""


@dataclass
class IntoTheSandbox(httpx.BaseTransport):
    """Takes requests to the sandbox, until the one that the process does not survive."""

    box: InProcessSandbox
    seen: list[tuple[str, str]] = field(default_factory=list)
    dies_at: int | None = None
    """Which of `seen` is the last one."""
    served: bool = False
    """Whether the sandbox has answered it by then."""
    interrupt: bool = False
    """It is Ctrl-C, and requests go through again after it."""
    dead: bool = False
    loses: dict[str, bool] = field(default_factory=dict)
    """Method and end of a path -> whether the sandbox gets the request whose reply is lost, the next one."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise KilledError
        dies = len(self.seen) == self.dies_at
        self.seen.append((request.method, request.url.path))
        if dies and not self.served:
            self._die()
        _, slash, last = request.url.path.rpartition("/")
        lost = self.loses.pop(f"{request.method} {slash}{last}", None)
        if lost is False:
            raise httpx.ReadError("lost", request=request)
        request.read()
        reply = self.box.send(request)
        if dies:
            self._die()
        if lost:
            raise httpx.ReadError("lost", request=request)
        kept = [(name, value) for name, value in reply.headers.multi_items() if name != "content-length"]
        length = ("content-length", str(len(reply.content)))
        stream = httpx.ByteStream(reply.content)
        return httpx.Response(reply.status_code, headers=[*kept, length], stream=stream)

    def _die(self) -> None:
        self.dead = not self.interrupt
        raise KeyboardInterrupt if self.interrupt else KilledError


@dataclass
class LearningOrg:
    """An org in the test, and what is known of it from outside."""

    box: InProcessSandbox
    folder: Path
    transport: IntoTheSandbox
    sessions: int = 0

    def client(self, **more: Any) -> GenesysClient:
        """Return a client to it."""
        more.setdefault("bucket", RateBucket(10**6))
        return GenesysClient(sandbox_connection(BASE), transport=self.transport, **more)

    def learn(self, name: str = SLOW, options: LearnOptions = PLAIN, *, most: int = MOST_REQUESTS) -> Learned:
        """Return what a session learns on a draft of this action, its own permissions included."""
        replies = WatchedReplies()
        budget = RequestBudget(most, RateBucket(10**6))
        clocks = LearnClocks(self.box.clock.monotonic_s, self.box.clock.unix_s)
        self.sessions += 1
        with self.client(bucket=budget, on_reply=replies.see) as client:
            client.access_token()
            budget.count(1)
            session = LearnSession(client, budget, replies, options, "platform.toml", clocks)
            plan, own = session.plan()
            published = client.read_published(self.box.action_id(name))
            lines: list[LearnLine] = [own]
            learned = session.run(plan, published, {"id": "1"}, self.session_folder, lines.append)
            learned.lines.insert(0, own)
            return learned

    @property
    def session_folder(self) -> Path:
        """Return where the last session has its notes."""
        return self.folder / "runs" / f"learn-{self.sessions}"

    def dies_after(self, requests: int, *, served: bool, interrupt: bool = False) -> None:
        """The next session ends with its request of this number."""
        self.transport.dies_at = len(self.transport.seen) + requests
        self.transport.served, self.transport.interrupt = served, interrupt

    def lives_again(self) -> None:
        """Let every request through."""
        self.transport.dies_at, self.transport.dead = None, False

    def has_draft(self, name: str) -> bool:
        """Return whether the org has an open draft of this action."""
        return self._entry(name).draft is not None

    def published(self) -> dict[str, Revision]:
        """Return every published action as the org holds it."""
        return {name: deepcopy(self._entry(name).revision()) for name in (SLOW, QUICK)}

    def _entry(self, name: str) -> ActionEntry:
        return self.box.sandbox.org.entry(self.box.action_id(name))


def org_text(
    *, switches: str = "", extra: str = "", timeout_s: int | None = 5, secure: bool = False, at_ms: int = 2500
) -> str:
    """Return the scenario of an org to learn from; `timeout_s` None: the slow action's is unset."""
    timeout = "" if timeout_s is None else f"timeout_s = {timeout_s}"
    return ORG.format(
        switches=switches, extra=extra, timeout=timeout, secure=str(secure).lower(), at_ms=at_ms
    )


@contextmanager
def learning_org(
    folder: Path,
    *,
    switches: str = "",
    extra: str = "",
    timeout_s: int | None = 5,
    secure: bool = False,
    at_ms: int = 2500,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LearningOrg]:
    """A sandbox with these switches; httpx's clock is the sandbox's."""
    folder.mkdir(exist_ok=True)
    path = folder / "org.toml"
    path.write_text(org_text(switches=switches, extra=extra, timeout_s=timeout_s, secure=secure, at_ms=at_ms))
    with InProcessSandbox(path) as box:
        monkeypatch.setattr(drafts, "_ROUNDS", 1)  # what makes guessing cost time costs a test its own
        monkeypatch.setattr(httpx._client, "time", SimpleNamespace(perf_counter=box.clock.monotonic_s))
        yield LearningOrg(box, folder, IntoTheSandbox(box))


def facts_of(learned: Learned) -> dict[str, object]:
    """Return what was found, by key."""
    return {found.key: found.value for found in learned.found}
