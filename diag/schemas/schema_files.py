"""The schemas that come with diag, by name; each is one file beside this one."""

import difflib
from pathlib import Path
from typing import Final

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


def _file(name: str) -> InputFile:
    return InputFile(_FOLDER / f"{name}{ENDING}", UsageError, "Install diag anew.")
