"""The form of a definition file, as a JSON Schema, and the checks a schema cannot express.

The form is that of the admin UI's export (docs/genesys-api.md, "Other tools"); the limits are the platform's:
timeout 1..60, request types of the Terraform provider, JSON nested at most 50 levels (Resource Center
141921).
"""

import re
from typing import Final

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import SchemaError

MAX_NESTING: Final = 50
MAX_NAME: Final = 256

_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}

FORM: Final[dict[str, object]] = {
    "type": "object",
    "required": ["name", "config", "contract"],
    "properties": {
        "name": {"type": "string", "pattern": r"\S", "maxLength": MAX_NAME},
        "integration": {"type": "string"},
        "integrationType": {"type": "string"},
        "actionType": {"enum": ["custom"]},
        "category": {"type": "string", "minLength": 1},
        "secure": {"type": "boolean"},
        "config": {
            "type": "object",
            "required": ["request"],
            "properties": {
                "timeoutSeconds": {"type": "integer", "minimum": 1, "maximum": 60},
                "request": {
                    "type": "object",
                    "required": ["requestUrlTemplate", "requestType"],
                    "properties": {
                        "requestUrlTemplate": {"type": "string", "minLength": 1},
                        "requestTemplate": {"type": "string"},
                        "requestType": {"enum": ["GET", "PUT", "POST", "PATCH", "DELETE"]},
                        "headers": _TEXTS,
                    },
                    "additionalProperties": False,
                },
                "response": {
                    "type": "object",
                    "properties": {
                        "translationMap": _TEXTS,
                        "translationMapDefaults": _TEXTS,
                        "successTemplate": {"type": "string"},
                    },
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
        "contract": {
            "type": "object",
            "required": ["input", "output"],
            "properties": {
                "input": {
                    "type": "object",
                    "required": ["inputSchema"],
                    "properties": {"inputSchema": {"type": "object"}},
                },
                "output": {
                    "type": "object",
                    "required": ["successSchema"],
                    "properties": {"successSchema": {"type": "object"}, "errorSchema": {"type": "object"}},
                },
            },
        },
    },
}
"""Unknown keys are refused inside `config`: a misspelt one would be lost. At the top they are only named."""

KNOWN_KEYS: Final = frozenset(
    ("name", "integration", "integrationType", "actionType", "category", "secure", "config", "contract")
)

_INPUT_USE: Final = re.compile(r"\$!?\{?input\.([A-Za-z_][\w-]*)")


def faults_of_form(body: object) -> list[str]:
    """Return every fault, one line each with its place; empty when the file can be sent."""
    if _nesting(body) > MAX_NESTING:
        return [f"nested deeper than {MAX_NESTING} levels, which the platform refuses"]
    faults = [
        f"{error.json_path}: {_plain(error.message)}"
        for error in sorted(Draft202012Validator(FORM).iter_errors(body), key=lambda e: e.json_path)
    ]
    if faults or not isinstance(body, dict):
        return faults
    contract = body["contract"]
    input_schema = contract["input"]["inputSchema"]
    faults += _faults_of_schema(input_schema, "$.contract.input.inputSchema")
    for name in ("successSchema", "errorSchema"):
        if name in contract["output"]:
            faults += _faults_of_schema(contract["output"][name], f"$.contract.output.{name}")
    if input_schema.get("type") != "object":
        faults.append('$.contract.input.inputSchema: the type of an input schema is "object"')
    if not faults:
        faults += _unknown_inputs(body["config"]["request"], input_schema)
    return faults


def _faults_of_schema(schema: object, where: str) -> list[str]:
    """The platform's contracts are JSON Schema draft 4."""
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        return [f"{where}{error.json_path[1:]}: not a JSON Schema (draft 4): {_plain(error.message)}"]
    return []


def _unknown_inputs(request: dict[str, object], schema: dict[str, object]) -> list[str]:
    """Templates may only use inputs the contract has: a misspelt one would be sent empty."""
    properties = schema.get("properties")
    known = set(properties) if isinstance(properties, dict) else set()
    headers = request.get("headers")
    texts = {
        "requestUrlTemplate": request.get("requestUrlTemplate"),
        "requestTemplate": request.get("requestTemplate"),
        **({f"headers.{name}": text for name, text in headers.items()} if isinstance(headers, dict) else {}),
    }
    return [
        f"$.config.request.{place}: input.{name} is not in the input schema"
        for place, text in texts.items()
        if isinstance(text, str)
        for name in dict.fromkeys(_INPUT_USE.findall(text))
        if name not in known and name != "rawRequest"
    ]


def _nesting(value: object) -> int:
    """How deep lists and objects lie in each other; counted without recursion, so depth cannot hurt us."""
    deepest, stack = 0, [(value, 0)]
    while stack:
        current, depth = stack.pop()
        if isinstance(current, dict | list):
            deepest = max(deepest, depth + 1)
            inner = current.values() if isinstance(current, dict) else current
            stack.extend((item, depth + 1) for item in inner)
    return deepest


def _plain(message: str) -> str:
    """A validator's message, cut before it repeats a whole template or secret header."""
    return message if len(message) <= 120 else message[:60] + " ... " + message[-50:]
