"""A run beyond the limits on an org: a load test of Genesys Cloud, to be approved and kept to its hours."""

from dataclasses import dataclass
from typing import Final

from analysis.format.manifest import Approved
from analysis.moment_words import at
from diag.errors import UsageError
from diag.hours.region_clocks import clock_of_host
from diag.target import Target
from diag.workload.workload import Workload

RULE: Final = (
    "a load test of Genesys Cloud, which Genesys has to approve: a support ticket at least two weeks ahead, "
    "23:00-05:00 in the region's time zone, each night booked"
)


@dataclass(frozen=True, slots=True)
class ApprovedHours:
    """What was approved, and the next of its hours: calls leave between these two moments (Unix seconds)."""

    record: Approved
    begin: float
    end: float
    left_s: float
    """How long calls may leave at most, of a run that begins now, or with these hours."""

    def are_now(self, now: float) -> bool:
        """Return whether calls may leave at this moment."""
        return self.begin <= now < self.end

    @property
    def words(self) -> str:
        """Return the next hours as people read them: Sun 29 Nov 23:00 to Mon 30 Nov 05:00 Europe/Berlin."""
        return f"{at(self.begin, self.record.zone)} to {at(self.end, self.record.zone)} {self.record.zone}"


def approved_hours(workload: Workload, target: Target, now: float) -> ApprovedHours | None:
    """Return the next hours in which a run beyond the limits may call; None for a run that needs no approval.

    Only what counts as an org needs one. Raises UsageError without an approval, where the clock of its hours
    is not known, and where all that was booked is over.
    """
    if not (workload.exceed_limits and target.counts_as_org):
        return None
    approval = workload.approval
    if approval is None:
        raise UsageError(
            f"exceed_limits = true makes this {RULE}.",
            hint='Leave exceed_limits out, or write into the workload: [approval] then ticket = "...", '
            "the number of that ticket.",
        )
    zone = approval.zone or clock_of_host(target.connection.host)
    if zone is None:
        raise UsageError(
            f"{target.connection.host} is no region's address, so the clock of {approval.words} is unknown.",
            hint='Write it into the workload, below [approval]: timezone = "Europe/Berlin"',
        )
    stretches = approval.to_come(zone, now)
    if not stretches:
        raise UsageError(
            f"All nights that ticket {approval.ticket} books are over.",
            hint="Book others with Genesys, and write them into nights, below [approval] in the workload.",
        )
    begin, end = stretches[0]
    return ApprovedHours(Approved(approval.ticket, approval.words, zone), begin, end, end - max(begin, now))


def refuse_outside(approved: ApprovedHours, now: float) -> None:
    """Raise UsageError where it is not one of the approved hours."""
    if not approved.are_now(now):
        zone = approved.record.zone
        raise UsageError(
            f"Ticket {approved.record.ticket} allows calls {approved.record.hours} {zone}; "
            f"it is {at(now, zone)} there.",
            hint=f"Start it again in the next of these hours: {approved.words}.",
        )
