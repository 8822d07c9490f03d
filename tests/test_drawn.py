"""What is drawn from the code is up to date: the map, the schemas."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import click
import jsonschema_rs
import pytest

from diag.cli import VERBS, cli
from tests.support.drawn.documents import DOCUMENTS, printed_by
from tests.support.drawn.everything import JSON_PAGE, drawn_files
from tests.support.drawn.schemas import FOLDER, faults
from tests.support.source_files import ROOT

OTHERWISE_PRINTED = {"register": "the request that would be sent (--dry-run): its form is the platform's"}
"""Verbs that print JSON without `--format json`, and why it has no schema."""


@pytest.fixture(scope="module")
def files() -> Mapping[Path, str]:
    """Drawn where a test needs them: every worker collects this file."""
    return drawn_files()


@pytest.mark.slow
def test_what_is_drawn_from_the_code_is_up_to_date(files: Mapping[Path, str]) -> None:
    there = {path: path.read_text(encoding="utf-8") if path.is_file() else None for path in files}

    assert [str(path.relative_to(ROOT)) for path in files if there[path] != files[path]] == [], "make draw"


@pytest.mark.slow
def test_there_is_no_schema_that_nothing_draws(files: Mapping[Path, str]) -> None:
    assert {path for path in FOLDER.iterdir() if path.suffix == ".json"} <= files.keys()


@pytest.mark.parametrize("name", [one.name for one in DOCUMENTS])
def test_a_schema_is_one(name: str) -> None:
    schema = next(one for one in DOCUMENTS if one.name == name).schema()

    jsonschema_rs.meta.validate(schema)
    assert faults(name, []) != []
    assert schema.get("description") or name == "action"


@pytest.mark.slow
def test_the_page_names_the_documents_that_state_no_format(files: Mapping[Path, str]) -> None:
    line = next(one for one in files[JSON_PAGE].splitlines() if one.startswith("- **`format_version`"))
    schemas = {path.name: json.loads(text) for path, text in files.items() if path.parent == FOLDER}
    without = {name for name, schema in schemas.items() if "format_version" not in schema["properties"]}

    assert {f"{name}.schema.json" for name in re.findall(r"`([a-z-]+)`", line)} == without


def test_every_verb_that_prints_json_has_a_schema() -> None:
    printing = {verb for verb in VERBS if "json" in _forms(verb)}

    assert {verb for verb in printing if printed_by((verb, "--format", "json")) is None} == set()
    assert {one.verb for one in DOCUMENTS if one.verb is not None} - printing == {"export"}
    assert printing.isdisjoint(OTHERWISE_PRINTED)


def _forms(verb: str) -> list[str]:
    command = cli.get_command(click.Context(cli, info_name="diag"), verb)
    assert command is not None
    choices = [one.type.choices for one in command.params if isinstance(one.type, click.Choice)]
    return [str(word) for one in choices for word in one]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("history --format json", "history"),
        ("history --org --format=json", "history-org"),
        ("doctor --learn X --format json", "doctor-learn"),
        ("observe --from x.csv --format json", "observe-export"),
        ("report --all --format json", "report-index"),
        ("scan --format csv", None),
        ("export X", "action"),
        ("apply plan.json", None),
    ],
)
def test_a_command_is_known_to_print_what_it_prints(line: str, name: str | None) -> None:
    assert printed_by(line.split()) == name
