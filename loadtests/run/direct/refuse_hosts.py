"""Refuses a run whose direct calls go where nobody said, or faster than was confirmed: before the first one."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analysis.inline_toml import quoted
from diag.direct.hosts.backend_host import BackendHost
from diag.direct.hosts.private_addresses import addresses_of
from diag.direct.hosts.permission import address_may_be_called
from diag.errors import UsageError
from diag.measuring.hosts_to_confirm import HostToConfirm, write_hosts
from loadtests.planning.direct.host_uses import HostUse, asked_load, highest_load, is_beyond
from loadtests.planning.make_plan import PreparedRun
from loadtests.run.forecast import forecast

_PRIVATE: Final = "allow_private = true in [direct] of the workload, or --allow-private, allows it."


def refuse_hosts(
    prepared: PreparedRun, *, users: int, run_time_s: float | None, hosts_file: str | None
) -> None:
    """Return where every host of the plan may be called as fast as is planned. Raises UsageError otherwise.

    `hosts_file`: where hosts to confirm are left for whoever can ask a person.
    """
    plan = prepared.plan
    uses = prepared.direct.uses(plan)
    unfit = [use.unfit or _leads_elsewhere(prepared, use) for use in uses]
    reasons = [reason for reason in unfit if reason is not None]
    if reasons:
        raise UsageError(f"Not called directly: {reasons[0]}.", hint=None, details=tuple(reasons[1:]))
    unconfirmed = [use for use in uses if use.confirmed is None]
    if unconfirmed:
        to_confirm = hosts_to_confirm(prepared, unconfirmed, users=users, run_time_s=run_time_s)
        if hosts_file is not None:
            write_hosts(Path(hosts_file), to_confirm)
        raise _not_confirmed(prepared, to_confirm)
    for use in uses:
        if is_beyond(use, load := asked_load(plan, users)):
            raise _too_fast(use, load)
