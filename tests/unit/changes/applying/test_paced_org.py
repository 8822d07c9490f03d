"""A hundred changes in one go under 300 calls a minute, on a clock that only moves when someone waits."""

from pathlib import Path

import pytest

from diag.changes.applying.apply import apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.applying.org import ActionInput, Org
from diag.changes.applying.paced_org import PacedOrg
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.plan import Plan
from diag.clocks.wall_clock import WallClock
from diag.genesys.actions import TestReply
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.http.pacing import RateBucket
from diag.genesys.replies.json_reply import JsonObject
from tests.support.changes.fake_org import IDENTITY, FakeOrg, change_for, full_config

CALLS_PER_READ = 3  # the action and its two templates


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class CountingOrg:
    """Takes from the bucket as the client does, and notes when each call went out."""

    def __init__(self, org: FakeOrg, bucket: RateBucket, clock: Clock) -> None:
        self._org, self._bucket, self._clock = org, bucket, clock
        self.sent_at: list[float] = []

    def _call(self, paced: bool = True) -> None:
        if paced:
            self._bucket.take()
        self.sent_at.append(self._clock.now)

    def read_config(self, action_id: str, /) -> FullConfig:
        for _ in range(CALLS_PER_READ):
            self._call()
        return self._org.read_config(action_id)

    def patch_timeout(self, full: FullConfig, timeout_s: int | None, /) -> Action:
        self._call()
        return self._org.patch_timeout(full, timeout_s)

    def test_action(
        self, action_id: str, payload: JsonObject, /, *, wait_s: float, timeout_s: int | None
    ) -> TestReply:
        self._call(paced=False)  # as in the client: PacedOrg has to do it
        return self._org.test_action(action_id, payload, wait_s=wait_s, timeout_s=timeout_s)


@pytest.mark.slow
def test_many_changes_never_exceed_the_limit_and_none_is_forgotten(tmp_path: Path) -> None:
    fulls = [full_config(f"custom_-_{number}") for number in range(100)]
    fake, clock = FakeOrg.with_actions(*fulls), Clock()
    bucket = RateBucket(300, clock=clock.read, sleep=clock.sleep)
    counting = CountingOrg(fake, bucket, clock)
    org: Org = PacedOrg(counting, bucket.take)
    plan = Plan(0.0, IDENTITY, tuple(change_for(full, 10) for full in fulls))

    results = apply_plan(
        plan,
        org,
        Journal(tmp_path / "journal.jsonl"),
        Operator(IDENTITY, Author("a", "apply")),
        options=ApplyOptions(payload_for=lambda action: ActionInput({})),
        clock=WallClock(clock.read, clock.sleep),
    )

    assert {result.outcome for result in results} == {ChangeOutcome.APPLIED}
    assert len(fake.patches) == len(set(fake.patches)) == 100
    sent = counting.sent_at
    assert len(sent) == 100 * (2 * CALLS_PER_READ + 1 + 2)
    for first in range(0, len(sent) - 300, 50):
        assert sent[first + 300] - sent[first] >= 60.0 - 1e-6
    assert clock.now == (len(sent) / 300 - 1) * 60.0  # no slower than the limit allows
