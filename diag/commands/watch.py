"""`diag watch`: whether production keeps what was promised, for each timeout that diag changed."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from analysis.plain_text import json_text
from diag.apply_dialog.apply_options import ApplyFlags, apply_options
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.notify_options import notifier_of, notify_options
from diag.interaction.option_values import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.typed_command import Asked
    from diag.changes.plans.change_result import ChangeResult
    from diag.changes.plans.plan import OrgIdentity
    from diag.clocks.wall_clock import WallClock
    from diag.console import Console
    from diag.notifying.notifier import Notifier
    from diag.production.promises.judge_promises import PromiseLook
    from diag.production.promises.what_was_promised import Promise
    from diag.settings import Settings
    from diag.target import Target

SHORTEST_S: Final = 300.0
"""The numbers are per hour: looking more often costs requests and shows nothing."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """Which actions to watch, how often, and what to do when a promise is broken."""

    actions: tuple[str, ...]
    once: bool
    every: str | None
    undo: bool
    form: Literal["text", "json"]
    notify: tuple[str, ...] = field(default=(), repr=False)
    metrics_file: Path | None = None

    @property
    def pause_s(self) -> float | None:
        """Return the seconds between two looks, None for a single one. Raises UsageError."""
        from diag.errors import UsageError
        from diag.toml_forms.durations import seconds

        if self.every is None:
            return None
        if self.once:
            raise UsageError("Name --once or --every, not both.")
        given = seconds(self.every)
        if given is None or given < SHORTEST_S:
            raise UsageError(
                f"Invalid --every {self.every!r}.",
                hint="Use 1h, 24h or 30m; at least 5m: counts are per hour.",
            )
        return given


@click.command(
    epilog=examples(
        "diag watch                     one look, for cron or CI",
        "diag watch --every 1h          until a promise is broken",
        "diag watch --undo --yes        and undo the change that broke it",
    )
)
@click.argument("actions", nargs=-1, metavar="[ACTION]...", shell_complete=action_names)
@click.option("--once", is_flag=True, help="Look once and exit (the default).")
@click.option("--every", "every", metavar="TIME", help="Look again and again, for example 1h, until broken.")
@click.option("--undo", is_flag=True, help="Undo the change that broke its promise, as `diag undo` does.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@notify_options
@apply_options
@gathered(WatchOptions)
def command(options: WatchOptions, profile: str | None, flags: ApplyFlags) -> int:
    """Compare production with what was promised for each changed timeout: at most 1 % cut off.

    Exit 0 while all hold, 3 when one is broken (also after --undo), 8 when production of an action could not
    be read, 1 without a connection.
    A false alarm comes about once in 2,850 hours with executions of an action, on average, where exactly
    what was promised is cut off, and far more rarely where less is.
    Counts per hour are kept beside the journal. The flags below belong to --undo.
    """
    from analysis.typed_command import Asked
    from diag.console import Console
    from diag.interaction.recommend_options import profile_flags
    from diag.metrics.metrics_file import demand_a_place
    from diag.settings import load_settings

    _ = options.pause_s  # a wrong value is said before anything is asked
    console = Console(quiet=options.form == "json")
    settings = load_settings({"profile": profile})
    demand_a_place(options.metrics_file)
    who = " ".join((profile or "", *options.actions))
    notifier = notifier_of("watch", options.notify, settings, console, who=who)
    with notifier.notifying_of_failure():
        return _watch(console, settings, options, flags, notifier, Asked(org=profile_flags(profile)))


def _watch(
    console: "Console",
    settings: "Settings",
    options: WatchOptions,
    flags: ApplyFlags,
    notifier: "Notifier",
    asked: "Asked",
) -> int:
    """Look once or again and again; return the exit code."""
    from diag.clocks.target_clock import clock_of
    from diag.exit_codes import ExitCode
    from diag.genesys.api_errors import ApiError
    from diag.notifying.watch_news import undo_news
    from diag.target import find_target

    pause_s = options.pause_s
    target = find_target(settings)
    clock = clock_of(target)
    while True:
        try:
            look, org = _look(console, target, settings, options, clock)
        except ApiError as error:
            if pause_s is None:
                raise
            notifier.failed(error)
            console.warn(f"This look failed: {error} The next one is in {options.every}.")
        else:
            _show(console, look, options.form, asked)
            _tell(console, options, notifier, look, org, asked)
            if look.broken:
                if options.undo:
                    undone = _undo(console, target, settings, org, look, flags)
                    notifier.notify(undo_news(undone, org.org_name, sandbox=org.sandbox))
                return ExitCode.THRESHOLD
            if pause_s is None:
                return ExitCode.INCOMPLETE if any(item.unread for item in look.not_watched) else ExitCode.OK
        clock.sleep(pause_s)


def _tell(
    console: "Console",
    options: WatchOptions,
    notifier: "Notifier",
    look: "PromiseLook",
    org: "OrgIdentity",
    asked: "Asked",
) -> None:
    """Write the series and notify the webhooks."""
    import time

    from diag.metrics.metrics_file import write_metrics
    from diag.metrics.watch_metrics import watch_metrics
    from diag.notifying.watch_news import watch_news

    write_metrics(options.metrics_file, watch_metrics(look, org.host, time.time()), console.warn)
    notifier.notify(watch_news(look, asked, org.org_name, sandbox=org.sandbox, undo=options.undo))


def _look(
    console: "Console", target: "Target", settings: "Settings", options: WatchOptions, clock: "WallClock"
) -> "tuple[PromiseLook, OrgIdentity]":
    from diag.apply_dialog.apply_flow import identify
    from diag.changes.journal.journal import Journal
    from diag.genesys.client import GenesysClient
    from diag.production.promises.watched_org import WatchedOrg
    from diag.waiting.rate_limit_pause import pause_note

    journal = Journal(settings.journal)
    for damaged in journal.damaged():
        console.warn(f"{journal.path}: {damaged}.")
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        org = identify(client)
        if org.sandbox:
            console.banner("SANDBOX: the production of a local sandbox is made up")
        watched = WatchedOrg(client, org, settings)
        promises = _chosen(watched.promises(), options.actions)
        with console.progress("Reading production telemetry") as bar:
            return watched.look(promises, clock.utc(), bar.update), org


def _chosen(promises: "tuple[Promise, ...]", wanted: tuple[str, ...]) -> "tuple[Promise, ...]":
    """The promises of the actions named. Raises UsageError for a name that diag has not changed."""
    from diag.errors import UsageError
    from diag.inventory.named_actions import ids_of_all

    if not wanted:
        return promises
    known = [(promise.line.action_id, promise.line.action_name) for promise in promises]

    def unchanged(name: str) -> UsageError:
        return UsageError(
            f"No change of diag is in force for an action {name!r}.",
            hint="List what was changed: diag history. To judge any action: diag observe",
        )

    chosen = ids_of_all(known, wanted, unchanged)
    return tuple(promise for promise in promises if promise.line.action_id in chosen)


def _show(console: "Console", look: "PromiseLook", form: str, asked: "Asked") -> None:
    from diag.production.promises.watch_words import (
        broken_sentence,
        generous_line,
        holds_line,
        kept_again_line,
        look_to_json,
        next_step,
        not_watched_line,
    )

    if form == "json":
        console.result(json_text(look_to_json(look, asked), indent=1))
        return
    for item in look.broken:
        console.sentence(broken_sentence(item), indent="")
        console.note(f"Next: {next_step(item, asked)}")
    if not look.broken:
        console.sentence(holds_line(look), indent="")
    for item in look.watched:
        if item.state.breaks and not item.broken:
            console.note(kept_again_line(item))
        if item.enough_s is not None:
            console.note(generous_line(item, asked))
    for missing in look.not_watched:
        console.note(not_watched_line(missing))


def _undo(
    console: "Console",
    target: "Target",
    settings: "Settings",
    org: "OrgIdentity",
    look: "PromiseLook",
    flags: ApplyFlags,
) -> "Sequence[ChangeResult]":
    """Take back the changes that broke their promise by making a timeout shorter; return how each ended."""
    from diag.apply_dialog.apply_flow import carry_out
    from diag.changes.undo_plan import demand_something_undone, make_undo_plan
    from diag.flows.plan_flows import with_flow_effects
    from diag.genesys.client import GenesysClient

    entries = [item.promise.line for item in look.broken if item.promise.undo_helps]
    for item in look.broken:
        if not item.promise.undo_helps:
            console.warn(
                f"{item.promise.line.action_name} is not undone: the change made its timeout longer, so "
                "undoing it would cut off more."
            )
    if not entries:
        return ()
    with GenesysClient(target.connection) as client:
        plan = make_undo_plan(entries, client.read_config, org)
    plan = with_flow_effects(plan, settings.runs, console.warn)
    with console.aloud():  # JSON is on stdout; the plan, and how to undo it, is for who approves
        results = carry_out(console, target, settings, plan, flags)
    demand_something_undone(plan)
    return results
