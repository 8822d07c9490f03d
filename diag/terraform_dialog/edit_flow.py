"""`diag recommend --format terraform --edit DIR`: propose, edit, commit, note it, show the diff."""

import hashlib
import time
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.number_words import plural
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import ProposedNumber, line_of_proposal, new_id
from diag.changes.plans.plan import OrgIdentity, PlanOptions
from diag.console import Console
from diag.errors import PartialError, UsageError
from diag.exit_codes import ExitCode
from diag.interaction.output import goes_to_stdout
from diag.terraform.configuration.module import is_configuration
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.editing.unified_diff import unified_diff
from diag.terraform.editing.write_files import write_files
from diag.terraform.git.commit import Committed, commit_files, demand_clean_tree
from diag.terraform.git.working_tree import top_of
from diag.terraform.proposing.proposal import Proposal
from diag.terraform.proposing.propose import propose
from diag.terraform.proposing.roots_and_state import ConfigurationFolder
from diag.terraform_dialog.edit_options import EditOptions
from diag.terraform_dialog.evidence_to_edit import EvidenceToEdit
from diag.terraform_dialog.proposal_words import (
    arrived_command,
    commit_message,
    edited_words,
    next_after_commit,
    next_after_edit,
    next_after_patch,
    remarks,
)

_READ_TOO: Final = (".tfvars", ".tfvars.json", ".tfstate")


def edit(
    evidence: EvidenceToEdit,
    options: EditOptions,
    plan_options: PlanOptions,
    *,
    journal: Path,
    output: Path | None,
) -> int:
    """Carry the edit out and return the exit code. Raises PartialError where an edit is not certain."""
    assert options.edit is not None
    folder = options.edit
    _demand_no_configuration(options.patch, output)
    where = ConfigurationFolder(folder, options.terraform_root, options.terraform_state)
    proposal = propose(evidence.analysis, where, plan_options)
    top = top_of(folder.resolve()) or folder.resolve()
    diff = "".join(unified_diff(file, _name(file, top, folder)) for file in proposal.files)
    console = Console()
    shown = output is None or goes_to_stdout(output)
    if output is not None and not shown:
        write_whole(output, diff)  # first: where it cannot be written, nothing is edited
    committed = None if options.check else _made(proposal, options, diff)
    org = evidence.org
    if proposal.timeouts and not options.check:
        if org is None:
            console.note("Not noted in the journal: these calls do not say which org they are of.")
        else:
            _note_in_journal(Journal(journal), proposal, org, evidence.analysis.run_ids, diff)
    if shown:
        console.exact(diff)
    for line in remarks(proposal):
        console.note(line)
    if evidence.further is not None:
        console.note(evidence.further)
    console.note(edited_words(proposal, done=not options.check and options.patch is None))
    if proposal.timeouts and not options.check:
        for line in _next(committed, options, top, arrived_command(evidence.asked, called=evidence.called)):
            console.note(line)
    if options.check and proposal.timeouts:
        return ExitCode.CHANGES
    if proposal.refused:
        asked_for = len(proposal.refused) + len(proposal.timeouts)
        raise PartialError(
            f"{len(proposal.refused)} of {plural(asked_for, 'timeout')} could not be edited for certain.",
            hint="Edit these by hand, where it says, or give each a line of its own.",
        )
    return ExitCode.OK


def _demand_no_configuration(*diffs: Path | None) -> None:
    """A diff in the place of a file that Terraform reads would be the end of it."""
    for path in diffs:
        if path is not None and (is_configuration(path.name) or path.name.endswith(_READ_TOO)):
            raise UsageError(
                f"{path} would be read by Terraform, or is: a diff is no configuration.",
                hint="Give it another name: --patch timeouts.patch",
            )


def _made(proposal: Proposal, options: EditOptions, diff: str) -> Committed | None:
    """Write what was asked for: a patch, a commit, or the files themselves."""
    if options.patch is not None:
        write_whole(options.patch, diff)
    elif options.commit is not None and options.edit is not None and proposal.files:
        tree = demand_clean_tree(options.edit, proposal.files)
        return commit_files(tree, proposal.files, commit_message(options.commit, proposal))
    else:
        write_files(proposal.files)
    return None


def _next(committed: Committed | None, options: EditOptions, top: Path, arrived: str) -> tuple[str, ...]:
    if committed is not None:
        return next_after_commit(committed, arrived)
    if options.patch is not None:
        return next_after_patch(options.patch, top, arrived)
    return next_after_edit(top, arrived)


def _name(file: EditedFile, top: Path, folder: Path) -> str:
    """The file's path where the diff is applied: from the top of the working tree, else from the folder."""
    base = top if file.path.is_relative_to(top) else folder.resolve()
    return file.path.relative_to(base).as_posix()


def _note_in_journal(
    journal: Journal, proposal: Proposal, org: OrgIdentity, run_ids: tuple[str, ...], diff: str
) -> None:
    now = time.time()
    command = (new_id(now), now)
    digest = hashlib.sha256(diff.encode()).hexdigest()
    for one in proposal.timeouts:
        number = ProposedNumber(
            one.action_id,
            one.action_name,
            one.before_timeout_s,
            one.after_timeout_s,
            f"{one.where} ({one.address})",
            one.percentile,
            one.promised_share,
        )
        behind = () if one.by_production else run_ids
        journal.append(line_of_proposal(number, org, digest, behind, command))
