"""How fast and how precise the sandbox itself is. `python -m tests.bench` prints it."""

import asyncio
import json
import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from diag.sandbox.clock import SystemClock
from diag.sandbox.launch import SandboxProcess, start_sandbox

_SCENARIO = """
description = "For measuring the sandbox itself"
[limits]
concurrent_executions = 100000
executions_per_minute = 100000000
token_requests_per_minute = 100000000
[[integration]]
name = "Backend"
[[action]]
name = "Fast"
integration = "Backend"
category = "Bench"
latency = { model = "fixed", at_ms = 0 }
[[action]]
name = "Usual"
integration = "Backend"
category = "Bench"
latency = { model = "lognormal", median_ms = 150, sigma = 0.5 }
[[action]]
name = "Ten seconds"
integration = "Backend"
category = "Bench"
latency = { model = "fixed", at_ms = 10000 }
"""


class _Caller(asyncio.Protocol):
    """One keep-alive connection sending the same request again and again, without an HTTP library's cost."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._buffer = b""
        self._reply: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]):
            assert self._reply is not None
            self._reply.set_result(self._buffer)
            self._buffer = b""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(ConnectionError("closed"))

    async def call(self) -> bytes:
        assert self._transport is not None
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(self._request)
        return await self._reply


def _request(sandbox: SandboxProcess, token: str, action_id: str) -> bytes:
    return (
        f"POST /api/v2/integrations/actions/{action_id}/test HTTP/1.1\r\nHost: {sandbox.base_url[7:]}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    ).encode()


async def _connect(sandbox: SandboxProcess, request: bytes) -> _Caller:
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    _, caller = await asyncio.get_running_loop().create_connection(lambda: _Caller(request), host, int(port))
    return caller


async def _as_fast_as_possible(
    sandbox: SandboxProcess, request: bytes, connections: int, span_s: float
) -> float:
    callers = [await _connect(sandbox, request) for _ in range(connections)]
    stop_s, calls = time.perf_counter() + span_s, 0

    async def loop(caller: _Caller) -> None:
        nonlocal calls
        while time.perf_counter() < stop_s:
            await caller.call()
            calls += 1

    started_s = time.perf_counter()
    await asyncio.gather(*map(loop, callers))
    return calls / (time.perf_counter() - started_s)


async def _at_a_rate(sandbox: SandboxProcess, request: bytes, rate: float, span_s: float) -> list[bytes]:
    """Open model: a call every 1/rate seconds on whichever connection is idle."""
    idle: list[_Caller] = []
    calls: list[asyncio.Task[bytes]] = []

    async def one() -> bytes:
        caller = idle.pop() if idle else await _connect(sandbox, request)
        reply = await caller.call()
        idle.append(caller)
        return reply

    started_s = time.perf_counter()
    for i in range(int(rate * span_s)):
        await asyncio.sleep(max(started_s + i / rate - time.perf_counter(), 0.0))
        calls.append(asyncio.create_task(one()))
    return await asyncio.gather(*calls)


async def _beside_bare_sleeps(
    sandbox: SandboxProcess, request: bytes, rate: float, span_s: float
) -> list[float]:
    """Calls at a rate and, at the same time, sleeps without any sandbox: how late those are, ms."""
    late_ms: list[float] = []
    clock = SystemClock()

    async def sleeps() -> None:
        end_s = time.perf_counter() + span_s
        while (deadline_s := time.perf_counter() + 0.05) < end_s:
            await clock.sleep_until(deadline_s)
            late_ms.append((time.perf_counter() - deadline_s) * 1e3)

    await asyncio.gather(_at_a_rate(sandbox, request, rate, span_s), *(sleeps() for _ in range(10)))
    return late_ms


def _client(sandbox: SandboxProcess) -> httpx.Client:
    login = httpx.post(
        f"{sandbox.base_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox", "sandbox"),
        trust_env=False,
    )
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    return httpx.Client(base_url=sandbox.base_url, headers=headers, trust_env=False, timeout=60)


def _p(values: list[float], level: float) -> float:
    return sorted(values)[math.ceil(level * len(values)) - 1]


def _direct_request(sandbox: SandboxProcess, client: httpx.Client, action_id: str) -> bytes:
    action = client.get(f"/api/v2/integrations/actions/{action_id}?includeConfig=true").json()
    path = action["config"]["request"]["requestUrlTemplate"].removeprefix(sandbox.base_url)
    return f"GET {path} HTTP/1.1\r\nHost: {sandbox.base_url[7:]}\r\n\r\n".encode()


def _overheads_ms(client: httpx.Client, action_id: str, via: str = "test") -> list[float]:
    calls: list[dict[str, Any]] = []
    after = 0
    while len(page := client.get(f"/sandbox/truth/calls?after={after}").json()["calls"]):
        calls += page
        after += len(page)
    of_it = (call for call in calls if (call["action_id"], call["via"]) == (action_id, via))
    return [call["served_ms"] - call["drawn_ms"] for call in of_it]


def _cpu_s(pid: int) -> float | None:
    """CPU seconds a process has used (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / 100.0


def run() -> None:
    """Prints the figures beside what was asked for; a busy machine shows in the first line."""
    if hasattr(os, "getloadavg"):
        print(f"load average before        {os.getloadavg()[0]:8.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "bench.toml"
        scenario.write_text(_SCENARIO)
        started_s = time.perf_counter()
        with start_sandbox(scenario=str(scenario)) as sandbox:
            print(
                f"start to ready line        {(time.perf_counter() - started_s) * 1e3:8.0f} ms      (< 1000)"
            )
            with _client(sandbox) as client:
                token = client.headers["Authorization"].removeprefix("Bearer ")
                truth = client.get("/sandbox/truth").json()["actions"]
                ids = {action["name"]: id_ for id_, action in truth.items()}
                requests = {name: _request(sandbox, token, id_) for name, id_ in ids.items()}
                bare = asyncio.run(_beside_bare_sleeps(sandbox, requests["Usual"], 200.0, 15.0))
                over = _overheads_ms(client, ids["Usual"])
                print(
                    f"own time at 200 calls/s    p50 {_p(over, 0.5):5.2f}  p99 {_p(over, 0.99):5.2f}  "
                    f"max {max(over):5.2f} ms (p99 <= 2)"
                )
                print(
                    f"  bare sleeps beside it    p50 {_p(bare, 0.5):5.2f}  p99 {_p(bare, 0.99):5.2f}  "
                    f"max {max(bare):5.2f} ms (what this machine does to anybody)"
                )
                direct = _direct_request(sandbox, client, ids["Usual"])
                asyncio.run(_at_a_rate(sandbox, direct, 200.0, 15.0))
                over = _overheads_ms(client, ids["Usual"], "direct")
                print(
                    f"  of its backends          p50 {_p(over, 0.5):5.2f}  p99 {_p(over, 0.99):5.2f}  "
                    f"max {max(over):5.2f} ms, called directly"
                )
                before_s = _cpu_s(sandbox.pid)
                rate = asyncio.run(_as_fast_as_possible(sandbox, requests["Fast"], 32, 5.0))
                after_s = _cpu_s(sandbox.pid)
                print(f"fast calls                 {rate:8.0f} calls/s (>= 3000)")
                if before_s is not None and after_s is not None:
                    print(f"fast calls per CPU second  {rate * 5.0 / (after_s - before_s):8.0f}")
                replies = asyncio.run(_at_a_rate(sandbox, requests["Ten seconds"], 800.0, 2.5))
                good = sum(json.loads(reply.partition(b"\r\n\r\n")[2])["success"] for reply in replies)
                over = _overheads_ms(client, ids["Ten seconds"])
                print(
                    f"2,000 in flight for 10 s   {good} of {len(replies)} answered, "
                    f"p99 late by {_p(over, 0.99):.2f} ms (2000 of 2000)"
                )
    _listing()


def _listing() -> None:
    started_s = time.perf_counter()
    with start_sandbox(scenario="ten-thousand-actions") as sandbox, _client(sandbox) as client:
        print(f"start with 10,000 actions  {(time.perf_counter() - started_s) * 1e3:8.0f} ms      (< 1000)")
        started_s = time.perf_counter()
        uri, seen = "/api/v2/integrations/actions?pageSize=100&includeConfig=true", 0
        while uri:
            page = client.get(uri).json()
            seen, uri = seen + len(page["entities"]), page.get("nextUri", "")
        print(f"{seen} actions in 100 pages {time.perf_counter() - started_s:6.2f} s        (< 3)")


if __name__ == "__main__":
    run()
