"""Analytics of actions."""

import math
from collections.abc import Iterator
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.executions.analytics_query import (
    AnalyticsQuery,
    Dimensions,
    ExecutionRow,
    dimensions,
    read_query,
)
from diag.sandbox.executions.analytics_result import query_result
from diag.sandbox.reply_bodies import json_reply
from diag.sandbox.routes.api_guard import api_route
from diag.sandbox.routes.read_request import json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.past_executions import PAST_OUTCOMES
from diag.sandbox.world.permissions import VIEW


def routes(sandbox: Sandbox) -> list[Route]:
    """The aggregates query."""

    async def query(request: Request) -> Response:
        switches = sandbox.switches.analytics
        wanted = read_query(await json_object(request, sandbox.limits.limits.request_bytes), switches)
        counted_before = sandbox.unix_s() - switches.lag_s if switches.lag_s else math.inf
        rows = _rows(sandbox, wanted)
        if counted_before < wanted.until:
            rows = (row for row in rows if row.at < counted_before)
        return json_reply(query_result(wanted, rows, switches))

    return [api_route(sandbox, "POST", "/api/v2/analytics/actions/aggregates/query", query, VIEW)]


def _rows(sandbox: Sandbox, query: AnalyticsQuery) -> Iterator[ExecutionRow]:
    """Every execution there is a record of: those served, and the made-up past of the scenario."""
    switches = sandbox.switches.analytics
    named = {entry.id: _dimensions(sandbox, entry.id) for entry in sandbox.org.entries()}

    @cache
    def shared(action_id: str, outcome: str) -> Dimensions | None:
        words = switches.words(outcome)
        if words is None or action_id not in named:
            return None
        own = {"responseStatus": words.response_status, "errorType": words.error_type}
        return dimensions({**named[action_id], **own})

    for call in sandbox.true_calls.seen_by_the_platform():
        counted = call.via == "execute" or sandbox.switches.analytics_count_tests
        if counted and (of := shared(call.action_id, call.outcome)) is not None:
            yield ExecutionRow(call.started_at, call.served_ms, of, call.correlation_id)
    apart = query.tells_executions_apart
    until = sandbox.unix_s() if sandbox.scenario.time_lapse > 1.0 else None
    span = (query.since, query.until)
    for action_id, spec in sandbox.org.specs.items():
        past = sandbox.past(action_id)
        if past is None or action_id not in named or not query.may_want(action_id):
            continue
        in_force = sandbox.audits.timeout_of(action_id, spec.timeout_s)
        of_outcome = {outcome: shared(action_id, outcome) for outcome in PAST_OUTCOMES}
        for at, duration_ms, outcome in past.calls(span, in_force, until):
            if (of := of_outcome[outcome]) is not None:
                yield ExecutionRow(at, duration_ms, of, f"past-{at}" if apart else "")


def _dimensions(sandbox: Sandbox, action_id: str) -> dict[str, str]:
    entry = sandbox.org.entry(action_id)
    revision = entry.published or entry.revision(draft=True)
    return {
        "actionId": action_id,
        "actionName": revision.name,
        "actionCategory": revision.category,
        "integrationId": entry.integration_id,
        "integrationName": sandbox.org.integrations[entry.integration_id].name,
    }
