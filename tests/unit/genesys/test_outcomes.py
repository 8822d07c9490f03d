import pytest

from analysis.format.sample_schema import Outcome
from diag.genesys import outcomes
from diag.genesys.outcomes import classify
from diag.genesys.timeout_reply import KnownTimeout
from tests.support.genesys.api_replies import action_error, body, failed

SLOW_MS = 10_020.0
FAST_MS = 45.0
TIMEOUT_S = 10


def test_the_values_are_those_of_the_sample_schema() -> None:
    ours = {
        outcomes.OK,
        outcomes.TIMEOUT,
        outcomes.CLIENT_TIMEOUT,
        outcomes.BACKEND_ERROR,
        outcomes.INVALID_INPUT,
        outcomes.AUTH_ERROR,
        outcomes.RATE_LIMITED,
        outcomes.PLATFORM_ERROR,
        outcomes.NETWORK_ERROR,
    }
    of_direct_calls_only = {Outcome.CONTRACT_ERROR}
    assert ours == {str(outcome) for outcome in Outcome} - of_direct_calls_only


TIMEOUT_BODIES = [
    (408, body(code="client.timeout", status=408)),
    (408, b""),
    (504, body(code="request.timeout", message="The request timed out.", status=504)),
    (200, failed({"status": 504, "code": "request.timeout"})),
    (200, failed({"status": 408})),
    (
        200,
        failed(
            {"status": 500, "message": "Internal Server Error", "errors": [{"message": "Request timed out"}]}
        ),
    ),
    (200, failed(action_error("ACTION.REMOTE_ENDPOINT", message="Backend call timeout after 10 seconds"))),
    (200, failed({"status": 500, "message": "Internal Server Error"}, step_error={"message": "timed-out"})),
    (200, failed(None, step_error={"code": "action.timeout"})),
]


@pytest.mark.parametrize(("status", "reply"), TIMEOUT_BODIES)
def test_every_form_of_the_actions_own_timeout(status: int, reply: bytes | None) -> None:
    assert classify(status, reply, TIMEOUT_S, SLOW_MS).outcome == "timeout"
    assert classify(status, reply, None, FAST_MS).outcome == "timeout"


@pytest.mark.parametrize(("status", "reply"), TIMEOUT_BODIES)
def test_a_timeout_well_before_the_actions_own_is_someone_elses(status: int, reply: bytes | None) -> None:
    expected = "backend_error" if status == 200 else "platform_error"
    assert classify(status, reply, TIMEOUT_S, 2_000.0).outcome == expected


NOT_THE_ACTIONS = [
    (504, body(code="authentication.request.timeout", message="The request timed out.", status=504)),
    (504, body(errorCode="AUTHENTICATION.REQUEST.TIMEOUT".lower(), userMessage="The request timed out.")),
    (408, body(code="authentication.request.timeout", status=408)),
    (200, failed({"status": 504, "code": "authentication.request.timeout"})),
    (200, failed({"status": 500, "errors": [{"code": "authentication.request.timeout"}]})),
    (200, failed(action_error("ACTION.AUTHENTICATION", message="Token request timed out"))),
    (504, body(**action_error("ACTION.AUTHENTICATION", status=504))),
]


@pytest.mark.parametrize("timeout_s", [TIMEOUT_S, None])
@pytest.mark.parametrize(("status", "reply"), NOT_THE_ACTIONS)
def test_a_login_that_timed_out_is_not_the_actions_timeout(
    status: int, reply: bytes, timeout_s: int | None
) -> None:
    assert classify(status, reply, timeout_s, SLOW_MS).outcome in (
        "platform_error",
        "backend_error",
        "auth_error",
    )


@pytest.mark.parametrize(
    "reply", [b"<html>Gateway Time-out</html>", None, b"", b"{}", body(code="gateway.timeout", status=504)]
)
def test_a_504_of_unknown_origin_counts_once_the_whole_timeout_has_passed(reply: bytes | None) -> None:
    assert classify(504, reply, TIMEOUT_S, 9_500.0).outcome == "platform_error"
    assert classify(504, reply, TIMEOUT_S, SLOW_MS).outcome == "timeout"
    assert classify(504, reply, None, SLOW_MS).outcome == "platform_error"


def test_the_limit_between_early_and_own() -> None:
    reply = body(code="request.timeout")
    assert classify(504, reply, TIMEOUT_S, 8_999.0).outcome == "platform_error"
    assert classify(504, reply, TIMEOUT_S, 9_001.0).outcome == "timeout"


LEARNT = [
    (KnownTimeout("success_false"), 200, failed({"status": 504, "code": "request.timeout"})),
    (KnownTimeout("success_false", "request.timeout"), 200, failed({"code": "request.timeout"})),
    (KnownTimeout("408"), 408, b""),
    (KnownTimeout("504", "request.timeout"), 504, body(code="request.timeout", status=504)),
]


@pytest.mark.parametrize(("known", "status", "reply"), LEARNT)
def test_the_form_that_was_learnt_is_taken_as_before(known: KnownTimeout, status: int, reply: bytes) -> None:
    for elapsed_ms in (FAST_MS, 8_999.0, 9_001.0, SLOW_MS):
        assert classify(status, reply, TIMEOUT_S, elapsed_ms, known) == classify(
            status, reply, TIMEOUT_S, elapsed_ms
        )
    assert classify(status, reply, None, FAST_MS, known).outcome == "timeout"


@pytest.mark.parametrize(
    ("known", "status", "reply", "otherwise"),
    [
        (KnownTimeout("success_false"), 504, body(code="request.timeout"), "platform_error"),
        (KnownTimeout("success_false"), 408, b"", "platform_error"),
        (KnownTimeout("408"), 200, failed({"status": 504}), "backend_error"),
        (KnownTimeout("504"), 200, failed({"message": "Timed out"}), "backend_error"),
        (KnownTimeout("504", "request.timeout"), 504, body(code="gone.timeout"), "platform_error"),
    ],
)
def test_another_form_counts_after_the_whole_timeout_only_and_is_said(
    known: KnownTimeout, status: int, reply: bytes, otherwise: str
) -> None:
    def judged(elapsed_ms: float, timeout_s: int | None = TIMEOUT_S) -> tuple[str, bool]:
        result = classify(status, reply, timeout_s, elapsed_ms, known)
        return result.outcome, result.contradicts

    assert judged(8_999.0) == (otherwise, False)
    assert judged(9_001.0) == (otherwise, True)
    assert judged(SLOW_MS) == ("timeout", True)
    assert judged(SLOW_MS, None) == (otherwise, True)


@pytest.mark.parametrize(
    ("status", "reply", "outcome", "code"),
    [
        (200, body(success=True, finalResult={"a": 1}), "ok", None),
        (200, b"", "platform_error", "body.missing"),
        (200, None, "platform_error", "body.missing"),
        (200, b"<html>", "platform_error", "body.not_json"),
        (200, b'{"success": tr', "platform_error", "body.truncated"),
        (200, b"[1]", "platform_error", "body.unexpected"),
        (200, b"{}", "platform_error", "body.unexpected"),
        (200, body(success="yes"), "platform_error", "body.unexpected"),
        (200, failed(action_error("ACTION.AUTHENTICATION")), "auth_error", "ACTION.AUTHENTICATION"),
        (200, failed(action_error("ACTION.PROCESSING")), "invalid_input", "ACTION.PROCESSING"),
        (200, failed(action_error("ACTION.REMOTE_ENDPOINT")), "invalid_input", "ACTION.REMOTE_ENDPOINT:400"),
        (
            200,
            failed(action_error("ACTION.REMOTE_ENDPOINT", message="Request failed with status code 503")),
            "backend_error",
            "ACTION.REMOTE_ENDPOINT:503",
        ),
        (
            200,
            failed(action_error("ACTION.REMOTE_ENDPOINT", inner_status=502)),
            "backend_error",
            "ACTION.REMOTE_ENDPOINT:502",
        ),
        (
            200,
            failed(action_error("ACTION.REMOTE_ENDPOINT", message="Backend answered 404: no customer 503")),
            "invalid_input",
            "ACTION.REMOTE_ENDPOINT:404",
        ),
        (
            200,
            failed(action_error("ACTION.REMOTE_ENDPOINT", message="status: 429 slow down")),
            "backend_error",
            "ACTION.REMOTE_ENDPOINT:429",
        ),
        (
            200,
            failed({"status": 500, "code": "internal.server.error"}),
            "backend_error",
            "internal.server.error",
        ),
        (200, failed(None), "backend_error", "http.500"),
        (200, failed({"status": 400, "code": "invalid.schema"}), "invalid_input", "invalid.schema"),
        (200, failed({"status": 401, "code": "invalid.credentials"}), "auth_error", "invalid.credentials"),
        (
            400,
            body(code="invalid.schema", message="timeout must be a number"),
            "invalid_input",
            "invalid.schema",
        ),
        (
            400,
            body(errorCode="BAD_REQUEST", details=[{"errorCode": "ACTION.AUTHENTICATION"}]),
            "auth_error",
            None,
        ),
        (401, body(code="bad.credentials"), "auth_error", "bad.credentials"),
        (403, b"", "auth_error", "http.403"),
        (404, body(code="not.found"), "invalid_input", "not.found"),
        (413, b"", "invalid_input", "http.413"),
        (429, b"", "rate_limited", "http.429"),
        (429, body(code="too.many.requests"), "rate_limited", "too.many.requests"),
        (
            429,
            body(limit={"namespace": "dataactions", "key": "actions.concurrent.executions.max", "value": 50}),
            "rate_limited",
            "dataactions:actions.concurrent.executions.max",
        ),
        (429, body(limit={"namespace": "platform.api"}), "rate_limited", "platform.api"),
        (500, body(code="internal.server.error"), "platform_error", "internal.server.error"),
        (503, b"<html>", "platform_error", "http.503"),
        (500, body(**action_error("ACTION.REMOTE_ENDPOINT", status=500)), "backend_error", None),
        (302, b"", "platform_error", "http.302"),
    ],
)
def test_replies(status: int, reply: bytes | None, outcome: str, code: str | None) -> None:
    result = classify(status, reply, TIMEOUT_S, FAST_MS)
    assert result.outcome == outcome
    if code is not None:
        assert result.error_code == code


BUSY = {"status": 429, "code": "too.many.requests"}


OWN_LIMIT = {"namespace": "dataactions", "key": "requests.volume.max"}


ITS_LIMIT = {"namespace": "platform.api", "key": "client.credentials.token.rate.per.minute"}


@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        # The web service itself answered 429: its load, not a limit of the platform.
        (failed(action_error("ACTION.REMOTE_ENDPOINT", 429)), "backend_error", "ACTION.REMOTE_ENDPOINT:429"),
        (
            failed(action_error("ACTION.REMOTE_ENDPOINT", 429, inner_status=400)),
            "backend_error",
            "ACTION.REMOTE_ENDPOINT:429",
        ),
        # An action that calls the Platform API is limited by it as by any web service.
        (
            failed({**action_error("ACTION.REMOTE_ENDPOINT", 429), "limit": ITS_LIMIT}),
            "backend_error",
            "ACTION.REMOTE_ENDPOINT:429",
        ),
        # The org's limit on data actions, whatever class stands beside it.
        (
            failed({**action_error("ACTION.REMOTE_ENDPOINT", 429), "limit": OWN_LIMIT}),
            "rate_limited",
            "dataactions:requests.volume.max",
        ),
        (
            failed({**action_error("ACTION.REMOTE_ENDPOINT", 429), "limit": {"namespace": "dataactions"}}),
            "rate_limited",
            "dataactions",
        ),
        (failed({**BUSY, "limit": OWN_LIMIT}), "rate_limited", "dataactions:requests.volume.max"),
        (
            failed(None, step_error={**BUSY, "limit": OWN_LIMIT}),
            "rate_limited",
            "dataactions:requests.volume.max",
        ),
        (failed(BUSY), "rate_limited", "too.many.requests"),
    ],
)
def test_whose_429_inside_a_result(reply: bytes, outcome: str, code: str) -> None:
    result = classify(200, reply, TIMEOUT_S, FAST_MS)
    assert (result.outcome, result.error_code) == (outcome, code)


def test_a_number_that_is_no_status_is_not_taken_for_one() -> None:
    reply = failed(action_error("ACTION.REMOTE_ENDPOINT", message="Invalid security code 512"))
    assert classify(200, reply, TIMEOUT_S, FAST_MS).error_code == "ACTION.REMOTE_ENDPOINT:400"


def test_the_failed_step_is_named() -> None:
    assert classify(200, failed({"status": 500}), TIMEOUT_S, FAST_MS).failed_step == "Execute"


def test_free_text_never_becomes_a_code() -> None:
    reply = failed({"status": 500, "code": "customer Jane Doe not found", "message": "Jane Doe"})
    assert classify(200, reply, TIMEOUT_S, FAST_MS).error_code == "http.500"
