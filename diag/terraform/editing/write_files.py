"""Edited files on disk: all of them or none, and none that somebody else has changed since it was read."""

import contextlib
from collections.abc import Sequence

from analysis.format.atomic_write import replace_whole
from analysis.format.input_file import InputFile
from diag.changes.change_errors import TerraformFileError
from diag.terraform.editing.edited_file import EditedFile

_CHANGED = "Run the command again: it reads the file as it is now."


def write_files(files: Sequence[EditedFile]) -> None:
    """Write them, byte for byte but for the edits.

    Raises TerraformFileError; then all are as they were, and after Ctrl-C, too.
    """
    for file in files:
        _demand_unchanged(file)
    written = list[EditedFile]()
    try:
        for file in files:
            _demand_unchanged(file)
            replace_whole(file.path, file.after.encode())
            written.append(file)
    except BaseException as error:
        put_back(written)
        if not isinstance(error, OSError):
            raise
        raise TerraformFileError(
            f"{error.filename} cannot be written ({error.strerror}). Nothing was edited.",
            hint="See to its permissions, or take a patch: --patch FILE",
        ) from error


def put_back(files: Sequence[EditedFile]) -> None:
    """Have files be as they were; one that cannot be written stays edited."""
    for file in files:
        with contextlib.suppress(OSError):
            replace_whole(file.path, file.before.encode())


def _demand_unchanged(file: EditedFile) -> None:
    if InputFile(file.path, TerraformFileError, _CHANGED).read() != file.before.encode():
        raise TerraformFileError(f"{file.shown} was changed by someone else meanwhile.", hint=_CHANGED)
