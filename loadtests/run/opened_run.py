"""Everything asked of the org before a run: where, as whom, what to call."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final

from diag.clocks.target_clock import ahead_s
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.settings import Settings, load_settings
from diag.target import Target
from loadtests.planning.org_or_sandbox import open_target
from loadtests.planning.plan import LoadPlan
from loadtests.planning.prepare_run import PreparedRun, prepare
from loadtests.run.direct.refuse_hosts import refuse_hosts
from loadtests.run.sla import check_thresholds
from loadtests.sending.transport import USER_AGENT

_LOG: Final = logging.getLogger("diag.load")


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """What a load process knows once it may begin."""

    settings: Settings
    target: Target
    client: GenesysClient
    prepared: PreparedRun
    ahead_s: float = 0.0
    """How far the clock of what is called is ahead of this machine's."""

    @property
    def plan(self) -> LoadPlan:
        """Return what will be done."""
        return self.prepared.plan

    @property
    def api_base(self) -> str:
        """Return where calls go."""
        return self.target.connection.api_base

    def refuse_hosts(self, options: Any) -> None:
        """Raise UsageError for direct calls to hosts that are not confirmed, or faster than was confirmed."""
        if self.plan.direct is None or options.dry_run:
            return
        run_time_s = self.plan.duration_s if options.run_time is None else options.run_time
        users = options.num_users or 1
        refuse_hosts(self.prepared, users=users, run_time_s=run_time_s, hosts_file=options.hosts_file)

    def divided_among(self, users: int) -> "OpenedRun":
        """Return the same with the planned rates sent by that many users together."""
        plan = replace(self.plan, divided_among=max(1, users))
        return replace(self, prepared=replace(self.prepared, plan=plan))


def open_run(options: Any, stack: ExitStack, *, shaped: bool) -> OpenedRun:
    """Read settings, find the target, prepare the plan. What must be closed is given to `stack`.

    `shaped`: a LoadTestShape says how many users there are. Raises DiagError and ApiError: no credentials,
    nothing to call, a protected profile whose org was not named (`--confirm-org`), a condition of `--sla`
    that is not understood or about nothing, a shape beside something else that says how the load goes.
    """
    settings = load_settings({"sandbox": "1"} if options.sandbox else {})
    for warning in settings.warnings:
        _LOG.warning(warning)
    target = stack.enter_context(open_target(settings))
    if target.known.set_aside is not None:
        _LOG.warning("%s, so nothing in it is assumed here", target.known.set_aside)
    elif target.known.path is not None:
        _LOG.info("platform facts of %s: %s", target.known.facts.newest, target.known.path)
    client = stack.enter_context(GenesysClient(target.connection, user_agent=USER_AGENT))
    ahead = ahead_s(target)
    prepared = prepare(options, target, client, zone=settings.zone, ahead_s=ahead, runs=settings.runs)
    check_thresholds(prepared.plan)
    if shaped:
        _refuse_beside_a_shape(prepared.plan)
    name = prepared.org_name
    if settings.protected and target.counts_as_org and options.confirm_org != name:
        raise UsageError(
            f"This profile is protected, and calls run real requests in the org {name!r}.",
            hint=f"To go on, name the org: --confirm-org {name!r}",
        )
    for one in prepared.plan.left_out:
        _LOG.warning("left out: %s (%s)", one.what, one.why)
    return OpenedRun(settings, target, client, prepared, ahead)


def _refuse_beside_a_shape(plan: LoadPlan) -> None:
    """Raise UsageError where a shape and the plan both set the load: together they would be a third one."""
    beside = [f"mode = {plan.mode!r}"] if plan.mode != "measure" else []
    beside += ["[[stage]]"] if plan.stages else []
    beside += ["duration"] if plan.duration_s is not None else []
    if beside:
        raise UsageError(
            f"A LoadTestShape says how the load goes and for how long, and so does {' and '.join(beside)}.",
            hint="Keep one of them: leave the shape out, or use mode = 'measure' without stages or duration.",
        )
