"""`diag doctor`: checks that everything is in place, and names the fix where it is not."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.completion.candidates import action_names
from diag.exit_codes import ExitCode
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.console import Console
    from diag.doctor.check import Check
    from diag.genesys.client import GenesysClient
    from diag.settings import Settings
    from diag.target import Target


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What to check, or to learn."""

    form: str
    remove_drafts: bool
    learn: str | None
    slow_url: str | None
    long: bool
    platform: Path | None
    yes: bool
    profile: str | None


@click.command(
    epilog=examples(
        "diag doctor",
        "diag doctor --format json",
        "diag doctor --learn 'Get Customer'",
        "diag doctor --remove-drafts",
    )
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--remove-drafts",
    is_flag=True,
    help="Delete drafts that an interrupted run (measure --probe, doctor --learn) left in the org.",
)
@click.option(
    "--learn",
    is_flag=False,
    flag_value="",
    metavar="[ACTION]",
    shell_complete=action_names,
    help="Learn how this platform behaves, on a draft of ACTION (a GET); shows its plan first.",
)
@click.option("--slow-url", metavar="URL", help="With --learn: what the draft calls, if ACTION is too quick.")
@click.option(
    "--long", is_flag=True, help="With --learn: also make one call of a minute, to see what cuts it off."
)
@click.option(
    "-o",
    "--platform",
    type=NamedPath(dir_okay=False),
    help="With --learn: write what is learnt to this file.  [default: platform.toml]",
)
@click.option("--yes", is_flag=True, help="With --learn or --remove-drafts: go on without asking.")
@profile_option
@gathered(DoctorOptions)
def command(options: DoctorOptions) -> int:
    """Check everything diag needs. Without --learn, no action is called and no timeout is changed.

    --learn finds out what nobody has documented (what a timed-out test looks like, what a PATCH keeps,
    what the analytics tell), on a private copy (draft) of one action, in at most 60 requests and 5 minutes.
    Nothing that is published is changed.

    Exit code 5: credentials or a permission that diag cannot work without are missing. 1: another check
    failed.
    """
    from diag.console import Console
    from diag.doctor.check import checks_json, worst_category
    from diag.settings import load_settings

    form = options.form
    console = Console(quiet=form == "json")
    settings = load_settings({"profile": options.profile})
    if options.learn is not None:
        return _learn(console, settings, options, options.learn)
    _demand_learn(options)
    checks = []
    for check in _checks(console, settings, remove_drafts=options.remove_drafts, yes=options.yes):
        checks.append(check)
        if form == "text":
            _show(console, check)
    category = worst_category(tuple(checks))
    if form == "json":
        console.result(json_text(checks_json(checks), indent=1))
    else:
        _last_line(console, checks, options.profile)
    if category is None:
        return ExitCode.OK
    return ExitCode.AUTH if category == "auth" else ExitCode.ERROR


def _learn(console: "Console", settings: "Settings", options: DoctorOptions, action: str) -> int:
    from diag.errors import UsageError
    from diag.learning_dialog.learn_flow import LearnFlags, learn_platform
    from diag.target import find_target

    if options.remove_drafts:
        raise UsageError("--learn and --remove-drafts are two things.", hint="Do one, then the other.")
    as_json = options.form == "json"
    flags = LearnFlags(action, options.slow_url, options.long, options.platform, options.yes, as_json)
    with console.aloud():  # JSON is on stdout; the plan is for who approves
        return learn_platform(console, settings, find_target(settings, with_facts=False), flags)


def _demand_learn(options: DoctorOptions) -> None:
    """Refuse a flag that says something of --learn where that is not given."""
    from diag.errors import UsageError

    stated = {"--slow-url": options.slow_url, "--long": options.long, "--platform": options.platform}
    alone = next((flag for flag, value in stated.items() if value), None)
    if alone is not None:
        raise UsageError(f"{alone} says something of --learn.", hint="Add it: diag doctor --learn ACTION")


def _checks(console: "Console", settings: "Settings", *, remove_drafts: bool, yes: bool) -> "Iterator[Check]":
    from diag.clocks.target_clock import clock_of
    from diag.doctor.check import Check
    from diag.doctor.left_drafts import check_drafts
    from diag.doctor.local_checks import check_machine, check_settings
    from diag.doctor.marked_check import check_marked_calls
    from diag.doctor.org_checks import check_org
    from diag.doctor.outdated_assumptions import check_earlier_runs
    from diag.doctor.unfinished_changes import check_journal
    from diag.doctor.unfinished_runs import check_runs
    from diag.errors import CredentialsError
    from diag.genesys.api_errors import ApiError
    from diag.genesys.client import GenesysClient

    yield from check_machine(settings.runs)
    try:
        target, known = _target_and_facts(settings)
    except (CredentialsError, ApiError) as error:
        yield Check(
            "settings",
            "failed",
            "; ".join((error.message.rstrip("."), *error.details)),
            error.hint,
            error.category,
        )
    else:
        yield from check_settings(settings.origins, target.connection.host, settings.warnings)
        yield known
        yield from check_earlier_runs(target.known.facts, settings.runs, target.connection.host)
        if target.sandbox:
            console.banner("SANDBOX: these are the checks of a local sandbox, not of an org")
        with GenesysClient(target.connection) as client:
            reached = True
            for check in check_org(client):
                reached = reached and not (check.name in ("region", "token") and check.status == "failed")
                yield check
            if reached:
                if remove_drafts:
                    yield from _remove_drafts(console, client, settings, yes=yes)
                yield from check_drafts(client, settings.runs)
                yield from check_marked_calls(
                    client, settings.runs, clock_of(target).now(), "sandbox" if target.sandbox else "org"
                )
            else:
                yield Check("left drafts", "skipped", "there is no token")
    yield from check_journal(settings.journal)
    yield from check_runs(settings.runs)


def _target_and_facts(settings: "Settings") -> "tuple[Target, Check]":
    """Return what is called, and the check of the file of facts, which need not be sound for the others."""
    from diag.doctor.platform_checks import check_platform, unusable
    from diag.errors import UsageError
    from diag.target import find_target

    try:
        target = find_target(settings)
    except UsageError as error:
        return find_target(settings, with_facts=False), unusable(error)
    return target, check_platform(target.known)


def _remove_drafts(
    console: "Console", client: "GenesysClient", settings: "Settings", *, yes: bool
) -> "Iterator[Check]":
    from diag.doctor.check import Check
    from diag.doctor.left_drafts import recorded_drafts, remove_draft, still_open
    from diag.genesys.api_errors import ApiError

    for draft in still_open(client, recorded_drafts(settings.runs, client.connection.api_base)):
        name = draft.action_name or draft.action_id
        if not yes and not console.confirm(f"Delete the draft of {name} ({draft.action_id})?"):
            continue
        try:
            removed = remove_draft(client, draft)
        except ApiError as error:
            yield Check(
                "left drafts", "warning", f"the draft of {name} was left: {error.message}", error.hint
            )
            continue
        if removed:
            yield Check("left drafts", "ok", f"the draft of {name} was deleted")
        else:
            text = (
                f"the draft of {name} was left: it is not what diag made. Someone may have opened their "
                "own, or edited it"
            )
            yield Check("left drafts", "warning", text, "Delete it in the admin UI if it is not needed")


def _show(console: "Console", check: "Check") -> None:
    fix = f". Fix: {check.fix}" if check.fix and check.status != "ok" else ""
    console.sentence(f"{check.status:<8}{check.name}: {check.text.rstrip('.')}{fix}", indent="")


def _last_line(console: "Console", checks: "list[Check]", profile: str | None) -> None:
    from analysis.number_words import plural
    from analysis.typed_command import Asked
    from diag.interaction.recommend_options import profile_flags

    asked = Asked(org=profile_flags(profile))
    failed = sum(check.status == "failed" for check in checks)
    warnings = sum(check.status == "warning" for check in checks)
    noted = plural(warnings, "warning")
    console.note()
    if failed:
        console.note(f"{failed} failed, {noted}. Fix the failed ones, then: {asked.command('doctor')}")
    else:
        console.note(f"Ready{f', with {noted}' if warnings else ''}. Next: {asked.command('scan')}")
