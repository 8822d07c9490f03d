"""A branch with one commit of the edited files: never of others, never on top of somebody's work."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.typed_command import Asked
from diag.changes.change_errors import TerraformFileError
from diag.errors import UsageError
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.git.commit import Committed, commit_files, demand_clean_tree
from diag.terraform_dialog.proposal_words import arrived_command, next_after_commit
from tests.support.terraform_folders import proposed, raised, written

BLOCK = 'resource "ACTION" "{0}" {{\n  name = "{0}"\n  config_timeout_seconds = 5\n}}\n'
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with a configuration in `infra`, committed; returns git in it."""
    for name, value in {
        "GIT_CONFIG_GLOBAL": str(tmp_path / "none"), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    top = tmp_path / "repo"
    written(top, {"infra/ä [1].tf": BLOCK.format("a"), "infra/b.tf": BLOCK.format("b"), "other.txt": "x\n"})

    def run(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=top, check=True, capture_output=True, text=True).stdout

    run("init", "--quiet", "--initial-branch=main")
    run("add", ".")
    run("commit", "--quiet", "-m", "first")
    return run


def edited_files(tmp_path: Path) -> tuple[EditedFile, ...]:
    return proposed(tmp_path / "repo" / "infra", raised("a"), raised("b")).files


def test_only_the_edited_files_are_committed_and_what_else_was_staged_stays(tmp_path: Path, git: Git) -> None:
    (tmp_path / "repo" / "other.txt").write_text("mine\n")
    git("add", "other.txt")
    files = edited_files(tmp_path)

    tree = demand_clean_tree(tmp_path / "repo" / "infra", files)
    made = commit_files(tree, files, "# Raise timeouts\n\na: 5 s -> 10 s\n")

    assert git("branch", "--show-current").strip() == made.branch
    assert made.branch.startswith("diag/timeouts-")
    assert git("-c", "core.quotepath=off", "show", "--name-only", "--format=%B", "HEAD").split("\n\n") == [
        "# Raise timeouts",
        "a: 5 s -> 10 s",
        "\ninfra/b.tf\ninfra/ä [1].tf\n",
    ]
    assert git("diff", "--cached", "--name-only") == "other.txt\n"
    assert git("diff", "main", "HEAD", "--stat").count("|") == 2


@pytest.mark.parametrize("how", ["changed", "staged", "unknown", "ignored"])
def test_nothing_is_done_on_top_of_somebodys_work(tmp_path: Path, git: Git, how: str) -> None:
    path = tmp_path / "repo" / "infra" / "b.tf"
    if how in ("unknown", "ignored"):
        git("rm", "--quiet", "--cached", "infra/b.tf")
        (tmp_path / "repo" / ".gitignore").write_text("b.tf\n" if how == "ignored" else "")
        git("commit", "--quiet", "-m", "b is not of this repository")
    else:
        path.write_text("# mine\n" + path.read_text())
        git("add", "infra/b.tf") if how == "staged" else None
    files = edited_files(tmp_path)

    with pytest.raises(UsageError, match=r"Not committed, and nothing was edited: infra/b\.tf"):
        demand_clean_tree(tmp_path / "repo" / "infra", files)


def test_where_a_hook_says_no_all_is_as_it_was(tmp_path: Path, git: Git) -> None:
    hook = tmp_path / "repo" / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho 'terraform_docs is not happy' >&2\nexit 1\n")
    hook.chmod(0o755)
    files = edited_files(tmp_path)
    tree = demand_clean_tree(tmp_path / "repo" / "infra", files)

    with pytest.raises(TerraformFileError, match="did not make the commit: terraform_docs is not happy"):
        commit_files(tree, files, "Raise\n")

    assert git("status", "--porcelain") == ""
    assert git("branch", "--format=%(refname:short)") == "main\n"
    assert git("branch", "--show-current") == "main\n"


def test_outside_a_repository_nothing_is_committed(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.tf": BLOCK.format("a")})

    with pytest.raises(UsageError, match="lies in no git repository"):
        demand_clean_tree(folder, proposed(folder, raised("a")).files)


@pytest.mark.parametrize(
    ("address", "programs"),
    [
        ("git@github.com:team/infra.git", ["gh"]),
        ("https://user@gitlab.example.com/team/infra.git", ["glab"]),
        ("ssh://git@git.example.com/infra", ["gh", "glab"]),
        (None, []),
    ],
)
def test_the_pull_request_is_the_persons_own_command(address: str | None, programs: list[str]) -> None:
    remote = None if address is None else "origin"

    asked = Asked(calls=("runs/tune", "--actions", "a.json"), org=("--profile", "crm"))
    lines = next_after_commit(
        Committed("diag/timeouts-x", remote, address), arrived_command(asked, called=True)
    )

    assert [line.split()[1] for line in lines if line.startswith("Then: ")] == programs
    assert any("git push -u origin diag/timeouts-x" in line for line in lines) is (remote is not None)
    assert "Nothing was pushed" in lines[0]
    assert lines[-1].endswith(": diag check runs/tune --live --profile crm")


@pytest.mark.parametrize("hook", ["post-checkout", "pre-commit"])
def test_a_hook_that_fails_without_a_word_leaves_no_branch_behind(
    tmp_path: Path, git: Git, hook: str
) -> None:
    written(tmp_path / "repo", {f".git/hooks/{hook}": "#!/bin/sh\nexit 1\n"})
    (tmp_path / "repo" / ".git" / "hooks" / hook).chmod(0o755)
    files = edited_files(tmp_path)
    tree = demand_clean_tree(tmp_path / "repo" / "infra", files)

    with pytest.raises(TerraformFileError, match="ended with exit code 1 and said nothing"):
        commit_files(tree, files, "Raise\n")

    assert git("status", "--porcelain") == ""
    assert git("branch", "--format=%(refname:short)") == "main\n"


def test_what_a_hook_adds_to_the_commit_is_in_the_index_too(tmp_path: Path, git: Git) -> None:
    hook = tmp_path / "repo" / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho '# formatted' >> infra/b.tf\ngit add infra/b.tf\n")
    hook.chmod(0o755)
    files = edited_files(tmp_path)

    commit_files(demand_clean_tree(tmp_path / "repo" / "infra", files), files, "Raise\n")

    assert git("show", "HEAD:infra/b.tf").endswith("# formatted\n")
    assert git("status", "--porcelain") == ""


@pytest.mark.slow
def test_within_a_hook_of_another_repository_the_commit_is_made_in_the_one_of_the_files(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "--quiet", tmp_path / "repo", other], check=True)
    files = edited_files(tmp_path)

    with monkeypatch.context() as within:
        within.setenv("GIT_DIR", str(other / ".git"))
        within.setenv("GIT_LITERAL_PATHSPECS", "1")
        made = commit_files(demand_clean_tree(tmp_path / "repo" / "infra", files), files, "Raise\n")

    assert git("branch", "--show-current").strip() == made.branch
    assert git("status", "--porcelain") == ""
