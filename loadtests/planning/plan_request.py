"""What a plan is made from, as it was asked for: options, workload, the org's actions, a window's turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diag.choice.turns_file import Turn, WindowOrder
from diag.errors import UsageError
from diag.genesys.data_action import Action
from diag.target import Target
from diag.workload.read_workload import what_may_be_called
from diag.workload.tables.direct_settings import DirectSettings
from diag.workload.workload import Workload
from loadtests.planning.direct.options_over_workload import direct_settings


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What every step of planning reads, and none changes."""

    options: Any
    """Locust's parsed options, with those of `run_options`."""
    workload: Workload
    inventory: Sequence[Action]
    as_org: bool
    """What guards an org guards it: consent, limits, guard."""
    order: WindowOrder | None = None
    """What a window of a campaign does; None: it is not one."""
    sandbox_base: str | None = None
    """Address of the sandbox that is called, where it does not count as an org."""

    @property
    def direct(self) -> DirectSettings:
        """Return what holds for direct calls. Raises UsageError for an option that is not as it must be."""
        return direct_settings(self.options, self.workload.direct)

    @property
    def seed(self) -> int:
        """Return the seed of schedules and generated inputs."""
        seed: int | None = self.options.seed
        return self.workload.seed if seed is None else seed

    @property
    def turns(self) -> Mapping[str, Turn]:
        """Return the turns by action id, in the order in which they are taken; none outside a campaign."""
        return {} if self.order is None else {turn.action_id: turn for turn in self.order.turns}

    @property
    def shares_a_rate(self) -> bool:
        """Return whether actions share a rate: the workload's, or what the org's limits leave."""
        if self.turns:
            return False
        return self.options.rate is None and (self.workload.rate is not None or self.as_org)

    @property
    def wanted(self) -> Sequence[str]:
        """Return the actions asked for, beside the workload; those that no longer exist take no turn."""
        turns = self.turns
        if not turns:
            wanted: Sequence[str] = self.options.action
            return wanted
        return [action.id for action in self.inventory if action.id in turns]


def refuse_counts_below_one(options: Any) -> None:
    """Raise UsageError for a number of calls, or of those in flight, that is below 1."""
    for flag, given in (
        ("--max-in-flight", options.max_in_flight),
        ("--calls-per-action", options.calls_per_action),
    ):
        if given is not None and given < 1:
            raise UsageError(f"{flag} is {given}.", hint="Use a whole number from 1.")


def workload_of(options: Any, target: Target) -> Workload:
    """Return the workload of `--workload`; without one everything. Raises UsageError for none on an org.

    `--direct` makes every entry a direct one, `--both` gives every action one of each. Where all are direct,
    there is no limit of Genesys Cloud to exceed.
    """
    file = None if options.workload is None else Path(options.workload)
    workload = what_may_be_called(file, as_org=target.counts_as_org)
    if workload is None:
        raise UsageError(
            f"No workload file, and {target.connection.host} counts as an org: "
            "calls run real requests, so what to call must be written down.",
            hint="diag init writes a workload file from your org; then: diag measure, or "
            "locust -f loadtests/actions.py --workload workload.toml",
        )
    if options.direct:
        workload = workload.called_directly()
    elif options.both:
        workload = workload.called_both_ways()
    return replace(workload, exceed_limits=False) if not workload.of_target("test").entries else workload
