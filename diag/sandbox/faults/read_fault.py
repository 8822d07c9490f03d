"""The settings of a fault, read from a scenario (`[[faults]]`) or a request (POST /sandbox/faults)."""

import re
from typing import Final

from diag.sandbox.faults.fault import Fault
from diag.sandbox.faults.fault_kinds import KINDS
from diag.toml_section import TomlSection

_ABOUT_A_PART: Final = ("stripped", "nulled", "retyped")
_WITH_A_VALUE: Final = ("retyped", "mislabelled", "redirect_to")


def _status(table: TomlSection, kind: str) -> int:
    if kind == "redirect_to":
        return table.integer("status", 307, low=300, high=399)
    return table.integer("status", 500, low=400, high=599)


def read_fault(table: TomlSection) -> Fault:
    """A fault from a scenario or a request. Raises ScenarioError."""
    pattern = table.text("path", "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise table.wrong("path", f"is not a regular expression: {error}") from error
    whole = 1_000_000_000
    kind = table.text("kind", choices=tuple(KINDS))
    part = table.text("part", "")
    value = table.text("value", "")
    if (kind in _ABOUT_A_PART) != bool(part):
        raise table.wrong(
            "part", f"belongs to these faults only, and they need it: {', '.join(_ABOUT_A_PART)}"
        )
    if (kind in _WITH_A_VALUE) != bool(value):
        raise table.wrong(
            "value", f"belongs to these faults only, and they need it: {', '.join(_WITH_A_VALUE)}"
        )
    return table.done(
        Fault(
            kind=kind,
            path=pattern,
            method=table.text("method", "").upper(),
            share=table.share("share", 1.0),
            skip=table.integer("skip", 0, low=0, high=whole),
            hits=table.integer("hits", low=1, high=whole) if table.has("hits") else None,
            status=_status(table, kind),
            code=table.text("code", ""),
            retry_after_s=(
                table.integer("retry_after_s", low=0, high=86_400) if table.has("retry_after_s") else None
            ),
            limit=table.text("limit", ""),
            for_s=table.number("for_s", 1.0, above=0.0),
            megabytes=table.integer("megabytes", 20, low=1, high=500),
            part=part,
            value=value,
        )
    )
