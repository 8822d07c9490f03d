"""Which actions a run calls: what the workload and `--action` agree on, less what may not be called.

Each step takes candidates and returns those it keeps, and one reason for each that it leaves out.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import shown_name
from diag.choice.side_effects import select
from diag.direct.direct_load import DirectLoad
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.inventory.named_actions import ids_meant, is_pattern, wanted_actions
from diag.workload.payload import Payload
from diag.workload.tables.direct_settings import TARGETS, CallTarget
from diag.workload.tables.load_shape import Poll
from diag.workload.workload import Workload, WorkloadEntry


@dataclass(frozen=True, slots=True)
class Candidate:
    """An action that may be called, and the entry of the workload that asks for it."""

    action: Action
    entry: WorkloadEntry
    inputs: tuple[Payload, ...] = ()
    """What it is called with; empty until `diag.choice.make_inputs` has filled it in."""
    line_to_paste: str | None = None
    """Where the inputs are invented: the line of the workload that gives real ones."""
    direct: DirectLoad | None = None
    """How its backend is called itself, once that is known; None: through Genesys Cloud."""


_NO_SHARE: Final = (
    "built into Genesys Cloud: no timeout to set, so no share of the rate (with a rate of its own in the "
    "workload it is called)"
)

Sorted = tuple[list[Candidate], list[LeftOut]]
"""What a step returns: the candidates it keeps, and those it leaves out with the reason."""


def actions_to_call(actions: Sequence[Action], wanted: Sequence[str]) -> tuple[Action, ...]:
    """Return the actions meant by any of `wanted` (diag/inventory/named_actions.py).

    All when nothing is wanted. Raises UsageError for an org without actions, and for a name that means none.
    """
    if not actions:
        raise UsageError(
            "This org has no data actions.",
            hint="Check the division and role of the OAuth client: diag doctor. Or try: diag demo",
        )
    return wanted_actions(actions, wanted)


def choose(
    workload: Workload,
    inventory: Sequence[Action],
    wanted: Sequence[str],
    *,
    where: str | None,
    as_org: bool,
) -> Sorted:
    """Return the actions that both the workload and `wanted` (`--action`) name; empty `wanted` names all.

    The first entry of the workload that names an action counts, for each target of its calls. `where`: the
    workload file, for messages.
    `as_org`: only what may be called on an org.
    Raises UsageError for a name that means no action, and where the two agree on none.
    """
    asked = {action.id for action in actions_to_call(inventory, wanted)}
    entry_of = entries_by_action(workload, inventory, where)
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    for action, entry in (
        (action, entry)
        for action in inventory
        for target in TARGETS
        if action.id in asked and (entry := entry_of.get((action.id, target))) is not None
    ):
        selection = select([action], as_org=as_org, allow_side_effects=changes_allowed(workload, entry))
        kept += [Candidate(chosen, entry) for chosen in selection.chosen]
        left_out += [LeftOut(shown_name(action.name, entry.target), each.why) for each in selection.left_out]
    if not kept and not left_out:
        raise UsageError(
            f"{where} names none of the actions asked for.",
            hint="Name them in the workload too, or leave --action out.",
        )
    return kept, left_out


def entries_by_action(
    workload: Workload, inventory: Sequence[Action], where: str | None
) -> dict[tuple[str, CallTarget], WorkloadEntry]:
    """Return, per id of an action and target of its calls, the first entry of the workload that means both.

    Raises UsageError for an entry that means none.
    """
    entry_of: dict[tuple[str, CallTarget], WorkloadEntry] = {}
    for entry in workload.entries:
        for action in _actions_of(entry, inventory, where):
            entry_of.setdefault((action.id, entry.target), entry)
    return entry_of


def without_missing(workload: Workload, inventory: Sequence[Action]) -> Workload:
    """Return the workload less the entries that mean no action of the org, or none that is there any more."""
    kept = []
    for entry in workload.entries:
        with suppress(UsageError):
            _actions_of(entry, inventory, None)
            kept.append(entry)
    return replace(workload, entries=tuple(kept))


def without_built_in(candidates: Sequence[Candidate], wanted: Sequence[str]) -> Sorted:
    """Leave out actions built into Genesys Cloud where the rate is shared: they have no timeout to set.

    One that has a rate of its own in the workload, or is named by `wanted` (`--action`), is called.
    """
    named = [name for name in wanted if not is_pattern(name)]
    asked = {
        action_id
        for name in named
        for action_id in ids_meant(((each.action.id, each.action.name) for each in candidates), name)
    }
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    for candidate in candidates:
        action = candidate.action
        if action.kind == "static" and candidate.entry.rate is None and action.id not in asked:
            left_out.append(LeftOut(action.name, _NO_SHARE))
        else:
            kept.append(candidate)
    return kept, left_out


def without_a_draft(candidates: Sequence[Candidate], client: GenesysClient) -> Sorted:
    """Leave out actions that a probe cannot give a draft; an existing draft is never touched."""
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    for candidate in candidates:
        action = candidate.action
        if not action.configurable:
            left_out.append(LeftOut(action.name, f"no draft possible: {action.not_configurable_reason}"))
        elif client.get_draft(action.id) is not None:
            left_out.append(LeftOut(action.name, "it already has a draft, which belongs to someone else"))
        else:
            kept.append(candidate)
    return kept, left_out


def changes_allowed(workload: Workload, entry: WorkloadEntry) -> bool:
    """Return whether the workload allows this entry's calls to change data."""
    return workload.allow_side_effects or entry.allow_side_effects


def resolved_poll(poll: Poll | None, inventory: Sequence[Action], *, changes_allowed: bool) -> Poll | None:
    """Return the poll with the id and name of its action.

    Raises UsageError when the poll means no single action, or an action that may not be called.
    """
    if poll is None:
        return None
    meant = actions_to_call(inventory, [poll.action])
    if len(meant) != 1:
        raise UsageError(f"poll: {poll.action!r} means {len(meant)} actions.", hint="Give its id.")
    selection = select(meant, as_org=True, allow_side_effects=changes_allowed)
    if not selection.chosen:
        raise UsageError(f"poll: {meant[0].name} may not be called: {selection.left_out[0].why}.")
    return replace(poll, action=meant[0].id, action_name=meant[0].name)


def _actions_of(entry: WorkloadEntry, inventory: Sequence[Action], where: str | None) -> Sequence[Action]:
    """Return the actions an entry names by category, id, or name; never none."""
    if entry.category is not None:
        category = entry.category.casefold()
        named = [action for action in inventory if (action.category or "").casefold() == category]
        if not named:
            raise UsageError(
                f"{where}: no action has the category {entry.category!r}.", hint="See: diag scan"
            )
        return named
    if entry.id is not None:
        named = [action for action in inventory if action.id == entry.id]
        if not named:
            raise UsageError(f"{where}: there is no action with the id {entry.id!r}.", hint="See: diag scan")
        return named
    try:
        return actions_to_call(inventory, [entry.name or ""])
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}" if where else error.message, hint=error.hint) from None
