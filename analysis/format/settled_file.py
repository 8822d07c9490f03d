"""`settled.json` of a run folder: keys (`entry_key`) of what was called no further, because more calls would
change nothing (`analysis.stopping.when_settled`)."""

from collections.abc import Collection

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.run_folder import RunFolder
from analysis.plain_text import json_text


def write_settled(folder: RunFolder, keys: Collection[str]) -> None:
    """Replace the file whole, so that a reader never sees half of it. Raises OSError."""
    write_whole(folder.settled, json_text(sorted(keys)))


def read_settled(folder: RunFolder) -> tuple[str, ...]:
    """Return the keys; none where the file is missing or unreadable: the run did not stop actions early."""
    try:
        body = InputFile(folder.settled, UnreadableSamplesError).json()
    except UnreadableSamplesError:
        return ()
    return tuple(text for text in body if isinstance(text, str)) if isinstance(body, list) else ()
