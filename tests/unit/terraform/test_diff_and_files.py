"""The diff that git applies, and files that are written whole or not at all."""

import difflib
import os
import re
import subprocess
from pathlib import Path

import pytest

from analysis.format.atomic_write import replace_whole
from diag.changes.change_errors import TerraformFileError
from diag.terraform.editing import write_files as writing
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.editing.text_edit import TextEdit
from diag.terraform.editing.unified_diff import unified_diff
from diag.terraform.editing.write_files import write_files
from tests.support.terraform_folders import proposed, raised, written

BLOCK = 'resource "ACTION" "{0}" {{\n  name = "{0}"\n  config_timeout_seconds = 5\n}}\n'


def edited_by(text: str, *edits: tuple[int, int, str]) -> EditedFile:
    return EditedFile(Path("x"), "x", text, tuple(TextEdit(*edit) for edit in edits))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", "a\nb 5\nc\n"),
        ("no line end.tf", "a\nb 5"),
        ('wíndows "x".tf', "\ufeffa\r\nb 5\r\n\tc\r\n"),
        ("far apart.tf", "b 5\n" + "x\n" * 40 + "\x0b\u2028\n" * 3 + "b 5\n" + "\n" * 7),
        ("near.tf", "b 5\nx\n\nb 5\nx\nb 5, 5\n"),
        ("dir/{x}\\y.tf", "b 5\n"),
    ],
)
def test_git_applies_the_diff_to_the_byte(tmp_path: Path, name: str, text: str) -> None:
    edits = [(at.start(), at.end(), "10") for at in re.finditer("5", text)]
    first = text.index("b")
    file = edited_by(text, (first, first, "added\n"), *edits)
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())

    diff = unified_diff(file, name)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], input=diff.encode(), cwd=tmp_path, check=True,
        env={"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )  # fmt: skip

    assert path.read_bytes() == file.after.encode()
    before, after = (re.findall(r".*\n|.+$", one) for one in (text, file.after))
    if text.endswith("\n"):
        usual = difflib.unified_diff(before, after, lineterm="\n")
        assert re.sub(r",1 ", " ", diff.partition("\n+++ ")[2].partition("\n")[2]) == "".join([*usual][2:])


@pytest.mark.slow
def test_two_hundred_actions_in_forty_files_are_a_diff_of_numbers(tmp_path: Path) -> None:
    files = {
        f"team{file % 8}/actions{file}.tf": "".join(BLOCK.format(f"a{file}_{n}") for n in range(5))
        for file in range(40)
    }
    folder = written(tmp_path, files)
    items = [raised(f"a{file}_{n}", recommended_timeout_s=6 + n) for file in range(40) for n in range(5)]
    before = {path: path.read_bytes() for path in folder.rglob("*.tf")}

    proposal = proposed(folder, *items)
    diff = "".join(unified_diff(file, file.shown) for file in proposal.files)
    write_files(proposal.files)

    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(proposal.timeouts) == 200
    assert len(proposal.files) == 40
    assert lines.count("-  config_timeout_seconds = 5") == 200
    assert all(
        re.fullmatch(r"\+  config_timeout_seconds = (6|7|8|9|10)", line) for line in lines if line[0] == "+"
    )
    assert len(lines) == 400
    numbers = re.compile(rb"(config_timeout_seconds = )\d+")
    for path, was in before.items():
        assert numbers.sub(rb"\1", path.read_bytes()) == numbers.sub(rb"\1", was)


def test_a_file_that_was_changed_meanwhile_stays_and_so_do_all_others(tmp_path: Path) -> None:
    folder = written(tmp_path, {f"{each}.tf": BLOCK.format(each) for each in "abc"})
    proposal = proposed(folder, *map(raised, "abc"))
    (folder / "b.tf").write_text("# mine\n")

    with pytest.raises(TerraformFileError, match=r"b\.tf was changed by someone else"):
        write_files(proposal.files)

    assert (folder / "b.tf").read_text() == "# mine\n"
    assert "= 5" in (folder / "a.tf").read_text() and "= 5" in (folder / "c.tf").read_text()


@pytest.mark.parametrize(
    ("trouble", "raised_then", "why"),
    [
        (
            OSError(28, "No space left on device", "b.tf"),
            TerraformFileError,
            r"b\.tf cannot be written .* Nothing was edited",
        ),
        (KeyboardInterrupt(), KeyboardInterrupt, None),
    ],
    ids=["no space", "Ctrl-C"],
)
def test_where_one_file_cannot_be_written_the_others_are_put_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: BaseException,
    raised_then: type[BaseException],
    why: str | None,
) -> None:
    folder = written(tmp_path, {f"{each}.tf": BLOCK.format(each) for each in "abc"})
    proposal = proposed(folder, *map(raised, "abc"))
    real = replace_whole

    def full_at_b(path: Path, content: bytes) -> None:
        if path.name == "b.tf" and b"= 10" in content:
            raise trouble
        real(path, content)

    monkeypatch.setattr(writing, "replace_whole", full_at_b)
    with pytest.raises(raised_then, match=why):
        write_files(proposal.files)

    assert ["= 5" in (folder / f"{each}.tf").read_text() for each in "abc"] == [True] * 3
    assert sorted(path.name for path in folder.iterdir()) == ["a.tf", "b.tf", "c.tf"]


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.tf": BLOCK.format("a")})
    (folder / "a.tf").chmod(0o640)

    write_files(proposed(folder, raised("a")).files)

    assert (folder / "a.tf").stat().st_mode & 0o777 == 0o640
