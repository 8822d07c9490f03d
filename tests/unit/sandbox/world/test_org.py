"""The rules of writing actions and drafts, as a state machine against a small model of them."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from diag.sandbox.reply_bodies import ErrorReply
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.actions.revision import Revision
from diag.sandbox.world.org import SandboxOrg
from diag.sandbox.world.scenario import IntegrationSpec, Scenario
from diag.sandbox.world.switches import Switches
from tests.support.examples import examples

TIMEOUTS = st.integers(1, 60)


def make_org(**switches: Any) -> SandboxOrg:
    spec = ActionSpec(name="A", integration="I", category="c", timeout_s=5)
    scenario = Scenario("one", "one action", (IntegrationSpec("I", "custom-rest-actions"),), (spec,))
    return SandboxOrg(scenario, lambda: Switches(**switches))


class OneAction(RuleBasedStateMachine):
    """Writers with right and with stale versions, a draft that comes and goes."""

    @initialize()
    def found(self) -> None:
        self.org = make_org()
        (entry,) = self.org.entries()
        self.id = entry.id
        self.published = 5
        self.draft: int | None = None
        self.versions: dict[bool, list[int]] = {False: [1], True: []}

    def write(self, timeout_s: int, version: int, *, draft: bool) -> Revision:
        request = {"requestUrlTemplate": "https://backend.example", "requestType": "GET"}
        body: dict[str, Any] = {
            "version": version,
            "config": {"timeoutSeconds": timeout_s, "request": request},
        }
        return self.org.update(self.id, body, draft=draft).revision(draft=draft)

    @rule(timeout_s=TIMEOUTS)
    def patch(self, timeout_s: int) -> None:
        revision = self.write(timeout_s, self.versions[False][-1], draft=False)
        self.published = timeout_s
        self.versions[False].append(revision.version)

    @rule(timeout_s=TIMEOUTS, back=st.integers(1, 3), draft=st.booleans())
    def patch_with_a_stale_version(self, timeout_s: int, back: int, draft: bool) -> None:
        known = max(self.versions[draft], default=1)
        with pytest.raises(ErrorReply) as caught:
            self.write(timeout_s, known - back, draft=draft)
        assert caught.value.status == (404 if draft and self.draft is None else 409)

    @rule()
    def somebody_else_saves(self) -> None:
        self.org.save_unchanged(self.id)
        self.versions[False].append(self.versions[False][-1] + 1)

    @rule()
    def open_draft(self) -> None:
        if self.draft is not None:
            with pytest.raises(ErrorReply) as caught:
                self.org.create_draft(self.id)
            assert caught.value.status == 409
        else:
            revision = self.org.create_draft(self.id).revision(draft=True)
            self.draft = self.published
            self.versions[True].append(revision.version)

    @precondition(lambda self: self.draft is not None)
    @rule(timeout_s=TIMEOUTS)
    def patch_draft(self, timeout_s: int) -> None:
        revision = self.write(timeout_s, self.versions[True][-1], draft=True)
        self.draft = timeout_s
        self.versions[True].append(revision.version)

    @precondition(lambda self: self.draft is not None)
    @rule()
    def publish(self) -> None:
        with pytest.raises(ErrorReply):
            self.org.publish(self.id, {"version": self.versions[True][-1] + 1})
        entry = self.org.publish(self.id, {"version": self.versions[True][-1]})
        assert self.draft is not None
        self.published, self.draft = self.draft, None
        self.versions[False].append(entry.revision().version)

    @precondition(lambda self: self.draft is not None)
    @rule()
    def drop_draft(self) -> None:
        self.org.delete_draft(self.id)
        self.draft = None

    @invariant()
    def nothing_is_lost_and_nothing_mixes(self) -> None:
        entry = self.org.entry(self.id)
        assert entry.revision().config.timeout_s == self.published
        assert (None if entry.draft is None else entry.draft.config.timeout_s) == self.draft

    @invariant()
    def versions_only_grow(self) -> None:
        for versions in self.versions.values():
            assert all(a < b for a, b in pairwise(versions))
        assert self.org.entry(self.id).revision().version == self.versions[False][-1]


TestOneAction = OneAction.TestCase
TestOneAction.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(("form", "status"), [("409", 409), ("400", 400)])
def test_both_forms_of_a_stale_version_say_the_same(form: str, status: int) -> None:
    org = make_org(stale_form=form)
    (entry,) = org.entries()
    with pytest.raises(ErrorReply) as caught:
        org.update(entry.id, {"version": 9})
    assert caught.value.status == status
    assert "does not match the current version 1" in caught.value.message


def test_a_stale_version_may_look_like_a_request_that_was_too_slow() -> None:
    org = make_org(stale_form="408")
    (entry,) = org.entries()
    with pytest.raises(ErrorReply) as caught:
        org.update(entry.id, {"version": 9})
    assert caught.value.status == 408


@pytest.mark.parametrize("semantics", ["replace", "merge"])
@pytest.mark.parametrize(
    ("clears", "left_out", "null"), [("omit", None, None), ("null", 7, None), ("neither", 7, 7)]
)
def test_what_makes_a_timeout_unset_again(
    semantics: str, clears: str, left_out: int | None, null: int | None
) -> None:
    org = make_org(patch_config=semantics, clear_timeout=clears)
    (entry,) = org.entries()

    def patched(version: int, **config: Any) -> int | None:
        body: dict[str, Any] = {"version": version, "config": {"request": {"requestType": "GET"}, **config}}
        return org.update(entry.id, body).revision().config.timeout_s

    assert patched(1, timeoutSeconds=7) == 7
    assert patched(2) == left_out
    assert patched(3, timeoutSeconds=7) == 7
    assert patched(4, timeoutSeconds=None) == null


@pytest.mark.parametrize("semantics", ["replace", "merge"])
def test_a_name_alone_leaves_the_config_alone(semantics: str) -> None:
    org = make_org(patch_config=semantics)
    (entry,) = org.entries()
    before = entry.revision().config
    after = org.update(entry.id, {"version": 1, "name": "B"}).revision()
    assert (after.name, after.config, after.version) == ("B", before, 2)


def test_a_draft_that_was_never_published_goes_without_a_trace() -> None:
    org = make_org()
    (integration,) = org.integrations
    body: dict[str, Any] = {"name": "N", "category": "c", "integrationId": integration}
    id_ = org.create(body, draft=True).id
    with pytest.raises(ErrorReply):
        org.create_draft(id_)
    org.delete_draft(id_)
    with pytest.raises(ErrorReply):
        org.entry(id_)


def test_a_draft_that_lost_its_request_is_not_published() -> None:
    org = make_org()
    (entry,) = org.entries()
    org.create_draft(entry.id)
    org.update(entry.id, {"version": 1, "config": {"timeoutSeconds": 60}}, draft=True)
    with pytest.raises(ErrorReply, match="requestUrlTemplate"):
        org.publish(entry.id, {"version": 2})
    assert entry.revision().config.timeout_s == 5
    assert entry.draft is not None


def test_ids_are_the_same_in_every_run() -> None:
    assert [e.id for e in make_org().entries()] == [e.id for e in make_org().entries()]
