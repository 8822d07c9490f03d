"""The reference of verbs, settings, verdicts, exit codes and scenarios, drawn from the code itself."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from analysis.plain_text import printable
from analysis.verdicts.recommendation import Verdict
from diag.checks.rules import Rule
from diag.cli import VERBS, cli
from diag.exit_codes import ExitCode
from diag.sandbox.world.scenario import load_scenario, shipped_scenarios
from diag.setting_sources import ENVIRONMENT, IN_FILES, SettingsTable
from diag.workload.tables.workload_file import WorkloadTable
from reports.wording.verdict_words import WORDING
from tests.support.drawn.docstrings import about_fields
from tests.support.drawn.form_schema import table_schema
from tests.support.drawn.type_schema import Schema


def verbs() -> str:
    """Return every verb with what it takes, in the order of `diag --help`."""
    return "\n\n".join(map(_verb, VERBS))


def settings() -> str:
    """Return every setting with its variable and where else it may stand."""
    texts = about_fields(SettingsTable)
    return _table(
        ("setting", "variable", "in `diag.toml`", "what"),
        [
            (
                f"`{name}`",
                f"`{ENVIRONMENT[name]}`" if name in ENVIRONMENT else "",
                "yes" if name in IN_FILES else "",
                text,
            )
            for name, text in texts.items()
        ],
    )


def workload_keys() -> str:
    """Return every key of a workload file, table by table."""
    return _table(("key", "value", "default", "what"), _keys(table_schema(WorkloadTable), ""))


def verdicts() -> str:
    """Return every verdict with its word."""
    texts = about_fields(Verdict)
    return _table(
        ("code", "word", "meaning"),
        [(f"`{one.value}`", WORDING[one].word, texts[one.name]) for one in Verdict],
    )


def rules() -> str:
    """Return every rule of `diag check`."""
    texts = about_fields(Rule)
    return _table(("rule", "breaks the build where"), [(f"`{one.value}`", texts[one.name]) for one in Rule])


def exit_codes() -> str:
    """Return every exit code."""
    texts = about_fields(ExitCode)
    rows = [(str(int(one)), one.name, texts[one.name]) for one in ExitCode]
    return _table(("code", "name", "meaning"), rows)


def scenarios() -> str:
    """Return every scenario that comes with the sandbox."""
    rows = [(f"`{name}`", load_scenario(name).description) for name in shipped_scenarios()]
    return _table(("scenario", "what its org is like"), rows)


def _verb(verb: str) -> str:
    context = click.Context(cli, info_name="diag", max_content_width=100)
    command = cli.get_command(context, verb)
    assert command is not None, verb
    own = click.Context(command, info_name=verb, parent=context)
    usage = " ".join(command.collect_usage_pieces(own))
    rows = [record for one in command.get_params(own) if (record := one.get_help_record(own)) is not None]
    told = [row for row in rows if not row[0].endswith("--help")]
    body = [f"### diag {verb}", VERBS[verb][1], f"`diag {verb} {usage}`"]
    if told:
        body.append(_table(("flag", "what"), [(f"`{flag}`", text) for flag, text in told]))
    return "\n\n".join(body)


def _keys(table: Schema, place: str) -> Iterator[tuple[str, ...]]:
    for name, body in table["properties"].items():
        inside = body.get("items", body) if "properties" in body.get("items", body) else None
        at = f"{place}.{name}" if place else name
        if inside is None:
            yield (f"`{at}`", _value(body), _default(body), body.get("description", ""))
            continue
        shown = f"[[{at}]]" if "items" in body else f"[{at}]"
        yield (f"`{shown}`", "", "", body.get("description", inside.get("description", "")))
        yield from _keys(inside, at)


def _value(body: Schema) -> str:
    if "enum" in body:
        return ", ".join(map(str, body["enum"]))
    if "const" in body:
        return str(body["const"])
    if "anyOf" in body:
        return "length of time"
    kinds: Any = body["type"]
    word = "texts" if isinstance(kinds, list) else {"object": "table", "string": "text"}.get(kinds, kinds)
    up_to = "to" if "minimum" in body else "up to"
    limits = {"minimum": "from", "exclusiveMinimum": "above", "maximum": up_to}
    return " ".join([word, *(f"{said} {body[name]:,.10g}" for name, said in limits.items() if name in body)])


def _default(body: Schema) -> str:
    value = body.get("default")
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _table(heads: Sequence[str], rows: Any) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return printable(text).replace("|", "\\|")
