"""What a running load has done so far, read from the lines its processes write once a second."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.run_folder import RunFolder
from diag.measuring.settled import SETTLING_FILE


@dataclass(frozen=True, slots=True)
class ActionProgress:
    """One action so far. `timeouts`: all right-censored calls; `settled`: its answer can no longer change."""

    action_id: str
    action_name: str
    calls: int = 0
    ok: int = 0
    timeouts: int = 0
    errors: int = 0
    dropped: int = 0
    settled: bool = False
    more_calls: int | None = None
    """About how many more calls settle it; None while nobody can say."""


@dataclass(frozen=True, slots=True)
class Progress:
    """All actions and all load processes so far. `planned_s` is None for a run without an end."""

    elapsed_s: float
    planned_s: float | None
    calls: int
    ok: int
    timeouts: int
    errors: int
    dropped: int
    in_flight: int
    offered_rate: float
    """Calls/s the schedule sends now, all actions together."""
    actions: tuple[ActionProgress, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Follower:
    """Reads what was appended since the last look; never reads a byte twice."""

    folder: RunFolder
    planned_s: float | None = None
    _offsets: dict[Path, int] = field(default_factory=dict)
    _seconds: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)
    _notes: list[str] = field(default_factory=list)

    def look(self) -> Progress:
        """Return the state now; all zero before the first second is over."""
        for path in sorted(self.folder.segments.glob("*.names")):
            for line in self._new_lines(path):
                if line.get("kind") == "action" and "name" in line:
                    self._names[line["text"]] = line["name"]
        for path in sorted(self.folder.segments.glob("*.events")):
            for line in self._new_lines(path):
                self._take(path, line)
        return self._sum()

    def _take(self, path: Path, line: Mapping[str, Any]) -> None:
        match line.get("kind"):
            case "second":
                self._seconds[path] = line
            case "settled":
                self._settled.add(str(line.get("action_id")))
            case "guard":
                self._notes.append(str(line.get("why")))

    def _new_lines(self, path: Path) -> Sequence[Mapping[str, Any]]:
        with path.open("rb") as file:
            file.seek(self._offsets.get(path, 0))
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offsets[path] = self._offsets.get(path, 0) + len(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def _more_calls(self) -> Mapping[str, int | None]:
        try:
            body = json.loads((self.folder.path / SETTLING_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # not there (yet)
        return {action_id: state.get("more_calls") for action_id, state in body.items()}

    def _sum(self) -> Progress:
        totals: dict[str, list[int]] = {}
        for second in self._seconds.values():
            for action_id, counts in second["actions"].items():
                have = totals.setdefault(action_id, [0] * len(counts))
                totals[action_id] = [a + b for a, b in zip(have, counts, strict=True)]
        more = self._more_calls()
        actions = tuple(
            ActionProgress(
                action_id,
                self._names.get(action_id, action_id),
                *(calls, ok, timeouts, errors, dropped),
                settled=action_id in self._settled,
                more_calls=more.get(action_id),
            )
            for action_id, (calls, ok, timeouts, errors, dropped) in totals.items()
        )
        return Progress(
            elapsed_s=max((second["elapsed_s"] for second in self._seconds.values()), default=0.0),
            planned_s=self.planned_s,
            calls=sum(action.calls for action in actions),
            ok=sum(action.ok for action in actions),
            timeouts=sum(action.timeouts for action in actions),
            errors=sum(action.errors for action in actions),
            dropped=sum(action.dropped for action in actions),
            in_flight=sum(second["in_flight"] for second in self._seconds.values()),
            offered_rate=sum(second.get("offered_rate", 0.0) for second in self._seconds.values()),
            actions=actions,
            notes=tuple(self._notes),
        )
