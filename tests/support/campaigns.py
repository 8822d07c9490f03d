"""Campaigns for the tests, and a world in which one runs on a clock that jumps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from diag.campaign.campaign import Budget, Campaign, ScopedAction, allowed_s, windows_for
from diag.campaign.next_step import Make, Over, Wait, next_step
from diag.campaign.spread import Slot
from diag.campaign.standing import Sent, Standing, not_begun
from diag.choice.turns_file import Turn
from diag.workload.allowed_hours import ALWAYS, AllowedHours

BEGAN_AT = 1_795_300_000.0
HOUR_S = 3600.0
ORDINARY = Budget(calls_per_s=4.0, in_flight=10, token_per_minute=300, concurrent_executions=50)
FEWEST = 318


def action(name: str = "orders", **facts: object) -> ScopedAction:
    """An action with a timeout of 10 s of which production says nothing."""
    return replace(ScopedAction(name, name, 10), **facts)  # type: ignore[arg-type]


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
    windows = windows_for(chosen, allowed, FEWEST)
    return Campaign(BEGAN_AT, BEGAN_AT + span_s, windows, seed, budget, chosen, FEWEST, hours)


def before(of: Campaign) -> dict[str, Standing]:
    """Where every action stands before its first call."""
    return {one.action_id: not_begun(one.action_id, FEWEST, 0.8 if one.warm else 1.0) for one in of.actions}


@dataclass
class World:
    """Carries a campaign out: every call takes `call_s`, an action is done once it has the calls it wants."""

    campaign: Campaign
    call_s: float = 0.5
    sleeps: Callable[[int], float] = lambda step: 0.0
    """Seconds the machine sleeps after step number so many."""
    now: float = BEGAN_AT
    slot: Slot | None = None
    windows: list[tuple[float, tuple[Turn, ...]]] = field(default_factory=list)
    why: str | None = None
    standings: dict[str, Standing] = field(default_factory=dict)

    def run(self, steps: int = 100_000) -> "World":
        """Go on to the end, or for so many steps."""
        self.standings = self.standings or before(self.campaign)
        for step in range(steps):
            what = next_step(self.campaign, self.standings, len(self.windows), self.slot, self.now)
            match what:
                case Over():
                    self.why = what.why
                    return self
                case Wait(slot):
                    self.slot, self.now = slot, slot.due_at
                case Make(slot, chosen):
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
