"""Input contracts: JSON Schema draft 4, as action contracts are."""

import json
import re
from functools import lru_cache
from typing import Final

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.world.actions.plain_contract import plainly_fits

_NOTHING_ELSE: Final[Registry[object]] = Registry()
"""References are looked up in the schema itself only: a contract must not make the sandbox fetch anything."""


def contract_errors(schema: JsonObject, inputs: JsonObject) -> list[str]:
    """What is wrong with `inputs`, as `field: message` lines, ordered; empty when nothing is."""
    if not schema or plainly_fits(schema, inputs):
        return []
    schema_text = json.dumps(schema, sort_keys=True)
    problem = _schema_problem(schema_text)
    if problem is not None:
        return [problem]
    try:
        validator = _validator(schema_text)
        return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(inputs))
    except Unresolvable:
        return ["the input schema itself cannot be used: it refers to something outside itself"]
    except RecursionError:
        return ["the input schema itself cannot be used: it refers to itself without end"]
    except re.error as error:
        return [f"the input schema itself cannot be used: a pattern is no regular expression ({error})"]


def schema_problem(schema: JsonObject) -> str | None:
    """Why `schema` is no JSON Schema of draft 4; None when it is one."""
    return _schema_problem(json.dumps(schema, sort_keys=True)) if schema else None


@lru_cache(maxsize=4096)
def _schema_problem(schema_text: str) -> str | None:
    try:
        Draft4Validator.check_schema(json.loads(schema_text))
    except SchemaError as error:
        return f"the input schema itself is not valid: {error.message}"
    return None


@lru_cache(maxsize=4096)
def _validator(schema_text: str) -> Draft4Validator:
    schema = json.loads(schema_text)
    return Draft4Validator(schema, registry=_NOTHING_ELSE)
