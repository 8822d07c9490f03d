"""Input contracts: JSON Schema draft 4, as action contracts are."""

import json
from functools import lru_cache

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError

from diag.sandbox.replies import JsonObject


def contract_errors(schema: JsonObject, inputs: JsonObject) -> list[str]:
    """What is wrong with `inputs`, as `field: message` lines, ordered; empty when nothing is."""
    if not schema:
        return []
    try:
        validator = _validator(json.dumps(schema, sort_keys=True))
    except SchemaError as error:
        return [f"the input schema itself is not valid: {error.message}"]
    return sorted(f"{error.json_path}: {error.message}" for error in validator.iter_errors(inputs))


@lru_cache(maxsize=4096)
def _validator(schema_text: str) -> Draft4Validator:
    schema = json.loads(schema_text)
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)
