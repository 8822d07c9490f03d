"""A locustfile: FastHttpUser and nothing else, as the yardstick. Prints its own figures at the end.

DIAG_BENCH_RATE=<calls/s per user> paces it by constant_throughput as Locust ships it; DIAG_BENCH_OUT=<file>
writes every response time in ms, which costs a listener and is left out where CPU is measured.
"""

import os
import sys
import time
from array import array
from typing import Any

from locust import FastHttpUser, constant, constant_throughput, events, task

_marks: dict[str, float] = {}
_rate = os.environ.get("DIAG_BENCH_RATE", "")
_out = os.environ.get("DIAG_BENCH_OUT", "")
_times = array("d")


class Bare(FastHttpUser):
    """Posts as fast as replies come, or as constant_throughput lets it."""

    wait_time = constant_throughput(float(_rate)) if _rate else constant(0)
    network_timeout = 70.0

    @task
    def post(self) -> None:
        """One call."""
        self.client.post(
            "/api/v2/integrations/actions/bench-1/test",
            data="{}",
            headers={"Authorization": "Bearer bench", "Content-Type": "application/json"},
            name="post",
        )


@events.spawning_complete.add_listener  # type: ignore[untyped-decorator]
def _started(**_: Any) -> None:
    _marks["cpu"], _marks["wall"] = time.process_time(), time.perf_counter()


if _out:

    @events.request.add_listener  # type: ignore[untyped-decorator]
    def _note(response_time: float, **_: Any) -> None:
        _times.append(response_time)


@events.test_stopping.add_listener  # type: ignore[untyped-decorator]
def _stopping(environment: Any, **_: Any) -> None:
    cpu, wall = time.process_time() - _marks["cpu"], time.perf_counter() - _marks["wall"]
    calls = environment.stats.total.num_requests
    sys.stderr.write(f"BENCH calls={calls} cpu_s={cpu:.4f} wall_s={wall:.4f}\n")
    if _out:
        with open(_out, "wb") as file:
            _times.tofile(file)
