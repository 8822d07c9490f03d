import json
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.schemas.schema_files import place_beside, schema_text


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


def test_the_schema_lies_beside_a_workload_that_names_it(tmp_path: Path) -> None:
    line = place_beside(tmp_path / "crm.toml")

    assert line == "#:schema ./workload.schema.json"
    written = (tmp_path / line.split()[1]).read_text(encoding="utf-8")
    assert written == schema_text("workload")
    (tmp_path / "workload.schema.json").write_text(written.replace("Calls/s", "older"))
    assert place_beside(tmp_path / "crm.toml") == line
    assert (tmp_path / "workload.schema.json").read_text(encoding="utf-8") == written


@pytest.mark.parametrize("text", ["not json", '{"$id": "theirs"}', "[]"])
def test_a_file_of_theirs_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "workload.schema.json").write_text(text)

    assert place_beside(tmp_path / "workload.toml") is None
    assert (tmp_path / "workload.schema.json").read_text() == text
