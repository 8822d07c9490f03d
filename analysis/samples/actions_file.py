"""`--actions actions.json`: facts about the actions, beside a bare sample file."""

from collections.abc import Mapping
from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.coverage.week_of_hours import StatedHours, stated_week
from analysis.format.action_facts import ActionFacts, ProductionWeek
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import WrongShapeError, typed

_HINT = (
    'Expected a list like [{"action_id": "...", "current_timeout_s": 10, "configurable": true, '
    '"cap_s": 30, "production_peak_rate": 5.0, '
    '"production_hours": {"when": ["mon-fri 08:00-18:00"], "zone": "Europe/Berlin"}}].'
)


def read_actions_file(path: Path) -> Mapping[str, ActionFacts]:
    """Return the facts by action id. Raises UnreadableSamplesError when the file is not such a list."""
    rows = InputFile(path, UnreadableSamplesError, _HINT).json()
    if not isinstance(rows, list):
        raise UnreadableSamplesError(f"{path} is not a list of actions.", hint=_HINT)
    found = {}
    for number, row in enumerate(rows, start=1):
        facts = _facts(row, f"{path}, entry {number}")
        found[facts.action_id] = facts
    return found


def _facts(row: object, where: str) -> ActionFacts:
    if not isinstance(row, dict) or not isinstance(row.get("action_id"), str) or not row["action_id"]:
        raise UnreadableSamplesError(f"{where} has no action_id.", hint=_HINT)
    configurable = row.get("configurable", True)
    if not isinstance(configurable, bool):
        raise UnreadableSamplesError(
            f"{where}: configurable is {configurable!r}, not true or false.", hint=_HINT
        )
    name = row.get("action_name")
    reason = row.get("not_configurable_reason")
    return ActionFacts(
        action_id=row["action_id"],
        action_name=name if isinstance(name, str) else None,
        current_timeout_s=_seconds(row, "current_timeout_s", where),
        configurable=configurable,
        not_configurable_reason=reason if isinstance(reason, str) else None,
        cap_s=_seconds(row, "cap_s", where),
        production_peak_rate=_positive(row, "production_peak_rate", where),
        production_week=_week(row.get("production_hours"), where),
    )


def _week(stated: object, where: str) -> ProductionWeek | None:
    if stated is None:
        return None
    try:
        hours = typed(StatedHours, stated, "production_hours", closed=True)
        return stated_week(hours.when, hours.zone)
    except WrongShapeError as error:
        raise UnreadableSamplesError(f"{where}: {error}.", hint=_HINT) from None


def _seconds(row: Mapping[str, object], field: str, where: str) -> int | None:
    value = _positive(row, field, where)
    if value is None:
        return None
    if value != int(value) or not 1 <= value <= 60:
        raise UnreadableSamplesError(
            f"{where}: {field} is {row[field]!r}, not a whole number 1..60.", hint=_HINT
        )
    return int(value)


def _positive(row: Mapping[str, object], field: str, where: str) -> float | None:
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise UnreadableSamplesError(f"{where}: {field} is {value!r}, not a positive number.", hint=_HINT)
    return float(value)
