"""The flags for files of other load tools, shared by the verbs that judge files: how to read them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import click

from analysis.other_tools.known_tools import TOOLS, ToolName, ToolOptions
from analysis.typed_command import flag_with
from diag.interaction.option_values import gathered
from diag.interaction.shared_options import usual_workload

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ToolFlags:
    """The flags as they were given."""

    tool: str | None
    columns: tuple[str, ...]
    of_action: str | None
    labels: Path | None
    pattern: str | None
    decimal: str | None

    @property
    def words(self) -> tuple[str, ...]:
        """Return the same flags as words of a command that reads the same files."""
        stated: Sequence[tuple[str, str | Path | None]] = (
            ("--as", self.tool),
            *(("--map", text) for text in self.columns),
            ("--action", self.of_action),
            ("--labels", self.labels),
            ("--pattern", self.pattern),
            ("--decimal", self.decimal),
        )
        return tuple(
            word for flag, value in stated if value is not None for word in flag_with(flag, str(value))
        )


def tool_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags; the command receives `tool_flags: ToolFlags`."""
    options: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
        click.option(
            "--as",
            "tool",
            type=click.Choice(tuple(TOOLS)),
            help="Whose files these are, where that is not recognised.",
        ),
        click.option(
            "--map",
            "columns",
            multiple=True,
            metavar="COLUMN=FIELD,...",
            help="Which field of any table is which column: latency_ms=elapsed:ms,started_at=time.",
        ),
        click.option(
            "--action", "of_action", metavar="NAME", help="All calls of these files are of this action."
        ),
        click.option(
            "--labels",
            type=click.Path(path_type=Path),
            help="The file with a [labels] table: the action of each label.  [default: workload.toml]",
        ),
        click.option("--pattern", metavar="LOG_FORMAT", help="The log_format of an nginx log."),
        click.option(
            "--decimal",
            type=click.Choice(["point", "comma"]),
            help="The sign before the fraction of a number, where 1,234 could be either.",
        ),
    )
    decorated = gathered(ToolFlags, "tool_flags")(function)
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def read_tool_options(flags: ToolFlags) -> ToolOptions:
    """Return how files of other tools are to be read. Raises BadSettingError and UsageError."""
    from analysis.other_tools.read_options import mapped_columns

    return ToolOptions(
        tool=cast(ToolName | None, flags.tool),
        columns=mapped_columns(flags.columns),
        action=flags.of_action,
        labels=_labels(flags.labels),
        pattern=flags.pattern,
        decimal=cast(Literal["point", "comma"] | None, flags.decimal),
    )


def _labels(given: Path | None) -> Mapping[str, str]:
    """The action of each label, by label, from the `[labels]` of a workload; the rest is not looked at."""
    from analysis.format.input_file import InputFile
    from diag.errors import UsageError
    from diag.toml_section import TomlSection

    path = usual_workload(given)
    if path is None:
        return {}
    hint = 'A line of [labels] is "GET /customers" = "Get customer": a label, and the name of an action.'
    return TomlSection(InputFile(path, UsageError, hint).toml(), str(path), UsageError).text_map("labels")
