"""The verb table: help, exit codes, errors without tracebacks."""

import errno
from collections.abc import Iterator

import click
import pytest

from diag import cli
from diag.cli import run
from diag.errors import CredentialsError, PartialError, StalePlanError, UsageError
from diag.exit_codes import ExitCode
from diag.supported_platform import why_unsupported


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """A verb `fail` that raises whatever the test puts into the list."""
    errors: list[BaseException] = []

    @click.command()
    def fail() -> None:
        raise errors[0]

    monkeypatch.setattr(cli.cli, "get_command", lambda ctx, name: fail if name == "fail" else None)
    yield errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (CredentialsError("x"), 5),
        (StalePlanError("x"), 6),
        (PartialError("x"), 7),
        (RuntimeError("x"), 1),
        (EOFError("half a file"), 1),
        (KeyboardInterrupt(), 130),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
    ],
)
def test_every_error_has_its_exit_code_and_no_traceback(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    failing.append(error)

    assert cli.run(["fail"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_says_what_the_details_and_the_fix(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(CredentialsError("Refused (403).", hint="Add the role.", details=("correlation id abc",)))
    cli.run(["fail"])

    assert capsys.readouterr().err == "Error: Refused (403).\n│ correlation id abc\n│ Fix: Add the role.\n"


def test_a_full_disk_is_explained(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    failing.append(OSError(errno.ENOSPC, "No space left on device", "runs/x/samples.parquet"))
    cli.run(["fail"])

    assert "disk is full (runs/x/samples.parquet)" in capsys.readouterr().err


def test_an_unexpected_error_never_prints_its_text(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(ValueError("secret-value"))
    cli.run(["fail"])

    assert "secret-value" not in capsys.readouterr().err


def test_help_and_no_arguments_list_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], []):
        assert cli.run(arguments) == 0
        shown = capsys.readouterr().out
        assert all(f"\n  {verb} " in shown for verb in cli.VERBS)


def test_an_unknown_verb_or_flag_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["nonsense"]) == 2
    assert cli.run(["report", "--nonsense"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_where_diag_does_not_run_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("diag.cli.sys.version_info", (3, 10))

    code = run(["doctor"])

    monkeypatch.undo()
    assert code == ExitCode.USAGE
    assert "Python 3.10" in capsys.readouterr().err


def test_where_diag_runs_nothing_is_said() -> None:
    assert why_unsupported((3, 11)) is None
    assert why_unsupported((3, 14)) is None
