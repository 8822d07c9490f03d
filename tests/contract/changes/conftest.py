"""A sandbox with many quick actions, and a transport that fails exactly where a test wants it to."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from diag.changes.applying.apply import Watch, apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.applying.org import ActionInput
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, unfinished
from diag.changes.plans.action_fields import fields_of
from diag.changes.plans.change_result import ChangeResult
from diag.changes.plans.plan import Change, OrgIdentity, Plan
from diag.changes.plans.planned_change import change_of
from diag.clocks.wall_clock import WallClock
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.platform_facts.facts import PlatformFacts
from diag.platform_facts.known_platform import NOTHING_KNOWN
from diag.target import sandbox_connection
from tests.support import sandbox_control
from tests.support.many_actions import many_actions
from tests.support.sandbox_process import start_sandbox

ACTIONS = 260

Script = Callable[[httpx.Request], "httpx.Response | Exception | None"]


@dataclass
class FaultyTransport(httpx.BaseTransport):
    """Passes everything on, but consults `before` and `after` once per PATCH.

    `before` acts instead of the server (the request never arrives), `after` behind it (the work is done
    and the reply replaced). None lets the call through; an exception is raised; a callable is called.
    """

    before: list[Script] = field(default_factory=list)
    after: list[Script] = field(default_factory=list)
    patches: int = 0
    inner: httpx.HTTPTransport = field(default_factory=lambda: httpx.HTTPTransport(verify=False))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "PATCH":
            return self.inner.handle_request(request)
        self.patches += 1
        if self.before:
            found = self.before.pop(0)(request)
            if found is not None:
                return _act(found)
        response = self.inner.handle_request(request)
        if self.after:
            found = self.after.pop(0)(request)
            if found is not None:
                response.read()
                return _act(found)
        return response

    def close(self) -> None:
        self.inner.close()


def _act(found: httpx.Response | Exception) -> httpx.Response:
    if isinstance(found, Exception):
        raise found
    return found


@dataclass(frozen=True)
class Admin:
    """One person with a client, a journal and a way to break things."""

    client: GenesysClient
    transport: FaultyTransport
    journal: Journal
    identity: OrgIdentity

    def plan(self, *changes: Change) -> Plan:
        return Plan(created_at=0.0, org=self.identity, changes=changes)

    def change(self, action_id: str, after_s: int = 10) -> Change:
        return change_of(self.client.read_config(action_id), after_s, "by a test")

    def apply(
        self, *changes: Change, options: ApplyOptions | None = None, watch: Watch | None = None
    ) -> list[ChangeResult]:
        return apply_plan(
            self.plan(*changes),
            self.client,
            self.journal,
            Operator(self.identity, Author("admin", "apply-1")),
            options=replace(
                options or ApplyOptions(on_error="continue"),
                payload_for=lambda action: ActionInput({"id": "1"}),
            ),
            watch=watch or Watch(),
            clock=WallClock(sleep=lambda seconds: None),
        )

    def timeout_of(self, action_id: str) -> int | None:
        return self.client.get_action(action_id).timeout_s

    def fields(self, action_id: str) -> dict[str, str]:
        return fields_of(self.client.read_config(action_id), "one salt")

    def assert_applied(self, action_id: str, fields: dict[str, str], timeout_s: int) -> None:
        """The three promises: no field but the timeout differs, nothing is left open, it was applied once."""
        assert self.fields(action_id) == fields
        assert self.timeout_of(action_id) == timeout_s
        records = self.journal.read()
        assert unfinished(records) == []
        assert [record.phase for record in records if record.outcome == "applied"] == ["result"]


@pytest.fixture(scope="module")
def quick_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a sandbox with ACTIONS actions that answer in 2 ms."""
    with start_sandbox(scenario=many_actions(tmp_path_factory.mktemp("scenario"), ACTIONS)) as sandbox:
        yield sandbox.base_url


@pytest.fixture(scope="module")
def action_ids(quick_sandbox: str) -> Iterator[str]:
    """Ids that no other test of the module uses."""
    with GenesysClient(sandbox_connection(quick_sandbox)) as client:
        return itertools.chain(sorted(action.id for action in client.list_actions()))


@pytest.fixture
def action_id(action_ids: Iterator[str]) -> str:
    return next(action_ids)


Arm = Callable[..., None]


@pytest.fixture
def arm(quick_sandbox: str) -> Iterator[Arm]:
    """`arm(*faults)`: sets the sandbox's faults; a test leaves none behind."""
    yield partial(sandbox_control.arm, quick_sandbox)
    sandbox_control.arm(quick_sandbox)


MakeAdmin = Callable[..., Admin]


@pytest.fixture
def make_admin(quick_sandbox: str, tmp_path: Path) -> Iterator[MakeAdmin]:
    """Admins by name, each with a client and a journal; the sandbox's switches are at their defaults.

    `platform`: what was learnt of it.
    """
    sandbox_control.switch(quick_sandbox, stale_form="409", patch_config="replace")
    with ExitStack() as stack:

        def make(name: str, platform: PlatformFacts = NOTHING_KNOWN.facts) -> Admin:
            transport = FaultyTransport()
            connection = replace(sandbox_connection(quick_sandbox), platform=platform)
            client = stack.enter_context(
                GenesysClient(connection, transport=transport, bucket=RateBucket(10**6))
            )
            organization = client.organization()
            identity = OrgIdentity(organization.id, organization.name, client.connection.host, sandbox=True)
            return Admin(client, transport, Journal(tmp_path / name / "journal.jsonl"), identity)

        yield make


@pytest.fixture
def admin(make_admin: MakeAdmin) -> Admin:
    return make_admin("admin")
