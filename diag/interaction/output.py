"""Where a verb's result goes: one `-o` for all of them, where `-` is stdout; what is written beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from diag.console import Console

output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the result to this file ('-': stdout).",
)


class NamedPath(click.Path):
    """A file or folder written beside the result, or instead of it: never `-`, stdout carries the result."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises click.BadParameter for `-`."""
        if str(value) == "-":
            self.fail("'-' would mean stdout, which carries the result. Give it a name.", param, ctx)
        return super().convert(value, param, ctx)


def goes_to_stdout(output: Path | None) -> bool:
    """Return whether a result goes to stdout: no file was named, or `-`."""
    return output is None or str(output) == "-"


def write_result(console: "Console", text: str, output: Path | None) -> bool:
    """Write the result where it goes, ending in a newline; return whether that is a file. Raises OSError."""
    from analysis.format.atomic_write import write_whole

    if output is None or goes_to_stdout(output):
        console.result(text)
        return False
    write_whole(output, text if text.endswith("\n") else text + "\n")
    return True
