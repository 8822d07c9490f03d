"""From a plan to a changed org: show the plan, ask, apply it, print how to undo it.

Shared by `recommend --apply`, `apply`, `set`, `undo` and `demo`.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diag.apply_dialog.apply_options import ApplyFlags
from diag.apply_dialog.stage_options import StagedPlan
from diag.changes.plans.plan import OrgIdentity, Plan, PlanOptions

if TYPE_CHECKING:
    from analysis.verdicts.recommendation import Analysis
    from diag.apply_dialog.staged_apply import StageWatch
    from diag.changes.applying.apply import Watch
    from diag.changes.plans.change_result import ChangeResult
    from diag.changes.plans.planned_change import ReadConfig
    from diag.clocks.wall_clock import WallClock
    from diag.console import Console, Progress
    from diag.genesys.client import GenesysClient
    from diag.genesys.full_config import FullConfig
    from diag.production.promises.watched_org import WatchedOrg
    from diag.settings import Settings
    from diag.target import Target

_ALL: Final = PlanOptions()


def identify(client: "GenesysClient") -> OrgIdentity:
    """Return which org the client talks to."""
    from diag.target import target_at

    organization = client.organization()
    target = target_at(client.connection)
    return OrgIdentity(organization.id, organization.name, target.connection.host, target.sandbox)


def build_plan(
    console: "Console",
    client: "GenesysClient",
    analysis: "Analysis",
    runs: Path,
    options: PlanOptions = _ALL,
) -> Plan:
    """Return the plan an analysis leads to, against the org as it is now; a bar shows the progress.

    With what it moves in the flows that are kept in `runs`.
    """
    from diag.changes.plans.make_plan import make_plan
    from diag.flows.plan_flows import with_flow_effects

    with console.progress("Reading the actions to change") as bar:
        plan = make_plan(
            analysis,
            counting_reads(client.read_config, bar, most=len(analysis.actions)),
            identify(client),
            options,
        )
    return with_flow_effects(plan, runs, console.warn)


def counting_reads(read: "ReadConfig", bar: "Progress", *, most: int) -> "ReadConfig":
    """Return `read`, showing on the bar how many of at most `most` actions were read."""
    done = 0

    def counted(action_id: str) -> "FullConfig":
        nonlocal done
        full = read(action_id)
        done += 1
        bar.update(done, most, full.action.name)
        return full

    return counted


def carry_out(
    console: "Console",
    target: "Target",
    settings: "Settings",
    plan: Plan,
    flags: ApplyFlags,
) -> "tuple[ChangeResult, ...]":
    """Show the plan, ask, apply it, print what was done and how to undo it; return one result per change.

    Raises UsageError when nobody approves, StalePlanError when every change was refused, PartialError
    when some were applied and some not, CredentialsError when a permission was missing, DiagError when an
    action that was to be changed could not be read, BrokenPromiseError or UnwatchedError when a stage did not
    pass.
    """
    from analysis.typed_command import Asked
    from analysis.typed_command import apply_plan as apply_command
    from diag.apply_dialog.apply_exit_code import raise_for
    from diag.apply_dialog.approval import approve
    from diag.apply_dialog.plan_text import dry_run_text, plan_text, results_text
    from diag.apply_dialog.verification_input import payloads_of_runs
    from diag.changes.applying.apply import apply_plan
    from diag.changes.applying.apply_context import ApplyOptions, Operator
    from diag.changes.applying.dry_run import dry_run
    from diag.changes.applying.paced_org import PacedOrg
    from diag.changes.journal.journal import Journal
    from diag.changes.journal.journal_line import Author, new_id
    from diag.changes.plans.plan_file import plan_digest, write_plan
    from diag.clocks.target_clock import clock_of
    from diag.genesys.client import GenesysClient
    from diag.production.promises.watched_org import WatchedOrg

    if plan.org.sandbox:
        console.banner("SANDBOX: nothing real is changed")
    console.block(plan_text(plan))
    if not plan.changes:
        console.note("Nothing could be changed." if plan.unread else "Nothing to change.")
        raise_for((), "", plan.unread)
        return ()
    display = _Display(console, plan)
    connection = target.connection
    with GenesysClient(connection, on_wait=display.on_wait) as client:
        identity = identify(client)
        options = ApplyOptions(
            flags.on_error,
            flags.verify,
            flags.allow_side_effects,
            payloads_of_runs(client, settings.runs, plan.run_ids),
        )
        if flags.dry_run:
            console.block(dry_run_text(dry_run(plan, client.read_config, options)))
            raise_for((), "", plan.unread)
            return ()
        clock = clock_of(target)
        kept = kept_plan(settings.runs, plan_digest(plan))
        org = flags_to(settings)
        again = apply_command(str(kept), org) + (f" {flags.stages.flags}" if flags.stages else "")
        stage_watch = None
        if flags.stages is not None:
            staged = StagedPlan(flags.stages, len(plan.changes), again, org)
            stage_watch = _stage_watch(console, WatchedOrg(client, identity, settings), staged, clock)
        approve(console, settings, identity, yes=flags.yes)
        write_plan(plan, kept)
        if stage_watch is not None:
            stage_watch.await_earlier_changes()
        author = Author(connection.client_id or client.token_info().client_id, new_id(time.time()))
        try:
            with console.progress("Applying") as bar:
                display.bar = bar
                results = apply_plan(
                    plan,
                    PacedOrg(client, lambda: connection.bucket.take(display.on_wait)),
                    Journal(settings.journal),
                    Operator(identity, author),
                    options=options,
                    clock=clock,
                    watch=display.watch(stage_watch),
                )
        except KeyboardInterrupt:
            console.warn(f"Stopped. The journal holds what was begun; to finish it: {again}")
            raise
    console.note(results_text(results))
    if any(result.outcome == "applied" for result in results):
        undo = Asked(org=org).command("undo", before=("--all-of", author.apply_id))
        console.note(f"To undo all of it: {undo}")
    if stage_watch is not None and stage_watch.stopped_by is not None:
        raise stage_watch.stopped_by
    raise_for(results, again, plan.unread)
    return tuple(results)


def _stage_watch(
    console: "Console", watched: "WatchedOrg", plan: StagedPlan, clock: "WallClock"
) -> "StageWatch":
    """Return what watches each stage. Raises ApiError where production cannot be read: none could pass."""
    from diag.apply_dialog.staged_apply import StageWatch

    watched.demand_telemetry(clock.utc())
    return StageWatch(console, watched, plan, clock)


class _Display:
    """Shows each result as a line, and on the bar the progress and what it waits for."""

    def __init__(self, console: "Console", plan: Plan) -> None:
        from diag.apply_dialog.plan_text import names_of

        self.bar: Progress | None = None
        self._console = console
        self._done = 0
        self._total = len(plan.changes)
        self._names = names_of(plan)

    def watch(self, stage_watch: "StageWatch | None") -> "Watch":
        """Return what an apply calls as it goes on."""
        from diag.changes.applying.apply import Watch

        if stage_watch is None:
            return Watch(on_result=self.on_result)
        return Watch(on_result=self.on_result, why_not_on=stage_watch.why_not_on)

    def on_result(self, result: "ChangeResult", done: int, total: int) -> None:
        from diag.apply_dialog.plan_text import result_line

        self._console.note(result_line(result, self._names[result.change.action_id]))
        self._done = done
        self._show(result.change.action_name)

    def on_wait(self, seconds: float) -> None:
        if seconds >= 1.0:
            self._show(f"waiting {seconds:.0f} s: API limit per minute")

    def _show(self, remark: str) -> None:
        if self.bar is not None:
            self.bar.update(self._done, self._total, remark)


def flags_to(settings: "Settings") -> tuple[str, ...]:
    """Return the flags that lead the commands after this one to the same org: a profile that was named."""
    from diag.interaction.recommend_options import profile_flags

    return profile_flags(settings.profile if settings.origins.get("profile") == "flag" else None)


def kept_plan(runs: Path, plan_digest: str) -> Path:
    """Return where an approved plan is kept, so that it can be finished after an interruption."""
    return runs / "plans" / f"{plan_digest[:12]}.json"
