"""The steps of `diag doctor --learn`: choose, plan, ask, learn, write, say."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from analysis.typed_command import Asked
from diag.errors import UsageError
from diag.exit_codes import ExitCode
from diag.platform_facts.facts import LearntOn, PlatformFacts
from diag.platform_facts.known_platform import PLATFORM_FILE

if TYPE_CHECKING:
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import Action
    from diag.genesys.replies.json_reply import JsonObject
    from diag.learning.session.learn import LearnLine
    from diag.learning_dialog.result_words import LearnResult
    from diag.settings import Settings
    from diag.target import Target
    from diag.workload.payload import Payload

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class LearnFlags:
    """What was asked for. `action` is empty where one is to be picked."""

    action: str
    slow_url: str | None
    long: bool
    platform: Path | None
    yes: bool
    as_json: bool


def learn_platform(console: "Console", settings: "Settings", target: "Target", flags: LearnFlags) -> int:
    """Learn how the platform behaves, with a draft of one action; return the exit code.

    Raises UsageError where there is nothing to learn from or nobody approves, ApiError, OSError.
    """
    from analysis.format.run_folder import new_run_id
    from diag.apply_dialog.apply_flow import flags_to, identify
    from diag.apply_dialog.approval import approved_for
    from diag.clocks.target_clock import clock_of
    from diag.doctor.left_drafts import LEARN_FOLDER
    from diag.genesys.client import GenesysClient
    from diag.learning.lab.lab import LearnOptions
    from diag.learning.lab.request_budget import MOST_REQUESTS, RequestBudget
    from diag.learning.lab.watched_replies import WatchedReplies
    from diag.learning.session.result import joined
    from diag.learning.session.session import LearnClocks, LearnSession
    from diag.learning_dialog.action_for_draft import choose_action, demand_no_draft, why_not
    from diag.learning_dialog.plan_words import PlannedSession, plan_lines
    from diag.learning_dialog.result_words import LearnResult, line_text
    from diag.platform_facts.platform_file import write_platform

    demand_address(flags.slow_url, sandbox=target.sandbox)
    path = flags.platform or settings.platform or Path(PLATFORM_FILE)
    before = facts_before(path, "sandbox" if target.sandbox else "org")
    demand_folder(path)
    asked = Asked(org=flags_to(settings))
    if target.sandbox:
        console.banner(f"SANDBOX: this shows how a sandbox behaves, not an org{target.note}")
    clock = clock_of(target)
    replies = WatchedReplies()
    budget = RequestBudget(MOST_REQUESTS, target.connection.bucket)
    options = LearnOptions(flags.slow_url, flags.long)
    began = time.monotonic()
    with GenesysClient(target.connection, bucket=budget, on_reply=replies.see) as client:
        client.access_token()
        budget.count(1)
        org = identify(client)
        session = LearnSession(
            client, budget, replies, options, str(path.absolute()), LearnClocks(unix=clock.now)
        )
        action = choose_action(console, client, flags.action, asked)
        published = client.read_published(action.id)
        refused = why_not(published.action)
        if refused is not None:
            raise UsageError(
                f"{action.name} {refused}.", hint="Name another one: diag scan --where 'method = GET'"
            )
        demand_no_draft(client, action)
        payload = _payload(client, action)
        plan, own = session.plan()
        name = org.org_name or org.org_id
        console.heading(f"What {name} ({org.host}) would be asked")
        shown = PlannedSession(
            published.action, plan, options, payload.origin, str(path), not bool(own.learning.found[0].value)
        )
        for line in plan_lines(shown):
            console.note(line)
        if not approved_for(
            console, settings, name, f"Learn this from org {name} ({org.host})?", yes=flags.yes
        ):
            raise UsageError("Not approved; nothing was done.")
        began = time.monotonic()

        def tell(line: "LearnLine") -> None:
            if not flags.as_json:
                console.sentence(line_text(line), indent="")

        tell(own)
        folder = settings.runs / f"{LEARN_FOLDER}{new_run_id()}"
        learned = session.run(plan, published, cast("JsonObject", payload.values), folder, tell)
        learned.lines.insert(0, own)
    found = joined(learned.found, before, datetime.fromtimestamp(clock.now(), UTC).date())
    write_platform(path, found.facts)
    seconds = time.monotonic() - began
    result = LearnResult(plan, learned, found, str(path), budget.used, seconds)
    _show(console, result, flags, asked, action)
    if learned.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if learned.left else ExitCode.OK


def facts_before(path: Path, learnt_on: LearntOn) -> PlatformFacts:
    """Return what the file says so far; nothing where there is none.

    What was learnt on a sandbox is worth nothing for an org, and is replaced. The other way round it is not:
    UsageError, as for a file that cannot be read.
    """
    from diag.platform_facts.platform_file import read_platform

    if not os.path.lexists(path):
        return PlatformFacts(learnt_on)
    before = read_platform(path)
    if before.learnt_on == learnt_on:
        return before
    if before.learnt_on == "org":
        raise UsageError(
            f"{path} was learnt on an org, and this is a sandbox.", hint="Name another file: --platform FILE"
        )
    return PlatformFacts(learnt_on)


def demand_folder(path: Path) -> None:
    """Raise UsageError where the file could not be written: before anything is learnt, not after."""
    if not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise UsageError(
            f"{path} cannot be written: there is no such folder, or it is not yours.",
            hint="Name another file: -o FILE",
        )


def demand_address(url: str | None, *, sandbox: bool) -> None:
    """Raise UsageError for an address that the draft must not call: plain http, but for a sandbox's own."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    own = sandbox and parts.scheme == "http" and host in _LOOPBACK
    if not host or not (parts.scheme == "https" or own) or any(sign in url for sign in "${} \\"):
        raise UsageError(
            f"{url!r} is no address for --slow-url.",
            hint="Give an https address that takes longer than a second, without inputs in it."
            + (" A sandbox takes http://127.0.0.1/sandbox/slow/SECONDS" if sandbox else ""),
        )


def _payload(client: "GenesysClient", action: "Action") -> "Payload":
    """The workload's own input for this action, else an invented one."""
    from diag.apply_dialog.verification_input import entry_for
    from diag.interaction.shared_options import usual_workload
    from diag.workload.action_inputs import inputs_of
    from diag.workload.payloads_from_contract import NoInput
    from diag.workload.read_workload import read_workload

    path = usual_workload(None)
    entry = entry_for(read_workload(path), action) if path is not None else None
    made = inputs_of(client, action, entry.payloads[:1] if entry is not None else (), seed=1)
    if isinstance(made, NoInput):
        raise UsageError(
            f"{action.name}: {made.why}.", hint="Write a payload for it into workload.toml: diag init"
        )
    return made.payloads[0]


def _show(
    console: "Console", result: "LearnResult", flags: LearnFlags, asked: Asked, action: "Action"
) -> None:
    from diag.learning_dialog.result_words import next_commands, result_json, result_lines

    if flags.as_json:
        console.result(result_json(result))
        return
    console.note()
    for line in result_lines(result):
        console.note(line)
    for line in next_commands(result, asked, action):
        console.note(line)
