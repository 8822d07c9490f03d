"""Stopping and going on: what the org holds, as a file (`--state FILE`).

Actions, drafts, limits and switches are kept; calls, tokens and the latency streams start anew.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import WrongShapeError, typed
from analysis.plain_text import json_text
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import SandboxError
from diag.sandbox.world.actions.action_config import SandboxActionConfig
from diag.sandbox.world.actions.revision import ActionEntry, Revision
from diag.sandbox.world.limits import Limits
from diag.sandbox.world.switches import Switches

FORMAT_VERSION: Final = 1
_HINT: Final = "Delete it to start afresh, or name another --state file."


@dataclass(frozen=True, slots=True)
class _Saved:
    scenario: str
    limits: Limits
    switches: Switches
    actions: tuple[Mapping[str, Any], ...]


class StateFile:
    """One sandbox's state on disk; written whole and put in place at once, so it is never half there."""

    def __init__(self, path: Path, sandbox: Sandbox) -> None:
        self._path = path
        self._sandbox = sandbox
        self._saved_changes: object = None

    def load(self) -> None:
        """Brings the sandbox to the saved state, if there is one. Raises SandboxError."""
        if not os.path.lexists(self._path):
            return
        file = InputFile(self._path, SandboxError, _HINT)
        body = file.json_object(FORMAT_VERSION)
        body.pop("format_version")
        try:
            self._restore(typed(_Saved, body, closed=True))
        except (KeyError, TypeError, WrongShapeError) as error:
            raise file.unfit(f"is not the state of a sandbox: {error}") from None

    def save(self) -> None:
        """Writes the state if anything changed since the last time. Raises SandboxError."""
        changes = self._sandbox.changes
        if changes == self._saved_changes:
            return
        text = json_text(self._to_json(), indent=1)
        try:
            write_whole(self._path, text)
        except OSError as error:
            raise SandboxError(f"cannot save the state to {self._path}: {error.strerror}") from error
        self._saved_changes = changes

    def _to_json(self) -> dict[str, object]:
        sandbox = self._sandbox
        return {
            "format_version": FORMAT_VERSION,
            "scenario": sandbox.scenario.name,
            "limits": asdict(sandbox.limits.limits),
            "switches": asdict(sandbox.switches),
            "actions": [asdict(entry) for entry in sandbox.org.entries()],
        }

    def _restore(self, saved: _Saved) -> None:
        if saved.scenario != self._sandbox.scenario.name:
            raise SandboxError(
                f"{self._path} is the state of scenario {saved.scenario!r}, "
                f"not of {self._sandbox.scenario.name!r}",
                hint=f"Use --scenario {saved.scenario}, or another --state file.",
            )
        self._sandbox.limits.change(saved.limits)
        self._sandbox.switches = saved.switches
        self._sandbox.org.replace_all([_entry(action) for action in saved.actions])


def _entry(saved: Mapping[str, Any]) -> ActionEntry:
    return ActionEntry(
        **{**saved, "published": _revision(saved["published"]), "draft": _revision(saved["draft"])}
    )


def _revision(saved: Mapping[str, Any] | None) -> Revision | None:
    return None if saved is None else Revision(**{**saved, "config": SandboxActionConfig(**saved["config"])})
