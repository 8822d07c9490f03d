"""Waits end in their order and never early, with a timer of the kernel and without."""

import asyncio
import select
import time
from collections.abc import Iterator

import pytest

from analysis.machine.kernel_timer import KernelTimer, kernel_timer
from diag.sandbox import clock as clock_module
from diag.sandbox.clock import SystemClock
from diag.sandbox.exact_waits import ExactWaits

GAPS_S = (0.02, 0.004, 0.012, 0.0215, 0.004, 0.0055)
LEAD_S = 0.25
"""All begin to wait within it, on a busy machine, too."""


@pytest.fixture
def timer() -> Iterator[KernelTimer]:
    found = kernel_timer()
    if found is None:
        pytest.skip("this system has no such timer")
    yield found
    found.close()


def is_due(timer: KernelTimer) -> bool:
    return bool(select.select([timer.descriptor], [], [], 0.0)[0])


async def ended(clock: SystemClock) -> list[float]:
    """Wait for all at once; return the deadlines in the order in which they came."""
    order: list[float] = []
    began_s = clock.monotonic_s() + LEAD_S

    async def one(gap_s: float) -> None:
        await clock.sleep_until(began_s + gap_s)
        assert clock.monotonic_s() >= began_s + gap_s
        order.append(gap_s)

    await asyncio.gather(*map(one, GAPS_S))
    return order


@pytest.mark.parametrize("kernel_has_one", [True, False])
def test_waits_end_in_the_order_of_their_deadlines(
    kernel_has_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kernel_has_one:
        monkeypatch.setattr(clock_module, "exact_waits", lambda _: None)
    assert asyncio.run(ended(SystemClock())) == sorted(GAPS_S)


@pytest.mark.parametrize("kernel_has_one", [True, False])
def test_what_is_over_is_not_waited_for(kernel_has_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kernel_has_one:
        monkeypatch.setattr(clock_module, "exact_waits", lambda _: None)

    async def waits() -> bool:
        clock = SystemClock()
        over = asyncio.create_task(clock.sleep_until(clock.monotonic_s() - 1.0))
        await asyncio.sleep(0)
        return over.done()

    assert asyncio.run(waits())


def test_who_was_cancelled_keeps_nobody_else_from_its_end() -> None:
    async def wait() -> bool:
        clock, now_s = SystemClock(), time.perf_counter()
        first, second = (asyncio.create_task(clock.sleep_until(now_s + gap_s)) for gap_s in (0.1, 0.2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        return first.cancelled()

    assert asyncio.run(wait())


def test_who_was_cancelled_is_not_kept_until_due(timer: KernelTimer) -> None:
    async def kept() -> int:
        waits, now_s = ExactWaits(asyncio.get_running_loop(), timer), time.perf_counter()
        left = [asyncio.create_task(waits.until(now_s + 0.2)) for _ in range(3)]
        for _ in range(100):
            gone = [asyncio.create_task(waits.until(now_s + 60.0 + i)) for i in range(5)]
            await asyncio.sleep(0)
            for one in gone:
                one.cancel()
            await asyncio.wait(gone)
            assert all(one.cancelled() for one in gone)
        most = len(waits._waits)
        await asyncio.gather(*left)
        assert waits._cancelled == len(waits._waits)
        return most

    assert asyncio.run(kept()) <= 3 + 3 + 5


def test_who_is_cancelled_in_the_moment_it_ends_is_not_counted(timer: KernelTimer) -> None:
    async def counted() -> int:
        waits = ExactWaits(asyncio.get_running_loop(), timer)
        tasks = [asyncio.create_task(waits.until(time.perf_counter() + 3600.0)) for _ in range(4)]
        await asyncio.sleep(0)
        ends = asyncio.create_task(waits.until(time.perf_counter()))
        await asyncio.sleep(0)
        waits._end_those_due()
        ends.cancel()
        await asyncio.wait([ends])
        for one in tasks:
            one.cancel()
        await asyncio.wait(tasks)
        return waits._cancelled + len(waits._waits)

    assert asyncio.run(counted()) == 0


def test_another_event_loop_is_refused_instead_of_waited_for(timer: KernelTimer) -> None:
    clock = SystemClock()

    async def wait() -> None:
        await clock.sleep_until(clock.monotonic_s() + 0.01)

    asyncio.run(wait())
    with pytest.raises(RuntimeError, match="different loop"):
        asyncio.run(asyncio.wait_for(wait(), 10.0))


def test_nothing_is_left_to_wake_for_once_every_wait_has_ended(timer: KernelTimer) -> None:
    async def wait() -> None:
        waits, now_s = ExactWaits(asyncio.get_running_loop(), timer), time.perf_counter()
        await asyncio.gather(*(waits.until(now_s + gap_s) for gap_s in GAPS_S))

    asyncio.run(wait())
    assert not is_due(timer)


def test_a_timer_is_due_at_its_moment_until_it_is_told_another(timer: KernelTimer) -> None:
    timer.due_at(time.perf_counter() + 3600.0)
    assert not is_due(timer)
    timer.due_at(time.perf_counter() - 1.0)
    assert select.select([timer.descriptor], [], [], 10.0)[0]
    timer.never_due()
    assert not is_due(timer)
