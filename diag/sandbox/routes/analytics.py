"""Analytics of actions."""

import math
from collections.abc import Iterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sandbox.executions.analytics import AnalyticsQuery, ExecutionRow, query_result, read_query
from diag.sandbox.reply_bodies import json_reply
from diag.sandbox.routes.request import api_route, json_object
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.past_executions import past_calls
from diag.sandbox.world.permissions import VIEW
from diag.sandbox.world.switches import OutcomeWords


def routes(sandbox: Sandbox) -> list[Route]:
    """The aggregates query."""

    async def query(request: Request) -> Response:
        switches = sandbox.switches.analytics
        wanted = read_query(await json_object(request, sandbox.limits.limits.request_bytes), switches)
        counted_before = sandbox.unix_s() - switches.lag_s if switches.lag_s else math.inf
        rows = (row for row in _rows(sandbox, wanted) if row.at < counted_before)
        return json_reply(query_result(wanted, rows, switches))

    return [api_route(sandbox, "POST", "/api/v2/analytics/actions/aggregates/query", query, VIEW)]


def _rows(sandbox: Sandbox, query: AnalyticsQuery) -> Iterator[ExecutionRow]:
    """Every execution there is a record of: those served, and the made-up past of the scenario."""
    named = {entry.id: _dimensions(sandbox, entry.id) for entry in sandbox.org.entries()}
    for call in sandbox.observations.seen_by_the_platform():
        counted = call.via == "execute" or sandbox.switches.analytics_count_tests
        words = sandbox.switches.analytics.words(call.outcome)
        if counted and words is not None and call.action_id in named:
            own = _own_dimensions(words, call.correlation_id)
            yield ExecutionRow(call.started_at, call.served_ms, {**named[call.action_id], **own})
    now = sandbox.unix_s()
    started_at = now - sandbox.now_s()
    until = now if sandbox.scenario.time_lapse > 1.0 else None
    span = (query.since, query.until)
    for action_id, spec in sandbox.org.specs.items():
        if spec.history is None or action_id not in named or not query.may_want(action_id):
            continue
        in_force = sandbox.audits.timeout_of(action_id, spec.timeout_s)
        seed = f"{sandbox.seed}:{action_id}:past"
        share = sandbox.platform_share(spec)
        history = spec.history if share is None else replace(spec.history, platform_share=share.law(0.0))
        for past in past_calls(history, spec.latency, in_force, seed, span, started_at, until):
            words = sandbox.switches.analytics.words(past.outcome)
            if words is not None:
                own = _own_dimensions(words, f"past-{past.at}")
                yield ExecutionRow(past.at, past.duration_ms, {**named[action_id], **own})


def _own_dimensions(words: OutcomeWords, correlation_id: str) -> dict[str, str]:
    return {
        "responseStatus": words.response_status,
        "errorType": words.error_type,
        "correlationId": correlation_id,
    }


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
