"""Campaigns for the tests, and a world in which one runs on a clock that jumps."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.format.action_facts import ActionFacts
from analysis.format.call_record import (
    EVENTS_SUFFIX,
    NAMES_SUFFIX,
    OUTCOME_CODES,
    SEGMENT_SUFFIX,
    TARGET_CODES,
    CallRecord,
    pack,
)
from analysis.format.manifest import Manifest, Status, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, Outcome
from analysis.recommend_settings import RecommendSettings
from analysis.stopping.when_settled import planned_calls
from diag.campaign.campaign import Budget, Campaign, ScopedAction, allowed_s, windows_for
from diag.campaign.next_step import Make, Over, Wait, next_step
from diag.campaign.standing import Sent, Standing, not_begun
from diag.campaign.when_next_window import FEWEST_GAPS, Slot, seen_from
from diag.campaign.window_loop import MadeWindow
from diag.choice.turns_file import TURNS_FILE, Turn, WindowOrder, write_order
from diag.hours.allowed_hours import ALWAYS, AllowedHours

BEGAN_AT = 1_795_300_000.0
HOUR_S = 3600.0
ORDINARY = Budget(calls_per_s=4.0, in_flight=10, token_per_minute=300, concurrent_executions=50)
FEWEST = planned_calls(RecommendSettings())


def action(name: str = "orders", **facts: Any) -> ScopedAction:
    """An action with a timeout of 10 s of which production says nothing."""
    return replace(ScopedAction(name, name, 10), **facts)


def campaign(
    *actions: ScopedAction,
    span_s: float = 24 * HOUR_S,
    hours: AllowedHours = ALWAYS,
    seed: int = 1,
    budget: Budget = ORDINARY,
) -> Campaign:
    """A campaign that began at BEGAN_AT."""
    chosen = actions or (action(),)
    allowed = allowed_s(hours.stretches(BEGAN_AT, BEGAN_AT + span_s))
    windows = windows_for(chosen, allowed, FEWEST, budget)
    return Campaign(BEGAN_AT, BEGAN_AT + span_s, windows, seed, budget, chosen, FEWEST, hours)


def before(of: Campaign) -> dict[str, Standing]:
    """Where every action stands before its first call."""
    return {one.action_id: not_begun(one, FEWEST, seen_from(of)) for one in of.actions}


@dataclass
class World:
    """Carries a campaign out: every call takes `call_s`, an action is done once it has the calls it wants."""

    campaign: Campaign
    call_s: float = 0.5
    sleeps: Callable[[int], float] = lambda step: 0.0
    """Seconds the machine sleeps after step number so many."""
    visits_apart_s: float | None = None
    """How far apart something else begins windows; known once some are made."""
    now: float = BEGAN_AT
    slot: Slot | None = None
    windows: list[tuple[float, tuple[Turn, ...]]] = field(default_factory=list)
    why: str | None = None
    standings: dict[str, Standing] = field(default_factory=dict)

    def run(self, steps: int = 100_000) -> "World":
        """Go on to the end, or for so many steps."""
        self.standings = self.standings or before(self.campaign)
        for step in range(steps):
            apart_s = self.visits_apart_s if len(self.windows) > FEWEST_GAPS else None
            what = next_step(self.campaign, self.standings, len(self.windows), self.slot, self.now, apart_s)
            match what:
                case Over():
                    self.why = what.why
                    return self
                case Wait(slot):
                    self.slot, self.now = slot, slot.due_at
                case Make(slot, chosen, _):
                    self.slot = slot
                    self.windows.append((self.now, chosen))
                    self._answer(chosen)
            self.now += self.sleeps(step)
        return self

    def _answer(self, chosen: tuple[Turn, ...]) -> None:
        ends = max(turn.takes_s for turn in chosen)
        for turn in chosen:
            one = self.standings[turn.action_id]
            calls = one.sent.calls + turn.calls
            first = one.sent.first_s or self.call_s
            done = "settled" if calls >= one.wanted else None
            self.standings[turn.action_id] = replace(
                one, sent=Sent(calls, self.now + turn.takes_s, first), done=done
            )
        self.now += ends

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls sent, by action id."""
        return {action_id: one.sent.calls for action_id, one in self.standings.items()}


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing else of it runs."""


def write_window(
    folder: RunFolder,
    turns: Sequence[Turn],
    at: float,
    *,
    latency_ms: Callable[[int], float] = lambda number: 300.0 + number % 7,
    status: Status = "complete",
    part: float = 1.0,
    timeout_s: int = 10,
    place: tuple[str, str | None] = ("h", None),
    oldest: Mapping[str, float] | None = None,
) -> int:
    """Write what a load leaves of a window that began at `at`, or of a part of it; return its calls.

    `oldest`: of each action, when the oldest call began that was in flight as the last line was written.
    """
    facts = tuple(
        ActionFacts(turn.action_id, turn.action_id, current_timeout_s=timeout_s, timeout_is_set=True)
        for turn in turns
    )
    told = {turn.action_id: {"warmup_s": 0} for turn in turns if turn.every_call_counts}
    write_manifest(
        folder,
        Manifest(
            *(folder.path.name, at, status, True, place[0], "open", facts),
            org_id=place[1],
            recommend=told,
            grade="OK",
        ),
    )
    folder.segments.mkdir(parents=True, exist_ok=True)
    path = folder.segments / f"w-0{SEGMENT_SUFFIX}"
    lines, rows, number = [], [], 0
    for code, turn in enumerate(turns, start=1):
        lines.append(
            json.dumps({"kind": "action", "code": code, "text": turn.action_id, "name": turn.action_id})
        )
        for call in range(turn.calls):
            started, number = at + code / 1e3 + call / turn.rate, number + 1  # no two at the same moment
            rows.append(_row(number, code, started, turn.rate, latency_ms(number), timeout_s))
    path.with_suffix(NAMES_SUFFIX).write_text("\n".join(lines) + "\n")
    rows = rows[: round(part * len(rows))]
    path.write_bytes(b"".join(rows))
    ended = {
        "kind": "second",
        "at": at + sum(turn.takes_s for turn in turns),
        "oldest": oldest or {},
        "actions": {turns[0].action_id: [len(rows), 0, 0, 0, 0]} if turns else {},
    }
    path.with_suffix(EVENTS_SUFFIX).write_text(json.dumps(ended) + "\n")
    return len(rows)


def _row(seq: int, code: int, at: float, rate: float, latency_ms: float, timeout_s: int) -> bytes:
    return pack(
        CallRecord(
            seq=seq,
            action=code,
            scheduled_at=at,
            started_at=at,
            latency_ms=latency_ms,
            offered_rate=rate,
            rtt_ms=float("nan"),
            correlation_id=b"\0" * 16,
            payload=0,
            error_code=0,
            http_status=200,
            in_flight=1,
            outcome=OUTCOME_CODES[Outcome.OK],
            timeout_s=timeout_s,
            attempt=1,
            target=TARGET_CODES[ActionVersion.PUBLISHED],
            flags=0,
        )
    )


@dataclass
class FakeOutside:
    """Makes windows on a clock that jumps; `dies` names where in which window the process is killed."""

    time: float = BEGAN_AT
    dies: tuple[str, int] | None = None
    most: int = 10**6
    """Windows after which it stops by itself."""
    timeout_s: int = 10
    place: tuple[str, str | None] = ("h", None)
    """Host and id of the org."""
    network: Callable[[int], bool] = lambda window: True
    made: list[int] = field(default_factory=list)
    """Calls of each window."""
    tried: int = 0
    lost: dict[str, str] = field(default_factory=dict)
    """Actions that cannot be called, by id, with why."""
    back_at: float = float("inf")
    """When those that are lost can be called again."""
    asked: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    """When it was asked whether which actions are still gone."""
    answers: bool = True
    """Whether the org answers that."""

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += min(seconds, 30.0)

    def rest(self) -> None:
        self.time += 1.0

    def find_gone(self, action_ids: Sequence[str]) -> Mapping[str, str] | None:
        self.asked.append((self.time, tuple(action_ids)))
        return self._gone(action_ids) if self.answers else None

    def _gone(self, action_ids: Sequence[str]) -> dict[str, str]:
        if self.time >= self.back_at:
            return {}
        return {each: self.lost[each] for each in action_ids if each in self.lost}

    def make(self, folder: RunFolder, order: WindowOrder, window_s: float) -> MadeWindow:
        self.tried += 1
        if not self.network(self.tried):
            return MadeWindow("not begun", refused="No network.")
        lost = self._gone([turn.action_id for turn in order.turns])
        turns = [turn for turn in order.turns if turn.action_id not in lost]
        if not turns:
            return MadeWindow("not begun", lost)
        where, window = self.dies or ("", 0)
        dies = window == len(self.made) + 1
        if dies and where == "before":
            raise Killed
        folder.path.mkdir(parents=True, exist_ok=True)
        write_order(folder.path / TURNS_FILE, order)
        if dies and where == "folder":
            raise Killed
        part = {"manifest": 0.0, "half": 0.5, "rows": 1.0}.get(where) if dies else None
        calls = write_window(
            folder,
            turns,
            self.time,
            status="complete" if part is None else "running",
            part=1.0 if part is None else part,
            timeout_s=self.timeout_s,
            place=self.place,
        )
        self.made.append(calls)
        self.time += max(turn.takes_s for turn in turns)
        if dies:
            raise Killed
        return MadeWindow("made" if len(self.made) < self.most else "interrupted", lost)
