"""Whatever a server answers, the client gives a typed value or an `ApiError`; never another exception."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import stamina
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.genesys.analytics.execution_counts import DurationRange
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.full_config import FullConfig
from diag.genesys.http.connection import Connection
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.secret import Secret
from tests.support.examples import examples

MOMENT = datetime(2026, 7, 1, tzinfo=UTC)
WHOLE = ActionConfig(3, {"requestType": "GET", "requestUrlTemplate": "https://crm/"}, {})
FULL = FullConfig(Action("a", "A", None, None, 1, False, WHOLE), None, None)

CALLS: list[Callable[[GenesysClient], object]] = [
    lambda client: client.list_actions(),
    lambda client: client.count_actions(),
    lambda client: client.get_action("a", contract=True),
    lambda client: client.read_config("a"),
    lambda client: client.patch_timeout(FULL, 5),
    lambda client: client.test_action("a", {}, wait_s=5, timeout_s=3),
    lambda client: client.get_draft("a"),
    lambda client: client.create_draft("a"),
    lambda client: client.delete_draft("a"),
    lambda client: client.actions_named("a"),
    lambda client: client.create_action({}),
    lambda client: client.integrations(),
    lambda client: client.draft_ids(),
    lambda client: client.consumers("a"),
    lambda client: client.function_timeout_s("a"),
    lambda client: client.organization(),
    lambda client: client.token_info(),
    lambda client: client.permissions(),
    lambda client: client.clock_skew_s(),
    lambda client: client.limits(),
    lambda client: client.execution_totals(MOMENT, MOMENT),
    lambda client: client.hourly_executions(["a"], MOMENT, MOMENT),
    lambda client: client.execution_counts("a", MOMENT, MOMENT, [DurationRange(0, 1000)]),
]

KEYS = {
    *("entities", "id", "name", "version", "config", "timeoutSeconds", "request", "response", "contract"),
    *("total", "pageCount", "nextUri", "error", "errors", "success", "operations", "finalResult", "grants"),
    *("role", "policies", "domain", "actions", "results", "data", "metrics", "metric", "stats", "count"),
    *("views", "interval", "group", "actionId", "function", "limit", "message", "messageParams", "code"),
    *("status", "OAuthClient", "organization", "integrationType", "key", "value"),
}
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 700)
    | st.floats()
    | st.text(max_size=4)
    | st.just("tTotalExecution")
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYS)), inner, max_size=5)
    ),
    max_leaves=25,
)
NEARLY_RIGHT = st.fixed_dictionaries(
    {
        "id": st.text(max_size=3) | LEAVES,
        "entities": st.lists(st.fixed_dictionaries({"id": st.text(max_size=3)})),
    },
    optional={
        "config": st.dictionaries(st.sampled_from(["timeoutSeconds", "request", "response"]), ANYTHING),
        "results": st.lists(st.dictionaries(st.sampled_from(["group", "data"]), ANYTHING), max_size=2),
        "grants": st.lists(st.dictionaries(st.just("role"), ANYTHING), max_size=2),
        **dict.fromkeys(("total", "pageCount", "nextUri", "version", "success"), LEAVES),
    },
)
VALUES = ANYTHING | NEARLY_RIGHT
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "Date", "ININ-Correlation-Id"]),
    st.text(alphabet="0123456789-.: eGMTnaif", max_size=12),
)


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.mark.slow
@settings(max_examples=examples(250), deadline=None)
@given(
    call=st.sampled_from(CALLS),
    status=st.sampled_from([200, 200, 200, 200, 204, 301, 400, 401, 403, 404, 409, 429, 500, 503, 504]),
    value=VALUES,
    headers=HEADERS,
    cut=st.integers(0, 30) | st.none(),
)
def test_a_value_or_an_api_error(
    call: Callable[[GenesysClient], object],
    status: int,
    value: object,
    headers: dict[str, str],
    cut: int | None,
) -> None:
    body = json.dumps(value).encode()[:cut]
    transport = httpx.MockTransport(
        lambda _: httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)
    )
    connection = Connection.to(region="us-east-1", access_token=Secret("t"))
    bucket = RateBucket(1_000_000)
    with GenesysClient(connection, transport=transport, bucket=bucket) as client:
        try:
            call(client)
        except ApiError as error:
            assert error.message and error.hint and isinstance(error.details, tuple)
            assert error.category in ("error", "usage", "auth", "stale")


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a":' * 200_000, b"NaN", b'{"total": 1e999, "entities": []}']
)
def test_hostile_bodies(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(body)))
    connection = Connection.to(region="us-east-1", access_token=Secret("t"))
    with GenesysClient(connection, transport=transport) as client:
        for call in CALLS:
            try:
                call(client)
            except ApiError:
                continue
