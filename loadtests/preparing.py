"""From options and the org's inventory to a plan: all administrative calls, before the run starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.run_folder import LeftOut
from analysis.schema import PLATFORM_MAX_TIMEOUT_S
from analysis.schema import Target as Version
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.genesys.models import Action
from diag.target import Target
from loadtests.payloads import EMPTY, from_contract
from loadtests.plan import ActionLoad, LoadPlan, Payload
from loadtests.run_options import DEFAULT_MAX_IN_FLIGHT, DEFAULT_SANDBOX_RATE
from loadtests.selection import facts_of, select, wanted_actions

CONCURRENCY_KEY: Final = "actions.concurrent.executions.max"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and the names a manifest needs."""

    plan: LoadPlan
    org_id: str | None
    org_name: str | None


def prepare(options: Any, target: Target, client: GenesysClient) -> Prepared:
    """Return what to call. `options` are Locust's parsed options with those of `run_options`.

    Raises UsageError (nothing to call, unknown action, an org without a workload) and ApiError.
    """
    workload = options.workload
    if workload is None and not target.sandbox:
        raise UsageError(
            f"No workload file, and {target.connection.host} is not the sandbox: "
            "calls run real requests, so what to call must be written down.",
            hint="diag init writes a workload file from your org; then: "
            "locust -f loadtests/actions.py --workload workload.toml",
        )
    inventory = client.list_actions(include_auth_actions=True)
    wanted = wanted_actions(inventory, options.action)
    selection = select(wanted, sandbox=target.sandbox, allow_side_effects=False)
    left_out = list(selection.left_out)
    chosen: Sequence[Action] = selection.chosen
    if options.probe:
        chosen, refused = _probe_candidates(chosen, client)
        left_out += refused
    if not chosen:
        raise UsageError(
            "None of the actions may be called: "
            + "; ".join(f"{one.what}: {one.why}" for one in left_out[:3])
            + (f"; and {len(left_out) - 3} more." if len(left_out) > 3 else "."),
            hint="Choose others with --action, or see: diag scan",
        )
    rate = options.rate if options.rate is not None else DEFAULT_SANDBOX_RATE
    if rate <= 0:
        raise UsageError(f"--rate is {rate:g}.", hint="Use calls per second above 0, for example --rate 5.")
    organization = client.organization()
    plan = LoadPlan(
        model=options.model or "open",
        arrivals=options.arrivals or "poisson",
        seed=options.seed,
        streams=options.num_users or 1,
        max_in_flight=options.max_in_flight or DEFAULT_MAX_IN_FLIGHT,
        drain_s=max(0.0, options.drain_s),
        actions=tuple(
            ActionLoad(
                action_id=action.id,
                action_name=action.name,
                timeout_s=PLATFORM_MAX_TIMEOUT_S if options.probe else action.effective_timeout_s,
                rate=rate,
                payloads=_payloads(client, action, options.seed),
                target=Version.DRAFT if options.probe else Version.PUBLISHED,
            )
            for action in chosen
        ),
        facts=tuple(facts_of(action) for action in chosen),
        left_out=tuple(left_out),
        workload=str(Path(workload)) if workload else None,
        concurrency_limit=_concurrency_limit(client),
    )
    return Prepared(plan, organization.id, organization.name)


def _payloads(client: GenesysClient, action: Action, seed: int) -> tuple[Payload, ...]:
    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError:
        return (EMPTY,)
    return from_contract(contract, f"{seed}:{action.id}")


def _probe_candidates(
    actions: Sequence[Action], client: GenesysClient
) -> tuple[Sequence[Action], list[LeftOut]]:
    """Leave out what cannot have a draft of ours; an existing draft is somebody's work, never touched."""
    usable: list[Action] = []
    refused: list[LeftOut] = []
    for action in actions:
        if not action.configurable:
            refused.append(LeftOut(action.name, f"no draft possible: {action.not_configurable_reason}"))
        elif client.get_draft(action.id) is not None:
            refused.append(LeftOut(action.name, "it already has a draft, which is somebody's work"))
        else:
            usable.append(action)
    return usable, refused


def _concurrency_limit(client: GenesysClient) -> int | None:
    try:
        return client.limits("dataactions").get(CONCURRENCY_KEY)
    except ApiError:
        return None
