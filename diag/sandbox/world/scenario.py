"""A scenario: which org the sandbox plays. Read from a TOML file; `scenarios/` holds those that ship."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.format.input_file import InputFile
from diag.sandbox.backends.credential_check import NAMES
from diag.sandbox.faults.fault import Fault
from diag.sandbox.faults.read_fault import read_fault
from diag.sandbox.flows.flow_spec import FlowSpec, read_flows
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.read_latency import read_added_time
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.actions.action_spec import SHARE, ActionSpec, read_actions
from diag.sandbox.world.limits import Limits, read_limits
from diag.sandbox.world.permissions import ALL
from diag.sandbox.world.switches import Switches, read_switches
from diag.toml_section import TomlSection

_FOLDER: Final = Path(__file__).parents[1] / "scenarios"

MOST_LAPSE: Final = 1e7
INTEGRATION_TYPES: Final = (
    "custom-rest-actions",
    "purecloud-data-actions",
    "aws-lambda-data-actions",
    "function-data-actions",
)


@dataclass(frozen=True, slots=True)
class IntegrationSpec:
    """An integration of the org."""

    name: str
    type: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name -> value of what `$!{credentials.NAME}` stands for."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The whole org, and how the platform around it behaves."""

    name: str
    description: str
    integrations: tuple[IntegrationSpec, ...]
    actions: tuple[ActionSpec, ...]
    limits: Limits = field(default_factory=Limits)
    switches: Switches = field(default_factory=Switches)
    token_lifetime_s: int = 86_400
    faults: tuple[Fault, ...] = ()
    permissions: frozenset[str] = frozenset(ALL)
    flows: tuple[FlowSpec, ...] = ()
    """Those described; an action may name others."""
    time_lapse: float = 1.0
    """How many times as fast its time passes while somebody asks it to (`diag.sandbox.routes.clock`)."""
    platform_share: LatencySpec | None = None
    """What the platform adds to a call, on top of the backend; None: nothing."""
    begins_at_hour: int | None = None
    """The hour of the day (UTC) at which a time-lapsed day begins; None: it begins now."""
    as_org: bool = False
    """It asks to be treated as an org: limits kept, consent asked, guard on."""


def shipped_scenarios() -> dict[str, Path]:
    """Name -> file of the scenarios that come with the sandbox."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}


def load_scenario(name_or_file: str) -> Scenario:
    """A scenario by name, or from a TOML file. Raises ScenarioError with what is wrong and where."""
    shipped = shipped_scenarios()
    path = shipped.get(name_or_file, Path(name_or_file))
    hint = f"Use one of: {', '.join(shipped)}; or the path of a .toml file."
    if name_or_file not in shipped and path.suffix != ".toml":
        folder = ": that is a folder" if path.is_dir() else ""
        raise ScenarioError(f"there is no scenario {name_or_file!r}{folder}", hint=hint)
    values = InputFile(path, ScenarioError, hint).toml()
    return read_scenario(TomlSection(values, path.name, ScenarioError, folder=path.parent), path.stem)


def read_scenario(table: TomlSection, name: str) -> Scenario:
    """A scenario from its parsed file."""
    integrations = tuple(_integration(t) for t in table.tables("integration", "name"))
    actions = tuple(action for t in table.tables("action", "name") for action in read_actions(t))
    known = {integration.name: integration.credentials for integration in integrations}
    for action in actions:
        if action.integration not in known:
            raise ScenarioError(
                f"{name}: action {action.name!r} names a missing integration, {action.integration!r}"
            )
        lacking = [each for each in NAMES[action.backend.wants] if each not in known[action.integration]]
        if lacking:
            raise ScenarioError(
                f"{name}: the backend of {action.name!r} wants {action.backend.wants}, and integration "
                f"{action.integration!r} has no credentials of the name {', '.join(lacking)}"
            )
    return table.done(
        Scenario(
            name=name,
            description=table.text("description"),
            integrations=integrations,
            actions=actions,
            limits=_limits(table.table("limits")),
            switches=_switches(table.table("switches")),
            token_lifetime_s=table.integer("token_lifetime_s", 86_400, low=1, high=172_800),
            permissions=frozenset(ALL) - frozenset(table.texts("without_permissions", choices=ALL)),
            faults=tuple(read_fault(t) for t in table.tables("faults", name_key="kind")),
            flows=_flows(table, {action.name for action in actions}),
            time_lapse=_time_lapse(table),
            platform_share=read_added_time(table, SHARE),
            begins_at_hour=_begins_at_hour(table),
            as_org=table.flag("as_org", False),
        )
    )


def _flows(table: TomlSection, actions: Collection[str]) -> tuple[FlowSpec, ...]:
    flows = tuple(flow for one in table.tables("flow", "name") for flow in read_flows(one))
    if len({flow.name for flow in flows}) < len(flows):
        raise table.wrong("flow", "has two of the same name")
    for flow in flows:
        for step in flow.steps:
            if step.action not in actions:
                raise table.wrong("flow", f"{flow.name!r} names a missing action, {step.action!r}")
    return flows


def _time_lapse(table: TomlSection) -> float:
    lapse = table.number("time_lapse", 1.0, above=0.0)
    if not 1.0 <= lapse <= MOST_LAPSE:
        raise table.wrong("time_lapse", f"must be from 1 to {MOST_LAPSE:,.0f}")
    return lapse


def _begins_at_hour(table: TomlSection) -> int | None:
    if not table.has("begins_at_hour"):
        return None
    if table.number("time_lapse", 1.0) <= 1.0:
        raise table.wrong("begins_at_hour", "needs a time_lapse: without it, the time is yours")
    return table.integer("begins_at_hour", 0, low=0, high=23)


def _limits(table: TomlSection | None) -> Limits:
    return Limits() if table is None else table.done(read_limits(table, Limits()))


def _switches(table: TomlSection | None) -> Switches:
    return Switches() if table is None else table.done(read_switches(table, Switches()))


def _integration(table: TomlSection) -> IntegrationSpec:
    return table.done(
        IntegrationSpec(
            table.text("name"),
            table.text("type", "custom-rest-actions", choices=INTEGRATION_TYPES),
            table.text_map("credentials"),
        )
    )
