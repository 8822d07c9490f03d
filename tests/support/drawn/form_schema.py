"""Schemas of TOML files: of tables that dataclasses describe (diag/toml_forms), and of the platform file.

Tables lie inside each other as they do in the file: editors show what is said of a key only where it stands.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, Literal, get_args, get_origin

from analysis.format.json_to_dataclass import Between
from diag.platform_facts.fact_kinds import (
    CODE,
    LABEL,
    MOST_LABEL,
    MOST_TEXTS,
    Code,
    CodeList,
    Label,
    OneOf,
    TimeoutWords,
    WholeNumber,
    Words,
    YesOrNo,
)
from diag.platform_facts.facts import FACTS, Confidence, Fact, LearntOn
from diag.platform_facts.platform_file import FORMAT_VERSION, MOST_HOW
from diag.setting_sources import IN_FILES, SettingsTable
from diag.toml_forms.durations import LONGEST_S
from diag.toml_forms.kinds import (
    Above,
    Each,
    ExactlyOne,
    FormatVersion,
    InTable,
    Key,
    Lasting,
    Like,
    Needed,
    NotEmpty,
    keys_of,
)
from diag.toml_section import TomlSection
from tests.support.drawn.docstrings import about_class, about_fields
from tests.support.drawn.type_schema import Schema

_LENGTH_OF_TIME: Final[Schema] = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_S},
        {"type": "string", "pattern": r"^\s*([0-9]+h)?([0-9]+m)?([0-9]+(\.[0-9]+)?s)?\s*$", "minLength": 2},
    ],
    "examples": ["90s", "10m", "1h30m"],
}
_CODE: Final[Schema] = {"type": "string", "pattern": f"^({CODE.pattern})$"}
_TEXTS: Final[Schema] = {
    "type": ["string", "array"],
    "minLength": 1,
    "items": {"type": "string", "minLength": 1},
}


def table_schema(kind: type[Any], left_out: Iterable[str] = ()) -> Schema:
    """Return the schema of a table with the fields of `kind` for its keys."""
    keys = [key for key in keys_of(kind) if key.field not in left_out]
    texts = about_fields(kind)
    needed = [key.name for key in keys if key.demanded or any(isinstance(one, Needed) for one in key.marks)]
    one_of = [one.keys for key in keys for one in key.marks if isinstance(one, ExactlyOne)]
    return {
        "type": "object",
        **({"description": about_class(kind)} if about_class(kind) else {}),
        "properties": {
            key.name: {
                **_key_schema(key),
                **({"description": texts[key.field]} if key.field in texts else {}),
                **_default(key),
            }
            for key in keys
        },
        **({"required": needed} if needed else {}),
        **({"oneOf": [{"required": [name]} for name in one_of[0]]} if one_of else {}),
        "additionalProperties": False,
    }


def settings_schema() -> Schema:
    """Return the schema of `diag.toml`: the settings, and the same in each profile."""
    own = table_schema(SettingsTable, {each.name for each in fields(SettingsTable)} - IN_FILES)
    profiles: Schema = {
        "type": "object",
        "description": "Settings by the name of a profile: diag --profile NAME of any verb, or DIAG_PROFILE.",
        "additionalProperties": {**own, "description": "Settings of this profile."},
    }
    return {**own, "properties": {**own["properties"], "profile": profiles}}


def platform_schema() -> Schema:
    """Return the schema of `platform.toml`: a table for each fact."""
    return {
        "type": "object",
        "description": "What was learnt of a platform where nobody has documented it (diag doctor --learn).",
        "properties": {
            "format_version": {"const": FORMAT_VERSION, "description": "Of this file."},
            "learnt_on": {
                "enum": list(get_args(LearntOn)),
                "description": "What was learnt on a sandbox is never used for an org.",
            },
            **{fact.key: _fact_schema(fact) for fact in FACTS},
        },
        "required": ["format_version", "learnt_on"],
        "additionalProperties": False,
    }


def _default(key: Key) -> Schema:
    if key.default in (None, ()):
        return {}
    lasts = any(isinstance(mark, Lasting) for mark in key.marks)
    return {"default": f"{key.default:g}s" if lasts else key.default}


def _key_schema(key: Key) -> Schema:
    body = _kind_schema(key)
    for mark in key.marks:
        match mark:
            case Between():
                body |= _limits("minimum", mark.low) | _limits("maximum", mark.high)
            case Above():
                body |= _limits("exclusiveMinimum", mark.low) | _limits("maximum", mark.high)
            case Like():
                body |= {"pattern": mark.pattern, "examples": [mark.example]}
                if "items" in body:
                    body["items"] = {**body["items"], "pattern": mark.pattern}
            case Each():
                above = {"type": "number", "exclusiveMinimum": mark.above}
                body |= {"additionalProperties": above | _limits("maximum", mark.high)}
            case NotEmpty():
                body |= {"minLength": 1} | ({"minItems": 1} if "items" in body else {})
    return body


def _kind_schema(key: Key) -> Schema:
    for mark in key.marks:
        match mark:
            case Lasting():
                return dict(_LENGTH_OF_TIME)
            case FormatVersion():
                return {"const": mark.number}
            case InTable():
                inside = table_schema(mark.kind, mark.left_out)
                is_list = get_origin(key.kind) is tuple
                return {"type": "array", "items": inside} if is_list else inside
    kind, inner = key.kind, get_args(key.kind)
    if get_origin(kind) is Literal:
        return {"enum": list(inner)}
    if get_origin(kind) is tuple:
        return dict(_TEXTS)
    if get_origin(kind) is not None and issubclass(get_origin(kind), Mapping):
        filled = {"additionalProperties": {"type": "string", "pattern": r"\S"}} if inner[1] is str else {}
        return {"type": "object", **filled}
    if kind is TomlSection:
        raise TypeError(f"{key.name}: which table is meant is not said")
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return {"type": names[kind]}


def _limits(name: str, limit: float) -> Schema:
    return {} if math.isinf(limit) else {name: limit}


def _fact_schema(fact: Fact) -> Schema:
    return {
        "type": "object",
        "description": fact.question,
        "properties": {
            "value": {
                **_value_schema(fact.kind),
                "description": _about(fact),
            },
            "found": {"type": "string", "format": "date", "description": "The day it was found (UTC)."},
            "how": {
                "type": "string",
                "minLength": 1,
                "maxLength": MOST_HOW,
                "description": "How it was found, in one line that names nothing of the org.",
            },
            "confidence": {
                "enum": list(get_args(Confidence)),
                "description": "seen: itself; concluded: from something else that was seen.",
            },
        },
        "required": ["value", "found", "how", "confidence"],
        "additionalProperties": False,
    }


def _about(fact: Fact) -> str:
    right = fact.kind.right
    return f"{fact.question} {right[0].upper()}{right[1:]}."


def _value_schema(kind: object) -> Schema:
    match kind:
        case OneOf():
            return {"enum": list(kind.words)}
        case WholeNumber():
            return {"type": "integer", "minimum": kind.low, "maximum": kind.high}
        case YesOrNo():
            return {"type": "boolean"}
        case CodeList():
            return {"type": "array", "items": _CODE, "maxItems": MOST_TEXTS}
        case Words():
            words = {each.name: _CODE for each in fields(TimeoutWords)}
            return {"type": "object", "properties": words, "minProperties": 1, "additionalProperties": False}
        case Code():
            return _CODE
        case Label():
            return {"type": "string", "pattern": f"^({LABEL.pattern})$", "maxLength": MOST_LABEL}
    raise TypeError(f"{kind} is no kind of a fact")
