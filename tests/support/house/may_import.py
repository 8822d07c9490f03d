"""The law of the house: which rooms there are, and what each may import.

A room is a folder. The files at the top of a house (`diag/errors.py`) are rooms of their own, because what
they may import differs. Where a room is listed, so are its sub-rooms. Whatever is not named is forbidden, at
any depth of a file, beside the standard library and the room itself.
"""

from functools import cache
from pathlib import Path
from typing import Final

from tests.support.house.analysis_rooms import ANALYSIS_ROOMS
from tests.support.house.base_rooms import BASE_ROOMS
from tests.support.house.load_rooms import LOAD_ROOMS
from tests.support.house.report_rooms import REPORT_ROOMS
from tests.support.house.sandbox_rooms import SANDBOX_ROOMS
from tests.support.house.work_rooms import WORK_ROOMS
from tests.support.source_files import ROOT

TABLES: Final = (ANALYSIS_ROOMS, REPORT_ROOMS, BASE_ROOMS, SANDBOX_ROOMS, WORK_ROOMS, LOAD_ROOMS)
MAY_IMPORT: Final = {room: others for table in TABLES for room, others in table.items()}
"""Room -> what it may import."""


@cache
def room_of(path: Path) -> str:
    """The longest room of MAY_IMPORT a file lies in."""
    inside = path.relative_to(ROOT).as_posix()
    rooms = (room for room in MAY_IMPORT if inside == room or inside.startswith(f"{room}/"))
    return max(rooms, key=len, default=f"{inside}: no room")
