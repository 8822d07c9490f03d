"""What the sandbox's audits find in an interval."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest

from diag.sandbox.audits.audit_trail import AuditRecord, AuditTrail
from diag.sandbox.world.switches import AuditSwitches

NOON: Final = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
SWITCHES: Final = AuditSwitches()


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock in a zone in which no hour of the test is the same."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize("offset", ["", "Z", "+00:00"])
def test_an_interval_without_an_offset_is_one_in_utc_wherever_the_sandbox_runs(offset: str) -> None:
    trail = AuditTrail()
    trail.record(AuditRecord(NOON, "Update", "a", "Get Orders", 10, 5, None))
    interval = f"2026-01-31T11:59:00{offset}/2026-01-31T12:01:00{offset}"

    (message,) = trail.found({"serviceName": SWITCHES.service, "interval": interval}, SWITCHES)
    assert message["eventDate"] == "2026-01-31T12:00:00.000Z"


def test_the_timeout_of_a_moment_is_that_of_the_last_change_before_it() -> None:
    trail = AuditTrail()
    trail.record(AuditRecord(NOON, "Update", "a", "Get Orders", 10, 5, None))
    trail.record(AuditRecord(NOON + 60.0, "Update", "b", "Other", 10, 1, None))
    trail.record(AuditRecord(NOON + 120.0, "Update", "a", "Get Orders", 5, None, None))

    in_force = trail.timeout_of("a", 10)
    assert [in_force(NOON + after) for after in (-1.0, 0.0, 119.0, 120.0)] == [10, 5, 5, None]
