"""`--map latency_ms=elapsed:ms,started_at=timeStamp` as values. Raises BadSettingError with the fix."""

from collections.abc import Sequence
from typing import Final

from analysis.analysis_errors import BadSettingError
from analysis.other_tools.known_tools import MappedColumn
from analysis.other_tools.units import MS_OF

MAY_BE_MAPPED: Final = ("latency_ms", "started_at", "outcome", "http_status", "success", "action_id")
_WITH_UNIT: Final = ("latency_ms", "started_at")
_HINT: Final = "For example: --map latency_ms=elapsed:ms,started_at=timeStamp,http_status=code"


def mapped_columns(texts: Sequence[str]) -> tuple[MappedColumn, ...]:
    """Return what each `COLUMN=FIELD[:UNIT]` says; a field's name may hold a colon that no unit follows."""
    found = dict[str, MappedColumn]()
    for text in (part for whole in texts for part in whole.split(",") if part.strip()):
        column, sign, source = (each.strip() for each in text.partition("="))
        if not sign or not source:
            raise BadSettingError(f"--map {text.strip()!r} is not COLUMN=FIELD.", hint=_HINT)
        if column not in MAY_BE_MAPPED:
            raise BadSettingError(
                f"--map names a column {column!r} that is none of {', '.join(MAY_BE_MAPPED)}.", hint=_HINT
            )
        if column in found:
            raise BadSettingError(f"--map names {column} twice.", hint=_HINT)
        name, _, unit = source.rpartition(":")
        if name and unit in MS_OF:
            if column not in _WITH_UNIT:
                raise BadSettingError(f"--map: {column} has no unit.", hint=_HINT)
            found[column] = MappedColumn(column, name, unit)
        else:
            found[column] = MappedColumn(column, source)
    return tuple(found.values())
