"""One door for results: `-o -` is stdout for every verb, and no other flag writes a file named "-"."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from diag.cli import VERBS, run
from diag.console import Console
from diag.exit_codes import ExitCode
from diag.interaction.output import NamedPath, write_result

READ: set[str] = {
    "baselines",
    "actions_file",
    "terraform_state",
    "terraform_root",
    "against",
    "production",
    "add_rows",
    "labels",
    "flows_from",
    "export",
    "into",
}
"""Options that name what is there already: a file to read, a run to add to."""


def path_options() -> Iterator[tuple[str, click.Option]]:
    for verb, (module, _) in VERBS.items():
        for parameter in importlib.import_module(f"diag.commands.{module}").command.params:
            if isinstance(parameter, click.Option) and isinstance(parameter.type, click.Path):
                yield verb, parameter


def test_every_flag_that_writes_goes_through_the_one_door() -> None:
    others = [
        (verb, option.name)
        for verb, option in path_options()
        if option.name not in READ and not isinstance(option.type, NamedPath)
    ]

    assert {name for _, name in others} == {"output"}
    assert {verb for verb, _ in others} == {"recommend", "report", "compare", "observe", "export", "schema"}
    commands = [*Path(str(importlib.import_module("diag.commands").__file__)).parent.glob("*.py")]
    assert len(commands) > len(VERBS)
    assert not [file.name for file in commands if '== "-"' in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "--out", "-"],
        ["observe", "--out", "-"],
        ["check", "--junit", "-"],
        ["report", "--charts", "-"],
        ["measure", "--run-dir", "-"],
        ["sandbox", "--state", "-"],
    ],
)
def test_a_file_beside_the_result_needs_a_name(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(arguments) == ExitCode.USAGE
    assert f"'{arguments[1]}': '-' would mean stdout" in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_result_goes_to_stdout_or_to_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not write_result(Console(), "a\r\nb", Path("-"))
    assert not write_result(Console(), "c", None)
    assert write_result(Console(), "d", tmp_path / "x")

    assert capsys.readouterr().out == "a\r\nb\nc\n"
    assert (tmp_path / "x").read_text() == "d\n"
