"""Which request is hit by which fault."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Final

from diag.sandbox.backends.backend_address import BACKEND_PATH
from diag.sandbox.faults.fault import Fault
from diag.sandbox.reply_bodies import JsonObject

_OWN: Final = "/sandbox"
_BACKENDS: Final = BACKEND_PATH.strip("/")


@dataclass(slots=True)
class _Armed:
    fault: Fault
    pattern: re.Pattern[str]
    seen: int = 0
    hit: int = 0


@dataclass(slots=True)
class FaultsInForce:
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
