"""A campaign that is killed with SIGKILL at fifty random moments: rows lost, rows twice, and the end result.

Killed is `diag tune`, its load, or both as by a power cut; the same command goes on, sometimes at once. A
lost row is a call the sandbox has answered that is in no window; its age is the time from the answer to the
next kill of a load. A load whose starter was killed ends at once and records what is in flight as slower than
it lasted: the sandbox answers such a call later, and its row stands, without an id. The end result is laid
beside that of a campaign that nobody disturbed.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from analysis.samples.read_samples import read_samples
from diag.campaign.folder import CampaignFolder
from diag.campaign.judged_together import judged_together, with_calls
from diag.sandbox.launch import SandboxProcess, start_sandbox
from tests.bench.load_processes import ROOT, environment

KILLS: Final = 50
BOUND_S: Final = 5.0
CUT_SHORT_S: Final = 0.25
"""Between the start of a call that we ended and its start as the sandbox saw it."""
CLOCK_S: Final = 0.05
"""Between the sandbox's record of a call and the moment a kill is noted."""
DISTURBED_S: Final = 480
QUIET_S: Final = 240
SEED: Final = 13
ACTION: Final = """
[[action]]
name = "{name}"
integration = "Backend"
category = "c"
timeout_s = 9
latency = {{ model = "lognormal", median_ms = {median_ms}, sigma = 0.1 }}
"""
LIMITS: Final = """
description = "Three quick actions"
[limits]
concurrent_executions = 10000
executions_per_minute = 10000000
token_requests_per_minute = 10000000
[[integration]]
name = "Backend"
type = "custom-rest-actions"
"""
SCENARIO: Final = LIMITS + "".join(
    ACTION.format(name=name, median_ms=median_ms) for name, median_ms in (("A", 50), ("B", 600), ("C", 1300))
)


@dataclass(slots=True)
class Disturbed:
    """What happened to a campaign on its way."""

    victims: Counter[str] = field(default_factory=Counter)
    killed_at: list[float] = field(default_factory=list)
    """When a load was: a load whose starter was killed ends by itself, and loses nothing."""
    failed: list[str] = field(default_factory=list)
    """Last lines of those that ended by themselves, and not well."""


def run() -> None:
    """Print what fifty kills left, beside what a campaign without any did."""
    with tempfile.TemporaryDirectory() as name:
        scenario = Path(name) / "org.toml"
        scenario.write_text(SCENARIO)
        with start_sandbox(scenario=str(scenario)) as sandbox:
            quiet = _carry_out(sandbox, Path(name) / "quiet", QUIET_S, kills=0)
            told = _result(Path(name) / "quiet")
        assert not quiet.failed, quiet.failed
        with start_sandbox(scenario=str(scenario)) as sandbox:
            began = time.time()
            disturbed = _carry_out(sandbox, Path(name) / "disturbed", DISTURBED_S, kills=KILLS)
            print("  " + _rows(sandbox, Path(name) / "disturbed", disturbed, began))
        found = _result(Path(name) / "disturbed")
        same = "the same" if found == told else f"ANOTHER: {found}, undisturbed {told}"
        failed = (
            f"FAILED {len(disturbed.failed)}: {disturbed.failed[:3]}" if disturbed.failed else "none failed"
        )
        killed = ", ".join(f"{victim} {times}" for victim, times in sorted(disturbed.victims.items()))
        print(f"  {disturbed.victims.total()} kills ({killed}); of those that went on {failed}")
        print(f"  the end result: {same}")


def _carry_out(sandbox: SandboxProcess, folder: Path, span_s: int, *, kills: int) -> Disturbed:
    """Carry a campaign out to its end, with so many kills on the way."""
    chance, seen = random.Random(SEED), Disturbed()
    while True:
        process = _start(sandbox, folder, span_s)
        to_kill = seen.victims.total() < kills
        try:
            _, said = process.communicate(timeout=chance.uniform(0.3, 9.0) if to_kill else span_s + 120)
        except subprocess.TimeoutExpired:
            victim = chance.choice(("tune", "load", "both"))
            _kill(process, victim, seen)
            if victim == "load":  # then it makes the next window by itself
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=chance.uniform(0.0, 3.0))
                _kill(process, "tune", seen)
            process.communicate()
            time.sleep(chance.choice((0.0, 0.0, chance.uniform(0.0, 2.0))))
            continue
        if process.returncode:
            seen.failed.append(said.strip().splitlines()[-1] if said.strip() else str(process.returncode))
        if process.returncode == 0 or len(seen.failed) > kills:
            return seen


def _start(sandbox: SandboxProcess, folder: Path, span_s: int) -> "subprocess.Popen[str]":
    line = ["tune", "--folder", str(folder), "--over", f"{span_s}s"]
    home = folder.with_name("home")
    home.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench._tune_in_minutes", *line],
        cwd=home,
        env={**environment(sandbox.base_url), "HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _kill(process: "subprocess.Popen[str]", victim: str, seen: Disturbed) -> None:
    """Kill one or both, and note when; a load that is not there yet is no victim."""
    load = _children(process.pid)
    pids = {"tune": [process.pid], "load": load, "both": [process.pid, *load]}[victim]
    if process.poll() is not None or not pids:
        return
    if victim != "tune" and load:
        seen.killed_at.append(time.time())
    seen.victims[victim] += 1
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _result(folder: Path) -> Mapping[str, tuple[str, int | None]]:
    campaign = CampaignFolder(folder)
    saved = campaign.saved()
    assert saved is not None
    evidence = judged_together(campaign.windows(), saved.question.settings)
    assert evidence is not None
    return {
        row.action_name: (str(row.verdict), row.recommended_timeout_s) for row in evidence.analysis.actions
    }


def _rows(sandbox: SandboxProcess, folder: Path, disturbed: Disturbed, began: float) -> str:
    windows = with_calls(CampaignFolder(folder).windows())
    table = read_samples([window.path for window in windows], detail=True).table
    rows = [str(one) for one in table["correlation_id"].dropna()]
    page = httpx.get(f"{sandbox.base_url}/sandbox/truth/calls", params={"limit": 50_000}, trust_env=False)
    answered = {call["correlation_id"]: call for call in page.json()["calls"] if call["outcome"] == "ok"}
    calls = {
        one: (call["started_at"], call["started_at"] + call["served_ms"] / 1e3)
        for one, call in answered.items()
    }
    cut_short = table.loc[table["outcome"] == "client_timeout", ["action_id", "started_at"]]
    ours = [(str(action), float(at)) for action, at in cut_short.itertuples(index=False)]
    without = {one: (str(answered[one]["action_id"]), calls[one][0]) for one in calls.keys() - set(rows)}
    missing = without.keys() - _recorded_without_id(without, ours)
    lost = [_age(*calls[one], disturbed.killed_at) for one in missing]
    old = [age for age in lost if age > 0]
    oldest = f"{max(old) * 1e3:.0f} ms before it" if old else "none before it"
    verdict = f"  ABOVE {BOUND_S:g} s" if max(old, default=0.0) > BOUND_S else ""
    return (
        f"{len(windows)} windows in {time.time() - began:.0f} s: answered {len(calls)}, rows {len(rows)} and "
        f"{len(without) - len(missing)} that were ended early, "
        f"lost {len(lost)} ({len(lost) - len(old)} in flight at the kill; answered {oldest}){verdict}, "
        f"twice {len(rows) - len(set(rows))}"
    )


def _recorded_without_id(
    answered: Mapping[str, tuple[str, float]], rows: Sequence[tuple[str, float]]
) -> set[str]:
    """Return those of these calls (action, start) that have a row of their own among `rows`; each is used
    once."""
    left, found = sorted(rows, key=lambda row: row[1]), set()
    for one, (action, at) in sorted(answered.items(), key=lambda call: call[1][1]):
        near = [row for row in left if row[0] == action and abs(row[1] - at) <= CUT_SHORT_S]
        if near:
            left.remove(min(near, key=lambda row: abs(row[1] - at)))
            found.add(one)
    return found


def _age(started_at: float, answered_at: float, killed_at: Sequence[float]) -> float:
    """Seconds from the answer to the next kill of a load; 0 for a call that one met in flight."""
    if any(started_at - CLOCK_S <= at <= answered_at + CLOCK_S for at in killed_at):
        return 0.0
    return min((at - answered_at for at in killed_at if at > answered_at), default=float("inf"))
