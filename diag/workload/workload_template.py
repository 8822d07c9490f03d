"""Writes a workload file for people: every setting with its default and one line of why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.format.sample_schema import InputOrigin
from analysis.inline_toml import quoted
from analysis.plain_text import printable
from diag.genesys.data_action import Action
from diag.workload.payload_placeholders import line_to_paste
from diag.workload.payloads_from_contract import NoInput, from_contract
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Ramp, Soak

_HEAD: Final = """\
# What diag measures in {org}. Written by diag init; change it as you like.
# Check it with: diag measure --dry-run    Every call runs the real request.
format_version = 1

[run]
mode = "measure"        # measure: hold the rate; ramp: raise it until latency bends; soak: windows over hours
model = "open"          # open: calls leave on schedule whatever is in flight; closed: they wait
arrivals = "poisson"    # poisson: as independent callers; constant: evenly spaced
seed = 1                # of schedules and generated inputs: same seed, same run
# duration = "10m"      # end after this time, settled or not
# calls_per_action = 2000
# rate = 2.0            # calls/s in all, shared by weight among actions without a rate of their own
#                       # (of one arrival stream: locust -u 3 sends three times as much, within the limits)
# max_in_flight = {in_flight}    # most calls in flight; this is 20 % of the org's concurrent executions
# sla = ["p99<5s"]      # exit code 3 when a condition is broken; also: "Name: p95<800ms", "errors<1%"
allow_side_effects = false    # true: also call actions whose request is not a GET
exceed_limits = false         # true: beyond 80 % of the token's rate ({rate:g} calls/s), 20 % of concurrency;
                              # on an org only with [approval]

# When the guard steps in. These are the defaults. In a sandbox it is on only where this table is written, or
# where the sandbox counts as an org (--as-org).
# [guard]
# enabled = true             # false: only 429s are honoured, whatever else happens
# error_share = {guard.error_share}          # stop an action when more of its last error_calls calls failed
# error_calls = {guard.error_calls}
# timeouts_in_a_row = {guard.timeouts_in_a_row}   # stop an action: its backend does not answer
# latency_factor = {guard.latency_factor}       # halve an action's rate when its median grew this much
# latency_window = "{guard.latency_window_s:.0f}s"
# rate_limited_stops = {guard.rate_limited_stops}   # stop the run: the org's data action limits are exhausted
# pause_s = {guard.pause_s:.0f}             # pause after a 429 without Retry-After
# no_token = "{guard.no_token_s:.0f}s"          # end the run: so long without a token that Genesys accepts

# [ramp]
# step = "{ramp.step_s:.0f}s"
# growth = {ramp.growth}
# steps = {ramp.steps}

# [soak]
# every = "{every:.0f}m"
# window = "{soak.window_s:.0f}s"
# total = "{total:.0f}h"

# When diag tune may call: on which clock, from and to, on which days a stretch begins.
# [hours]
# allow = ["23:00-05:00"]
# days = ["mon", "tue", "wed", "thu", "fri"]
# timezone = "Europe/Berlin"

# Beyond the limits (exceed_limits) a run is a load test of Genesys Cloud, which Genesys has to approve: a
# support ticket at least two weeks ahead, each night booked. Calls leave in its hours only.
# [approval]
# ticket = "0004711"
# hours = ["23:00-05:00"]    # the default
# timezone = "Europe/Berlin" # the region's clock; left out, that of the place where the region lies (assumed)
# nights = ["2026-12-10"]    # the booked ones, by the day on which they begin; left out, any night

# Parts of the run, one after the other: the rates times factor.
# [[stage]]
# duration = "2m"
# factor = 1.0

# One [[action]] each; name takes patterns ("Get *"), category = "..." takes a whole category; the first
# entry that means an action counts. Inputs: payload (inline), payload_file = "inputs.jsonl" or ".csv",
# generate = 5 (made up from the input contract; the default). Give real ones: a backend may answer "not
# found" to a made-up one, and faster than it answers a real one, so that the timeout comes out too short;
# no timeout is lowered on made-up inputs. Values never reach the run folder, only labels.

# target = "direct" below an [[action]] calls its backend itself, without Genesys Cloud (docs/recipes.md). The
# action may have an entry of each kind: both are measured and laid side by side. Hosts are confirmed by name:
# [direct]
# hosts = {{ "api.example.com" = 50 }}     # at most so many calls/s to it; nothing else is called
# credentials_file = "credentials.toml"  # or in the environment: DIAG_CREDENTIAL_NAME
# auth = "bearer"                        # or "basic": where no template sets Authorization
# timeout = 8                            # seconds, instead of each action's own timeout
# allow_private = true                   # addresses of private networks, too
# audit = true                           # one line for each call in the run folder, without values

# Work too long for any timeout: below the [[action]] that starts a job, say which action tells how it does.
# Measured is the time until it is done; the report says how often and how long a flow should look.
# [action.poll]
# action = "Get Export"                # name or id; its calls are real requests, too
# job_id = "finalResult.jobId"         # where the submit's reply holds the job's id
# parameter = "jobId"                  # the poll action's input that takes it
# status = "finalResult.state"         # where the poll's reply holds the state
# done = ["DONE"]
# failed = ["FAILED"]
# cancelled = ["CANCELLED"]
# every = "2s"
# give_up = "10m"
"""


_PRODUCTION_HOURS: Final = (
    'production_hours = { when = ["mon-fri 08:00-18:00", "sat 09:00-13:00"], zone = "Europe/Berlin" }'
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An action, and its contract if it was read."""

    action: Action
    contract: Mapping[str, Any] | None


def workload_text(listed: Sequence[Listed], *, org: str, as_org: bool, limits: OrgLimits) -> str:
    """Return the text of a workload file that is valid and harmless as it stands.

    Actions that may change data are commented out in an org; if nothing else is left, so is
    nothing to call: then the first is left in, and `allow_side_effects` still protects the org.
    """
    soak = Soak()
    head = _HEAD.format(
        org=printable(org),
        in_flight=limits.in_flight,
        rate=limits.calls_per_s,
        guard=GuardLimits(),
        ramp=Ramp(),
        soak=soak,
        every=soak.every_s / 60,
        total=soak.total_s / 3600,
    )
    callable_now = [one for one in listed if one.action.kind != "custom_auth"]
    parts = [_entry(one, active=not as_org or _reads(one.action)) for one in callable_now]
    if callable_now and as_org and not any(_reads(one.action) for one in callable_now):
        parts[0] = _entry(callable_now[0], active=True)
    return head + "".join(parts)


def _reads(action: Action) -> bool:
    return (action.request_type or "").upper() == "GET"


def _entry(one: Listed, *, active: bool) -> str:
    action = one.action
    timeout = "unknown" if action.timeout_s is None else f"{action.timeout_s} s"
    timeout += " (unset)" if action.timeout_is_set is False else ""
    lines = [
        f"# {printable(action.name)}: {printable(action.category or 'no category')}, timeout {timeout}, "
        f"request {printable(action.request_type or 'unknown')}"
    ]
    mark = "" if active else "# "
    if not active:
        lines.append(
            "# Not a GET: every call may change data. To call it, remove the # and set allow_side_effects."
        )
    lines += [f"{mark}[[action]]", f"{mark}id = {quoted(action.id)}"]
    if not _reads(action):
        lines.append("# allow_side_effects = true")
    lines.append("# rate = 0.5")
    made = from_contract(one.contract, 1, 1)
    if isinstance(made, NoInput):
        lines.append(f"# {printable(made.why)}")
    elif made[0].origin is InputOrigin.INVENTED:
        lines.append(f'# {line_to_paste(one.contract)}  # real values, each in place of "..."')
    lines.append("# recommend = { cap_s = 20 }  # settings of diag recommend, for this action only")
    lines.append("# production_peak_rate = 1.0  # calls/s at its busiest, if you know it")
    lines.append(f"# {_PRODUCTION_HOURS}  # when it is called, where telemetry cannot tell")
    return "\n" + "\n".join(lines) + "\n"
