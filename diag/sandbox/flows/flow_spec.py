"""What a scenario says of a flow: its steps that call an action, and how they are wired."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast, get_args

from diag.toml_section import TomlSection

Own = Literal["literal", "expression", "empty"]
Broken = Literal["", "no-sequences", "too-deep", "wrong-types", "no-action-ids", "not-json"]

FLOW_TYPES: Final = ("INBOUNDCALL", "OUTBOUNDCALL", "INQUEUECALL", "INBOUNDSHORTMESSAGE", "WORKFLOW", "BOT")
_PATHS: Final = ("success", "failure", "timeout")


@dataclass(frozen=True, slots=True)
class FlowStepSpec:
    """A step that calls the action of this name. `timeout_s` is its own, where `own` is a literal."""

    name: str
    action: str
    suggested: bool = True
    own: Own = "literal"
    timeout_s: float = 60.0
    wired: tuple[str, ...] = ("success",)
    task: str = "Main"
    loop: bool = False


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """A flow. `menu`: it begins with one whose choices are its tasks; else each task calls the next.

    `newer_draft`: its latest configuration is not the published one (there every switch is the other way).
    `broken`: how its configuration cannot be read.
    """

    name: str
    steps: tuple[FlowStepSpec, ...]
    type: str = "INBOUNDCALL"
    published: bool = True
    menu: bool = False
    newer_draft: bool = False
    broken: Broken = ""


def read_flows(table: TomlSection) -> Iterator[FlowSpec]:
    """The flow of a table; with `copies` that many, numbered where the name says {n}."""
    copies = table.integer("copies", 1, low=1, high=10_000)
    spec = table.done(
        FlowSpec(
            name=table.text("name"),
            steps=tuple(_step(one) for one in table.tables("step", "name")),
            type=table.text("type", "INBOUNDCALL", choices=FLOW_TYPES),
            published=table.flag("published", True),
            menu=table.flag("menu"),
            newer_draft=table.flag("newer_draft"),
            broken=cast(Broken, table.text("broken", "", choices=get_args(Broken))),
        )
    )
    if copies > 1 and "{n}" not in spec.name:
        raise table.wrong("name", "must have {n} in it, for the number of the copy")
    for n in range(1, copies + 1):
        yield spec if copies == 1 else replace(spec, name=spec.name.replace("{n}", f"{n:03}"))


def _step(table: TomlSection) -> FlowStepSpec:
    action = table.text("action")
    return table.done(
        FlowStepSpec(
            name=table.text("name", action),
            action=action,
            suggested=table.flag("suggested", True),
            own=cast(Own, table.text("own", "literal", choices=get_args(Own))),
            timeout_s=table.number("timeout_s", 60.0, low=0.0, high=86_400.0),
            wired=table.texts("wired", choices=_PATHS) if table.has("wired") else ("success",),
            task=table.text("task", "Main"),
            loop=table.flag("loop"),
        )
    )
