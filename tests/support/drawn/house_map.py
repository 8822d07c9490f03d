"""The map in docs/design.md: every room, what is in it, and its files."""

import ast

from tests.support.house.arrows import room_arrows
from tests.support.house.may_import import MAY_IMPORT, room_of
from tests.support.source_files import HOUSES, ROOT, python_files, tree_of


def draw_map() -> str:
    """Return the map: every house, its rooms in the order they build on each other, and their files."""
    arrows = room_arrows()
    floor: dict[str, int] = {}

    def floor_of(room: str) -> int:
        if room not in floor:
            floor[room] = 1 + max((floor_of(below) for below in arrows[room]), default=-1)
        return floor[room]

    lines = []
    for house in HOUSES:
        lines += [f"### {house}/", "", "| room | what is in it | files |", "|---|---|---|"]
        rooms = [room for room in MAY_IMPORT if room.split("/")[0] == house and not room.endswith("__.py")]
        for room in sorted(rooms, key=lambda name: (floor_of(name), name)):
            own = [path for path in python_files() if room_of(path) == room]
            head = ROOT / room / "__init__.py" if not room.endswith(".py") else ROOT / room
            what = (ast.get_docstring(tree_of(head)) or "").split("\n\n")[0]
            names = ", ".join(f"`{path.stem}`" for path in own if path.name != "__init__.py")
            lines.append(f"| `{room}` | {' '.join(what.split())} | {'' if room.endswith('.py') else names} |")
        lines.append("")
    return "\n".join(lines)
