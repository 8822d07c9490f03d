"""A reading from before our own write proves nothing: neither that it arrived nor that it was put back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.genesys.api_errors import NetworkError
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from tests.support.changes.fake_org import ID, FakeOrg, change_for, full_config, raising

Apply = Callable[..., list[ChangeResult]]


@dataclass
class LaggingOrg(FakeOrg):
    """After its n-th write a replica answers reads with `shows`, as long as `lags`."""

    shows: FullConfig | None = None
    from_write: int = 1
    lags: bool = True

    def read_config(self, action_id: str, /) -> FullConfig:
        present = super().read_config(action_id)
        late = self.lags and len(self.patches) >= self.from_write
        return self.shows if late and self.shows is not None else present


def at_version(full: FullConfig, version: int) -> FullConfig:
    return replace(full, action=replace(full.action, version=version))


def drop_template(org: FakeOrg, action_id: str) -> None:
    org.actions[action_id] = replace(org.actions[action_id], request_template=None)


@pytest.mark.parametrize("reply_is_lost", [False, True])
def test_the_timeout_of_an_older_version_is_not_our_write(
    apply: Apply, journal: Journal, reply_is_lost: bool
) -> None:
    """20 s was set over 10 s, and a plan sets 10 s again: a replica still shows the first 10 s."""
    older = at_version(full_config(timeout_s=10), 6)
    org = LaggingOrg({ID: full_config(timeout_s=20)}, shows=older)
    if reply_is_lost:
        org.after_patch = [raising(NetworkError("no reply", sent=True))]
    change = change_for(full_config(timeout_s=20), 10)

    (first,) = apply(org, change)
    assert first.outcome is ChangeOutcome.FAILED
    assert "from before our write" in first.reason
    assert unfinished(journal.read()) != []

    org.lags = False
    (second,) = apply(org, change)
    assert (second.outcome, second.version_after) == (ChangeOutcome.APPLIED, 8)
    assert org.patches == [(ID, 10)]


@pytest.mark.parametrize("behind", [0, 1])
def test_a_restore_is_seen_in_a_later_version_or_left_open(
    apply: Apply, journal: Journal, behind: int
) -> None:
    org = LaggingOrg({ID: full_config()}, shows=at_version(full_config(), 7 + behind), from_write=2)
    org.after_patch = [drop_template]
    change = change_for(full_config(), 10)

    (first,) = apply(org, change)
    assert first.outcome is ChangeOutcome.FAILED
    assert "whether it is put back cannot be seen" in first.reason
    assert unfinished(journal.read()) != []

    org.lags = False
    (second,) = apply(org, change)
    assert second.outcome is ChangeOutcome.RESTORED
    assert org.timeout_of(ID) == 5


class WrongVersionOrg(FakeOrg):
    """Its first PATCH is answered with a version far ahead, and stores nothing."""

    def patch_timeout(self, full: FullConfig, timeout_s: int | None, /) -> Action:
        if "patch" in self.calls:
            return super().patch_timeout(full, timeout_s)
        self.calls.append("patch")
        return replace(full.action, version=999)


def test_a_write_that_never_arrived_does_not_stay_open_for_ever(apply: Apply, journal: Journal) -> None:
    org = WrongVersionOrg({ID: full_config()})
    change = change_for(full_config(), 10)

    (first,) = apply(org, change)
    (second,) = apply(org, change)

    assert (first.outcome, second.outcome) == (ChangeOutcome.FAILED, ChangeOutcome.APPLIED)
    assert org.patches == [(ID, 10)]
    assert unfinished(journal.read()) == []
