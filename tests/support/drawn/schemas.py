"""The schemas of diag/schemas, drawn from the code; and what holds a value to one of them."""

import json
from functools import cache
from pathlib import Path
from typing import Final

import jsonschema_rs

from tests.support.drawn.documents import DOCUMENTS, printed_by
from tests.support.source_files import ROOT

FOLDER: Final = ROOT / "diag" / "schemas"


def drawn_schemas() -> dict[Path, str]:
    """Return the text of each schema by its path."""
    return {
        FOLDER / f"{one.name}.schema.json": json.dumps(one.schema(), indent=1, ensure_ascii=False) + "\n"
        for one in DOCUMENTS
    }


def faults(name: str, value: object) -> list[str]:
    """Return where a value does not fit the schema that is checked in, and why; empty: it fits."""
    found = _validator(name).iter_errors(value)
    return [f"/{'/'.join(map(str, one.instance_path))}: {one.message:.200}" for one in found]


def faults_of_output(arguments: tuple[str, ...], text: str) -> list[str]:
    """Return the faults of what a command printed; of a command that prints no JSON there are none."""
    name = printed_by(arguments)
    return [] if name is None or not text.startswith("{") else faults(name, json.loads(text))


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema)
