"""The schemas that come with diag, by name; each is one file beside this one."""

import difflib
import os
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from diag.errors import UsageError

ENDING: Final = ".schema.json"
_FOLDER: Final = Path(__file__).parent


def schema_titles() -> dict[str, str]:
    """Return what each schema describes, by name."""
    names = sorted(path.name.removesuffix(ENDING) for path in _FOLDER.glob(f"*{ENDING}"))
    return {name: str(_file(name).json()["title"]) for name in names}


def schema_text(name: str) -> str:
    """Return the text of a schema. Raises UsageError for a name that is none."""
    titles = schema_titles()
    if name not in titles:
        near = difflib.get_close_matches(name, titles, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(titles)}."
        raise UsageError(f"There is no schema {name!r}.", hint=hint)
    return _file(name).text()


def place_beside(workload: Path) -> str | None:
    """Write the schema of workload files beside one; return the line that names it, for the file's first.

    None where a file that is not diag's has that name. The path is relative, so that it holds wherever both
    files are taken. Raises OSError.
    """
    path = workload.parent / f"workload{ENDING}"
    if os.path.lexists(path) and not _is_ours(path):
        return None
    write_whole(path, schema_text("workload"))
    return f"#:schema ./{path.name}"


def _is_ours(path: Path) -> bool:
    try:
        body = InputFile(path, UsageError).json()
    except UsageError:
        return False
    return isinstance(body, dict) and body.get("$id") == _file("workload").json()["$id"]


def _file(name: str) -> InputFile:
    return InputFile(_FOLDER / f"{name}{ENDING}", UsageError, "Install diag anew.")
