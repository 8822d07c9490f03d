"""Which file and which room imports which other."""

from tests.support.house.may_import import MAY_IMPORT, room_of
from tests.support.source_files import imports_of, module_of, python_files


def circle(needs: dict[str, set[str]]) -> list[str]:
    """Return the names that lie on a circle of `needs`, or above one; none when all arrows go one way."""
    while ends := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - ends for name, needed in needs.items() if name not in ends}
    return sorted(needs)


def file_arrows() -> dict[str, set[str]]:
    """Return, for each of our modules, those it imports."""
    modules = {module_of(path): path for path in python_files()}
    return {
        name: {each for one in imports_of(path) for each in (one, one.rpartition(".")[0]) if each in modules}
        for name, path in modules.items()
    }


def room_arrows() -> dict[str, set[str]]:
    """Return, for each room, the rooms its files import."""
    room = {module_of(path): room_of(path) for path in python_files()}
    arrows: dict[str, set[str]] = {name: set() for name in MAY_IMPORT}
    for module, needed in file_arrows().items():
        arrows[room[module]] |= {room[each] for each in needed} - {room[module]}
    return arrows
