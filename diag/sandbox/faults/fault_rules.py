"""Which request is hit by which fault.

Faults are armed by a scenario (`[[faults]]`) or at run time (POST /sandbox/faults).
"""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Final

from diag.sandbox.backends.backend_address import BACKEND_PATH
from diag.sandbox.faults.fault import Fault
from diag.sandbox.faults.fault_kinds import KINDS
from diag.sandbox.reply_bodies import JsonObject
from diag.toml_section import TomlSection

_ABOUT_A_PART: Final = ("stripped", "nulled", "retyped")
_WITH_A_VALUE: Final = ("retyped", "mislabelled", "redirect_to")
_OWN: Final = "/sandbox"
_BACKENDS: Final = BACKEND_PATH.strip("/")


@dataclass(slots=True)
class _Armed:
    fault: Fault
    pattern: re.Pattern[str]
    seen: int = 0
    hit: int = 0


@dataclass(slots=True)
class Faults:
    """The faults in force, with their counts."""

    rng: Random
    _armed: list[_Armed] = field(default_factory=list)

    def arm(self, faults: tuple[Fault, ...]) -> None:
        """Replaces all faults by these; their counts start at zero."""
        self._armed = [_Armed(fault, re.compile(fault.path)) for fault in faults]

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The first fault that hits this request, if any does."""
        if not self._armed or (path.startswith(_OWN) and not path.startswith(BACKEND_PATH)):
            return None
        for armed in self._armed:
            fault = armed.fault
            if fault.method not in ("", method) or not armed.pattern.search(path):
                continue
            if path.startswith(BACKEND_PATH) and _BACKENDS not in fault.path:
                continue
            armed.seen += 1
            spent = fault.hits is not None and armed.hit >= fault.hits
            if armed.seen <= fault.skip or spent or self.rng.random() >= fault.share:
                continue
            armed.hit += 1
            return fault
        return None

    def to_json(self) -> list[JsonObject]:
        """Every fault with how many requests matched and were hit."""
        return [
            {
                "kind": armed.fault.kind,
                "path": armed.fault.path,
                "method": armed.fault.method,
                "share": armed.fault.share,
                "matched": armed.seen,
                "hit": armed.hit,
            }
            for armed in self._armed
        ]


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
