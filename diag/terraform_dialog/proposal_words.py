"""The words of a proposal to Terraform: what was edited, what was not and why, and what to do next."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlsplit

from analysis.machine.command_words import joined
from analysis.number_words import noun, plural
from analysis.plain_text import printable
from analysis.typed_command import Asked, path_to_type
from diag.terraform.git.commit import Committed
from diag.terraform.proposing.proposal import Proposal, ProposedTimeout


def edited_words(proposal: Proposal, *, done: bool) -> str:
    """Return the sentence that counts the edits; `done`: they are made, not only shown."""
    if not proposal.timeouts:
        return "No timeout to edit."
    what = plural(len(proposal.timeouts), "timeout")
    files = plural(len(proposal.files), "file")
    if done:
        return f"{what} edited in {files}."
    return f"{what} would be edited in {files}."


def remarks(proposal: Proposal) -> Iterator[str]:
    """Yield how resources were matched, and what stays as it is, with the reason."""
    yield f"{proposal.matched_by}."
    for one in proposal.left_alone:
        yield f"{one.action_name}: left alone, {one.reason}"
    for unchanged in proposal.unchanged:
        yield f"{unchanged.action_name}: {unchanged.reason}"
    for refused in proposal.refused:
        place = "" if refused.where is None else f"{refused.where}: "
        to = "" if refused.wanted_s is None else f" to {refused.wanted_s} s"
        yield f"{refused.action_name}: not edited{to}. {place}{refused.reason}"
    for by_production, command in (
        (False, "diag recommend --apply --only NAME"),
        (True, "diag observe NAME --out plan.json, then diag apply plan.json"),
    ):
        names = [one.action_name for one in proposal.not_in_folder if one.by_production is by_production]
        if names:
            yield (
                f"Not in this configuration, so probably not managed by Terraform: {', '.join(names)}. "
                f"To set {noun(len(names), 'it', 'them')}: {command}"
            )


def commit_message(message: str, proposal: Proposal) -> str:
    """Return the message with a line for each timeout below it, which the pull request then shows."""
    lines = [f"{printable(_change(one))}" for one in proposal.timeouts]
    return "\n".join((message.strip(), "", *lines)) + "\n"


def _change(one: ProposedTimeout) -> str:
    before = "unset (60 s)" if one.before_timeout_s is None else f"{one.before_timeout_s} s"
    return f"{one.action_name}: {before} -> {one.after_timeout_s} s. {one.reason}"


def next_after_edit(folder: Path, arrived: str) -> tuple[str, ...]:
    """Return what to do after files were edited."""
    return (
        f"Next: {joined(['git', '-C', path_to_type(folder), 'diff'])}, commit it, and run terraform apply",
        f"Whether it has arrived in the org: {arrived}",
    )


def next_after_patch(patch: Path, top: Path, arrived: str) -> tuple[str, ...]:
    """Return what to do after a patch was written, to be applied in `top`."""
    return (
        f"Next: {joined(['git', '-C', path_to_type(top), 'apply', str(patch.resolve())])}",
        f"Whether it has arrived in the org, once it is merged and applied: {arrived}",
    )


def next_after_commit(committed: Committed, arrived: str) -> tuple[str, ...]:
    """Return which branch was made, and the person's own commands to propose it."""
    lines = [f"Committed on the new branch {committed.branch}, which is checked out now. Nothing was pushed."]
    if committed.remote is not None:
        lines.append(f"Next: {joined(['git', 'push', '-u', committed.remote, committed.branch])}")
        lines += (f"Then: {command}" for command in _pull_requests(committed))
    return (*lines, f"Whether it has arrived in the org, once it is merged and applied: {arrived}")


def arrived_command(asked: Asked, *, called: bool) -> str:
    """Return what tells whether a proposal has arrived in the org: of the same runs, where there are any, in
    the same org."""
    if not called:
        return asked.command("check", after=("--live", "--fail-on", "proposed"))
    runs = takewhile(lambda word: not word.startswith("-"), asked.calls)
    return asked.command("check", before=tuple(runs), after=("--live",))


def _pull_requests(committed: Committed) -> Iterator[str]:
    """By whose the remote is; both, where its address does not tell."""
    host = _host(committed.address or "")
    if "gitlab" not in host:
        yield joined(["gh", "pr", "create", "--fill", "--head", committed.branch])
    if "github" not in host:
        yield joined(["glab", "mr", "create", "--fill", "--source-branch", committed.branch])


def _host(address: str) -> str:
    """The host of `https://host/...` or `git@host:...`."""
    if "://" in address:
        return urlsplit(address).hostname or ""
    return address.partition(":")[0].rpartition("@")[2]
