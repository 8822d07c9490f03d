import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.format.sample_schema import Outcome
from analysis.views.summary import ErrorGroup
from reports.wording.failures import where_it_failed


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        ("backend_error", "ACTION.REMOTE_ENDPOINT:503", "the backend, which answered 503"),
        ("auth_error", "ACTION.AUTHENTICATION", "integration's credentials"),
        ("invalid_input", "ACTION.PROCESSING", "template"),
        ("rate_limited", "dataactions:actions.concurrent.executions.max", "concurrent"),
        ("rate_limited", "platform.api:token.rate", "token"),
        ("client_timeout", "run_ended", "the end of the run"),
        ("timeout", "request.timeout", "own timeout"),
        ("network_error", "econnreset", "network"),
        ("auth_error", "http.403", "diag doctor"),
        ("auth_error", "http_401", "the backend, which refused the credentials (401)"),
        ("auth_error", "custom_auth_http_500", "custom authentication"),
        ("backend_error", "http_503", "the backend, which answered 503"),
        ("backend_error", "redirect_refused", "another host"),
        ("timeout", "deadline", "the deadline of direct calls"),
        ("contract_error", "contract", "breaks the action's contract"),
    ],
)
def test_the_failing_part_is_named(outcome: str, code: str, words: str) -> None:
    assert words in where_it_failed(ErrorGroup(outcome, None, code, 1, None))


@given(outcome=st.sampled_from([one.value for one in Outcome]) | st.text(), code=st.none() | st.text())
def test_any_group_has_words(outcome: str, code: str | None) -> None:
    group = ErrorGroup(outcome, None, code, 1, None, failed_step="Execute")

    place = "at" if outcome == Outcome.CONTRACT_ERROR else "step"
    assert where_it_failed(group).startswith(f"{place} Execute: ")
