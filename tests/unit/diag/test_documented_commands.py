"""Every command line and flag that the documentation names exists, and every verb is documented."""

import os
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from diag.cli import VERBS, cli
from tests.support.locust_process import run_locust

ROOT = Path(__file__).resolve().parents[3]
PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)
FENCE = re.compile(r"^ *```.*?$(.*?)^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`", re.DOTALL)
FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def code_of(page: Path) -> Iterator[str]:
    """Each line of a code block without its comment, and each piece of code within a sentence."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from (line.split(" #")[0].strip() for line in block.splitlines())
    yield from (" ".join(code.split()) for code in CODE.findall(FENCE.sub("", text)))


def commands_of(page: Path, program: str) -> list[str]:
    """The command lines of a program: `- run: diag check ...` of a CI file counts, too."""
    found = (re.match(rf"(?:- run: |or: )?{program} (?=[a-z-])(.*)", code) for code in code_of(page))
    return [match[1] for match in found if match]


@cache
def help_of(verb: str) -> str:
    context = click.Context(cli, info_name="diag")
    command = cli.get_command(context, verb)
    assert command is not None, f"diag {verb}"
    return command.get_help(click.Context(command, info_name=verb, parent=context))


@cache
def help_of_locust() -> str:
    """Locust's own help, which leaves out what a locustfile adds, and the flags ours adds."""
    own = (ROOT / "loadtests" / "planning" / "run_options.py").read_text(encoding="utf-8")
    done = run_locust("--help", folder=ROOT, environment=os.environ)
    done.check_returncode()
    return "\n".join((done.stdout, *re.findall(r'"(--[a-z-]+)"', own)))


def unknown(flags: list[str], *helps: str) -> list[str]:
    known = {flag for text in helps for flag in FLAG.findall(text)}
    return [flag for flag in flags if flag not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_line_of_a_page_exists(page: Path) -> None:
    wrong = []
    for line in commands_of(page, "diag"):
        verb, _, rest = line.partition(" ")
        if verb.startswith("--"):
            missing = unknown([verb], cli.get_help(click.Context(cli)))
        elif verb not in VERBS:
            missing = [verb]
        else:
            missing = unknown(FLAG.findall(rest), help_of(verb))
        if missing:
            wrong.append((f"diag {line}", missing))

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_flag_of_a_page_exists(page: Path) -> None:
    flags = sorted({flag for code in code_of(page) for flag in FLAG.findall(code) if flag.startswith("--")})
    helps = [*map(help_of, VERBS), cli.get_help(click.Context(cli))]
    others = unknown(flags, *helps)

    assert others == [] or unknown(others, help_of_locust()) == []


def test_the_readme_shows_command_lines_of_both_programs() -> None:
    readme = ROOT / "README.md"

    assert len(commands_of(readme, "diag")) > 20
    assert len(commands_of(readme, "locust")) >= 2
    for line in commands_of(readme, "locust"):
        assert unknown(FLAG.findall(line), help_of_locust()) == [], line


def test_the_readme_names_every_verb() -> None:
    verbs = {line.partition(" ")[0] for line in commands_of(ROOT / "README.md", "diag")}
    inline = set(re.findall(r"`(?:diag )?([a-z]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert set(VERBS) - verbs - inline == set()


@pytest.mark.parametrize("verb", VERBS)
def test_the_examples_of_a_verb_are_whole_lines_that_exist(verb: str) -> None:
    lines = [line.strip() for line in help_of(verb).splitlines() if line.strip().startswith("diag ")]

    for line in lines:
        named, _, rest = line.removeprefix("diag ").partition(" ")
        assert unknown(FLAG.findall(rest), help_of(named)) == [], line
    assert lines or verb == "demo"


def parsed(line: str) -> str | None:
    """Return what the real command line says of a documented one; None: it is taken.

    Of alternatives (`bash|zsh`) the first is meant; in a sentence a value may be left out at the end.
    """
    first = re.sub(r"(?<=\w)\|[\w|]+", "", re.split(r" (?:\||&&|>>?|&|;)(?: |$)", line)[0])
    verb, *rest = ("1" if word == "N" else word for word in shlex.split(first, comments=True))
    context = click.Context(cli, info_name="diag")
    command = cli.get_command(context, verb)
    assert command is not None
    try:
        command.make_context(verb, [*rest], parent=context)
    except click.MissingParameter:
        return None if not [word for word in rest if not word.startswith("-")] else "something is missing"
    except click.BadOptionUsage as error:
        return None if rest[-1] == error.option_name else error.format_message()
    except click.ClickException as error:
        there_is_none = error.format_message().endswith("does not exist.")  # a placeholder for a folder
        return None if there_is_none else error.format_message()
    except click.exceptions.Exit:  # --help
        return None
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_line_of_a_page_is_taken_by_the_real_command_line(page: Path) -> None:
    shown = page.name != "reference.md"  # which has usage lines, drawn from the commands
    lines = [
        line
        for line in commands_of(page, "diag")
        if shown and not line.startswith("--") and "..." not in line
    ]
    wrong = [(line, said) for line in lines if (said := parsed(line)) is not None]

    assert wrong == []
