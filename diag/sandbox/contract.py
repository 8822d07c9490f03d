"""Input contracts: JSON Schema draft 4, as action contracts are."""

import json
import re
from functools import lru_cache
from typing import Final

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from diag.sandbox.replies import JsonObject

_NOTHING_ELSE: Final[Registry[object]] = Registry()
"""References are looked up in the schema itself only: a contract must not make the sandbox fetch anything."""


def contract_errors(schema: JsonObject, inputs: JsonObject) -> list[str]:
    """What is wrong with `inputs`, as `field: message` lines, ordered; empty when nothing is."""
    if not schema:
        return []
    try:
        validator = _validator(json.dumps(schema, sort_keys=True))
        return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(inputs))
    except SchemaError as error:
        return [f"the input schema itself is not valid: {error.message}"]
    except (Unresolvable, RecursionError, re.error) as error:
        return [f"the input schema itself cannot be used: {type(error).__name__}"]


@lru_cache(maxsize=4096)
def _validator(schema_text: str) -> Draft4Validator:
    schema = json.loads(schema_text)
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, registry=_NOTHING_ELSE)
