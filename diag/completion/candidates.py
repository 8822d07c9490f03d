"""What may stand in a parameter: for `shell_complete=` of click's options and arguments.

Imported by every verb, so that nothing here is imported before TAB is pressed.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.shell_completion import CompletionItem

MOST_RUNS: Final = 50


def action_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Return the actions of the last scan that begin so, whatever the case; those given already are left out.

    The id stands for a name that several actions have, that could be a flag, or that cannot be shown.
    """
    from collections import Counter

    from click.shell_completion import CompletionItem

    from analysis.plain_text import is_printable, printable
    from diag.completion.last_scan import kept_names
    from diag.settings import load_settings

    actions = kept_names(load_settings().runs)
    times = Counter(action.name for action in actions)
    given = context.params.get(parameter.name or "") or ()
    items = []
    for action in sorted(actions, key=lambda action: action.name.casefold()):
        name = action.name
        if times[name] == 1 and is_printable(name) and name == name.strip() and not name.startswith("-"):
            item = CompletionItem(name)
        else:
            item = CompletionItem(action.id, help=printable(name))
        if item.value not in given and item.value.casefold().startswith(incomplete.casefold()):
            items.append(item)
    return items


def run_folders(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Return the runs that begin so, newest first, as they are typed here; where there are none, files."""
    from click.shell_completion import CompletionItem

    from analysis.typed_command import path_to_type
    from diag.settings import load_settings

    given = {str(path) for path in context.params.get(parameter.name or "") or ()}
    runs = [path_to_type(folder) for folder in _newest(load_settings().runs)]
    found = [CompletionItem(run) for run in runs if run.startswith(incomplete) and run not in given]
    return found or [CompletionItem(incomplete, type="file")]


def webhook_variables(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Return the environment's variables that hold an address, as --notify takes them; never the address."""
    import os

    from click.shell_completion import CompletionItem

    names = sorted(name for name, value in os.environ.items() if value.startswith("https://"))
    return [CompletionItem(f"env:{name}") for name in names if f"env:{name}".startswith(incomplete)]


def _newest(runs: "Path") -> "Iterator[Path]":
    """Yield the latest run folders, by when something was last written of them; a name may be anything."""
    from heapq import nlargest

    from analysis.format.run_folder import RunFolder

    written = []
    for folder in runs.glob("*"):
        with suppress(OSError):  # no run, or not one any more
            written.append((RunFolder(folder).manifest.stat().st_mtime, folder))
    for _, folder in nlargest(MOST_RUNS, written):
        yield folder
