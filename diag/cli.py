"""The table of verbs, and the one place where errors become exit codes.

Imports click and nothing heavier: each verb's module is imported when it is used.
"""

import atexit
import contextlib
import difflib
import errno
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

import click

from analysis.machine.streams import reader_is_gone, write_every_character
from analysis.plain_text import printable_lines
from analysis.wrapped_text import terminal_width
from diag import __version__
from diag.errors import Explained, error_text
from diag.exit_codes import ExitCode, exit_code_of
from diag.supported_platform import why_unsupported

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo", "Show the whole story on the built-in sandbox, in under two minutes."),
    "sandbox": ("sandbox", "Run a local Genesys Cloud: the same API, no credentials, nothing real."),
    "doctor": ("doctor", "Check region, credentials, permissions, limits and leftovers."),
    "scan": ("scan", "List every action with its timeout and whether it can be changed."),
    "init": ("init", "Write a workload file from the org's inventory."),
    "measure": ("measure", "Call actions under load and record every latency and timeout."),
    "locustfile": ("locustfile", 'Print where the locustfile is: locust -f "$(diag locustfile)".'),
    "tune": ("tune", "From an org to a reviewed plan: production first, then windows over hours or days."),
    "recommend": ("recommend", "Recommend a timeout for each action, and say why; --apply sets it."),
    "report": ("report", "Write the HTML report of a run."),
    "compare": ("compare", "Compare runs: slower, faster, same, or cannot tell."),
    "observe": ("observe", "Recommend from production telemetry, without any load."),
    "apply": ("apply", "Carry out a saved plan, exactly as it is."),
    "set": ("set_timeout", "Set a timeout you chose yourself, by the same safe steps."),
    "undo": ("undo", "Undo a change, or all changes of a run."),
    "watch": ("watch", "After a change: exit 3 when production shows that its promise is broken."),
    "history": ("history", "List which timeouts were changed, when and by whom."),
    "check": ("check", "For CI: exit 3 when a timeout is outside its recommendation."),
    "register": ("register", "Create an action from a file, with its timeout set."),
    "completion": ("completion", "Print the script by which a shell completes diag's lines at TAB."),
    "schema": ("schema", "Print the JSON Schema of a file of diag, or of what a verb prints."),
    "export": ("export", "Write an action to a file that `diag register` accepts."),
}
"""Verb -> (module below diag.commands, one line of help). Each module defines `command`."""

_MOST_DIGITS: Final = 5


class VerbTable(click.Group):
    """A click group that imports a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a user meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one verb, or None when there is no such verb."""
        if cmd_name not in VERBS and ctx.resilient_parsing:  # a shell asks what may follow
            return None
        if cmd_name not in VERBS:
            near = difflib.get_close_matches(cmd_name, VERBS, n=1)
            ctx.fail(f"No such command {cmd_name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        module = importlib.import_module(f"diag.commands.{VERBS[cmd_name][0]}")
        return cast(click.Command, module.command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Return the verbs that begin so, from the table, and the flags."""
        from click.shell_completion import CompletionItem

        found = ((verb, line) for verb, (_, line) in VERBS.items() if verb.startswith(incomplete))
        verbs = [CompletionItem(verb, help=line) for verb, line in found]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the verbs from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.command(
    cls=VerbTable,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `diag demo`; on your own org with `diag doctor`.",
)
@click.version_option(__version__, prog_name="diag")
def cli() -> None:
    """Find and set the right timeout for every Genesys Cloud Data Action."""


def main() -> None:
    """Run `diag` and exit with a code of ExitCode, also on a Ctrl-C while an error is shown."""
    write_every_character()
    if any("://" in word for word in sys.argv):
        _hide_addresses()
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    if code == ExitCode.INTERRUPTED:
        # A Ctrl-C that met an exec of text (dataclasses are made so at import) is remembered by CPython:
        # `python -m diag` would then end by the signal, whatever was caught. So it leaves at once, with 130.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _hide_addresses() -> None:
    """Begin anew where the address of a webhook was typed: a secret, and everyone here sees the line."""
    from analysis.machine.own_process import become
    from diag.notifying.hide_typed_addresses import without_addresses

    typed = sys.argv[1:]
    words, held = without_addresses(typed)
    if held and typed == sys.orig_argv[-len(typed) :]:
        become([*sys.orig_argv[: -len(typed)], *words], {**os.environ, **held})


def run(arguments: Sequence[str]) -> int:
    """Run one verb and return its exit code; every error is shown as message and fix."""
    for name in ("COLUMNS", "LINES"):
        if len(os.environ.get(name, "")) > _MOST_DIGITS:  # no terminal's; rich reads them as they are
            del os.environ[name]
    refusal = why_unsupported(sys.version_info[:2])
    if refusal is not None:
        _print_error(*refusal)
        return ExitCode.USAGE
    if "_DIAG_COMPLETE" in os.environ:
        from diag.completion.shells import answer

        answer(cli)
        return ExitCode.OK
    try:
        result = cli.main(args=list(arguments), prog_name="diag", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return ExitCode.OK
    except click.ClickException as error:
        _show_usage(error)
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort) as error:
        if isinstance(error.__cause__, EOFError):  # click takes the end of a damaged file for Ctrl-D
            return _show(error.__cause__)
        click.echo("Interrupted. Everything measured or changed so far is kept.", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # whatever it is, the user reads a message, not a traceback
        if isinstance(error, OSError) and reader_is_gone(error):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.OK
        return _show(error)


def _show(error: Exception) -> ExitCode:
    if os.environ.get("DIAG_DEBUG"):
        traceback.print_exc()
    if hasattr(error, "category") and hasattr(error, "hint"):
        explained = cast(Explained, error)
        code = exit_code_of(explained.category)
        _print_error(explained.message, explained.hint, explained.details)
        return code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _print_error(
            f"The disk is full ({error.filename or 'while writing'}).",
            "Free some space, then run the command again. Everything measured or changed before is kept.",
        )
        return ExitCode.ERROR
    if isinstance(error, OSError) and error.filename:
        _print_error(
            f"{error.filename}: {error.strerror}.",
            "Check that the path exists and that you have permission to use it.",
        )
        return ExitCode.ERROR
    _print_error(
        f"Unexpected error: {type(error).__name__}.",
        "Run the command again with DIAG_DEBUG=1 to see the traceback, and please report it: this is a bug.",
    )
    return ExitCode.ERROR


def _show_usage(error: click.ClickException) -> None:
    """As click shows it (usage, message), what was typed made `printable`."""
    shown = io.StringIO()
    error.show(shown)
    click.echo(printable_lines(shown.getvalue()), err=True, nl=False)


def _print_error(message: str, hint: str | None, details: tuple[str, ...] = ()) -> None:
    width = terminal_width(sys.stderr) if sys.stderr.isatty() else None
    click.echo(error_text(message, hint, details, width), err=True)
