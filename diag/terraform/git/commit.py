"""One commit of edited files on a branch of its own. Nothing is pushed, and nothing else is committed."""

import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diag.changes.change_errors import TerraformFileError
from diag.errors import UsageError
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.editing.write_files import put_back, write_files
from diag.terraform.git.working_tree import GitFailed, WorkingTree, top_of

_PREFIX = "diag/timeouts-"


@dataclass(frozen=True, slots=True)
class Committed:
    """What was made: the branch, which is checked out now, and the address of the remote it could go to."""

    branch: str
    remote: str | None
    address: str | None


def demand_clean_tree(folder: Path, files: Sequence[EditedFile]) -> WorkingTree:
    """Return the working tree of a folder. Raises UsageError where files of it cannot be committed alone."""
    top = top_of(folder.resolve())
    if top is None:
        raise UsageError(
            f"{folder} lies in no git repository, so nothing can be committed.",
            hint="Leave --commit out: the files are edited where they are.",
        )
    tree = WorkingTree(top)
    outside = [file.shown for file in files if not file.path.is_relative_to(top)]
    try:
        not_clean = (
            *outside,
            *(tree.not_clean([file.path for file in files]) if files and not outside else ()),
        )
    except GitFailed as error:
        raise UsageError(f"git does not say whether the files are clean: {error}.") from None
    if not_clean:
        raise UsageError(
            f"Not committed, and nothing was edited: {', '.join(not_clean[:5])} is not as git has it.",
            hint="Commit or stash what was changed there first (git status), or leave --commit out.",
        )
    return tree


def commit_files(
    tree: WorkingTree, files: Sequence[EditedFile], message: str, now: Callable[[], float] = time.time
) -> Committed:
    """Make the branch, write the files and commit them. Raises TerraformFileError; then all is as it was."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now()))
    branch = f"{_PREFIX}{stamp}-{secrets.token_hex(2)}"
    try:
        before = _checked_out(tree)
    except GitFailed as error:
        raise _not_made(error) from None
    written = False
    names = [f":(top,literal){file.path.relative_to(tree.top).as_posix()}" for file in files]
    try:
        # Within: where a hook of it fails, the branch is there and checked out.
        tree.asked("switch", "--quiet", "--create", branch)
        write_files(files)
        written = True
        tree.asked("commit", "--quiet", "--cleanup=whitespace", "--file=-", "--", *names, stdin=message)
    except BaseException as error:
        if written:
            put_back(files)
        for words in (("switch", "--quiet", *before), ("branch", "--quiet", "-D", branch)):
            with contextlib.suppress(GitFailed):
                tree.asked(*words)
        if isinstance(error, GitFailed):
            raise _not_made(error) from None
        raise
    with contextlib.suppress(GitFailed):  # what a hook added to the commit is not in the index yet
        tree.asked("reset", "--quiet", "--", *names)
    return Committed(branch, *_remote(tree))


def _checked_out(tree: WorkingTree) -> tuple[str, ...]:
    """The words that lead back to what is checked out."""
    name = tree.asked("rev-parse", "--abbrev-ref", "HEAD").strip()
    return (name,) if name != "HEAD" else ("--detach", tree.asked("rev-parse", "HEAD").strip())


def _remote(tree: WorkingTree) -> tuple[str | None, str | None]:
    """The name and address of the remote: `origin`, or the only one."""
    with contextlib.suppress(GitFailed):
        names = tree.asked("remote").split()
        name = "origin" if "origin" in names else names[0] if len(names) == 1 else None
        if name is not None:
            return name, tree.asked("remote", "get-url", name).strip()
    return None, None


def _not_made(error: GitFailed) -> TerraformFileError:
    return TerraformFileError(
        f"git did not make the commit: {error}. The files are as they were.",
        hint="Mend what git says, or leave --commit out and commit yourself.",
    )
