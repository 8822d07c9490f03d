"""What is asked of calls that go to backends themselves, and the flags that ask a load process for it."""

from dataclasses import dataclass
from pathlib import Path

from diag.direct.direct_load import DirectAuth


@dataclass(frozen=True, slots=True)
class DirectOptions:
    """What is asked of calls that go to backends themselves; None leaves it to the workload file.

    `hosts_file`: where a load that does not begin leaves the hosts that a person has to confirm.
    """

    direct: bool = False
    """Every action is called so, whatever its entry says."""
    both: bool = False
    """Every action is called so and through Genesys Cloud, in the same run."""
    auth: DirectAuth | None = None
    """The Authorization header that is added where no template sets one."""
    confirm_hosts: tuple[str, ...] = ()
    """Each `HOST=RATE`."""
    timeout_s: float | None = None
    allow_private: bool = False
    audit: bool | None = None
    metrics: Path | None = None
    compare: bool = False
    hosts_file: Path | None = None


def repeated(options: DirectOptions) -> tuple[tuple[str, ...], ...]:
    """Return the flags of `diag measure` that a command after it repeats, each with its value."""
    timeout = [] if options.timeout_s is None else [("--timeout", f"{options.timeout_s:g}")]
    private = [("--allow-private",)] if options.allow_private else []
    auth = [] if options.auth is None else [("--auth", options.auth)]
    both = [("--both",)] if options.both else []
    return (*both, *(("--confirm-host", host) for host in options.confirm_hosts), *timeout, *auth, *private)


def direct_words(options: DirectOptions) -> list[str]:
    """Return the flags of the locustfile that ask for the same."""
    line: list[str] = []
    for flag, asked in (
        ("--direct", options.direct),
        ("--both", options.both),
        ("--allow-private", options.allow_private),
        ("--compare", options.compare),
    ):
        if asked:
            line.append(flag)
    for flag, value in (
        ("--timeout", options.timeout_s),
        ("--auth", options.auth),
        ("--audit", None if options.audit is None else "on" if options.audit else "off"),
        ("--metrics", options.metrics),
        ("--hosts-file", options.hosts_file),
        *(("--confirm-host", host) for host in options.confirm_hosts),
    ):
        if value is not None:
            line += [flag, str(value)]
    return line
