"""Production telemetry of some actions, read and judged: `diag observe` shows it, `diag tune` begins with
it."""

from collections.abc import Sequence

from diag.changes.journal.journal_line import JournalLine
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.genesys.http.paging import OnProgress
from diag.production.judge_telemetry import evidence_of
from diag.production.last_timeout_changes import last_changes
from diag.production.production_evidence import Place, ProductionEvidence, ProductionQuestion
from diag.production.reading.read_telemetry import read_production
from diag.target import target_at
from diag.workload.share_of_org_limits import CONCURRENCY_KEY


def look(
    client: GenesysClient,
    actions: Sequence[Action],
    question: ProductionQuestion,
    changes: Sequence[JournalLine],
    *,
    on_progress: OnProgress | None = None,
) -> ProductionEvidence:
    """Return what production says of these actions, given the journal of changes to their timeouts.

    Raises ApiError only when nothing can be read.
    """
    production = read_production(
        client,
        actions,
        question.window,
        changed_at=last_changes(changes, client.connection.host),
        on_progress=on_progress,
    )
    return evidence_of(production, question, place_of(client), _concurrency_limit(client))


def place_of(client: GenesysClient) -> Place:
    """Return which org the client reads; without its name where that cannot be read."""
    host, sandbox = client.connection.host, target_at(client.connection).sandbox
    try:
        org = client.organization()
    except ApiError:
        return Place(host, sandbox)  # only the reader misses the name
    return Place(host, sandbox, org.id, org.name)


def _concurrency_limit(client: GenesysClient) -> int | None:
    try:
        return client.limits().get(CONCURRENCY_KEY)
    except ApiError:
        return None  # then the cost of a hung backend stays unknown
