import json
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode


def test_the_schemas_are_listed_printed_and_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["schema"]) == ExitCode.OK
    listed = capsys.readouterr().out
    assert "history-org" in listed and "diag history --org --format json" in listed
    assert run(["schema", "scan"]) == ExitCode.OK
    printed = capsys.readouterr().out
    file = tmp_path / "scan.json"
    assert run(["schema", "scan", "-o", str(file)]) == ExitCode.OK

    assert json.loads(printed)["$id"] == "urn:genesys-diag:schema:scan"
    assert file.read_text(encoding="utf-8") == printed


@pytest.mark.parametrize(
    ("line", "hint"), [(["scna"], "Did you mean scan?"), (["-o", "x"], "diag schema lists")]
)
def test_a_name_that_is_none_is_explained(
    line: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schema", *line]) == ExitCode.USAGE
    assert hint in capsys.readouterr().err
