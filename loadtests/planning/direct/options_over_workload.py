"""What was asked for of direct calls: the workload's `[direct]` table and options, which count before it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from diag.direct.direct_load import DirectRules
from diag.direct.hosts.backend_host import UnfitHostError, host_name
from diag.errors import UsageError
from diag.workload.tables.direct_settings import LONGEST_S, SHORTEST_S, DirectSettings

AUDITED_UP_TO: Final = 50.0
"""Calls/s; beyond, every call costs a line only where it is asked for."""


def refuse_what_has_no_meaning(options: Any, *, direct: bool) -> None:
    """Raise UsageError for options of direct calls where there are none, and for a probe of some."""
    if options.direct and options.both:
        raise UsageError(
            "--direct leaves Genesys Cloud out, and --both calls it, too.", hint="Leave one of the two out."
        )
    if direct and options.probe:
        raise UsageError(
            "A probe lengthens the timeout of a draft, and a direct call knows no draft.",
            hint="Leave --probe out; --timeout SECONDS gives direct calls longer.",
        )
    given = [
        flag
        for flag, value in (
            ("--timeout", options.timeout),
            ("--auth", options.auth),
            ("--confirm-host", options.confirm_host),
            ("--allow-private", options.allow_private),
            ("--audit", options.audit),
            ("--metrics", options.metrics),
            ("--compare", options.compare),
        )
        if value
    ]
    if given and not direct:
        raise UsageError(
            f"{given[0]} is about direct calls, and this run makes none.",
            hint='Add --direct or --both, or write target = "direct" below an [[action]] of the workload.',
        )


def direct_settings(options: Any, stated: DirectSettings) -> DirectSettings:
    """Return what holds for direct calls. Raises UsageError for an option that is not as it must be."""
    timeout_s = options.timeout
    if timeout_s is not None and not SHORTEST_S <= timeout_s <= LONGEST_S:
        raise UsageError(
            f"--timeout is {timeout_s:g}.", hint=f"Use seconds from {SHORTEST_S:g} to {LONGEST_S:g}."
        )
    return replace(
        stated,
        hosts={**stated.hosts, **confirmed_hosts(options.confirm_host)},
        allow_private=stated.allow_private or options.allow_private,
        audit=stated.audit if options.audit is None else options.audit == "on",
        timeout_s=timeout_s or stated.timeout_s,
        auth=options.auth or stated.auth,
    )


def confirmed_hosts(given: Sequence[str]) -> dict[str, float]:
    """Return host -> most calls/s of each `HOST=RATE`. Raises UsageError."""
    confirmed = {}
    for text in given:
        host, _, rate = text.rpartition("=")
        try:
            name, most = host_name(host), float(rate)
        except UnfitHostError as error:
            raise UsageError(f"--confirm-host: {error.message}", hint=error.hint) from None
        except ValueError:
            most = math.nan
        if not 0 < most < math.inf:
            raise UsageError(
                "--confirm-host needs a host and the most calls/s to it.",
                hint="For example: --confirm-host api.example.com=50",
            )
        confirmed[name] = most
    return confirmed


def direct_rules(settings: DirectSettings, options: Any, own: str | None, rate: float) -> DirectRules:
    """Return the rules of a run that makes `rate` direct calls/s; `own`: see `DirectRules.sandbox_base`."""
    return DirectRules(
        hosts=settings.hosts,
        allow_private=settings.allow_private,
        sandbox_base=own,
        credentials_file=None if settings.credentials_file is None else str(settings.credentials_file),
        audit=rate <= AUDITED_UP_TO if settings.audit is None else settings.audit,
        metrics_file=options.metrics,
    )
