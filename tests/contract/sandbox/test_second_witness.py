"""The official JavaScript SDK as a second witness: it calls every route, and its models judge each reply.

A field that the platform does not have would let a test pass here and a user's run fail there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from diag.sandbox.sandbox import Sandbox
from diag.sandbox.serving.app import all_routes
from diag.sandbox.world.scenario import load_scenario
from tests.support.genesys import javascript_sdk
from tests.support.genesys.declared_models import DeclaredModels
from tests.support.genesys.javascript_sdk import Reply, nameless, walk
from tests.support.running_sandbox import StartSandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sdk,
    pytest.mark.skipif(javascript_sdk.why_not() is not None, reason=javascript_sdk.why_not() or ""),
]

SCENARIO: Final = """
description = "One action of every kind, for a walk through all routes"
[limits]
token_requests_per_minute = 100000
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[integration]]
name = "Functions"
type = "function-data-actions"
{actions}
"""
ACTION: Final = """
[[action]]
name = "{name}"
integration = "{integration}"
category = "Web Services Data Actions"
input.orderId = {{ type = "string", minLength = 1 }}
result = {{ state = "sent", lines = [{{ sku = "A", count = 2 }}] }}
latency = {{ model = "fixed", at_ms = 2 }}
{more}
"""
HANGS: Final = "timeout_s = 1\nlatency = { model = 'fixed', at_ms = 3000 }"


def action(name: str, more: str = "", integration: str = "Backend") -> str:
    text = ACTION.format(name=name, integration=integration, more=more)
    return text.replace('latency = { model = "fixed", at_ms = 2 }\n', "") if "latency" in more else text


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    actions = (
        action(
            "Get Order",
            "timeout_s = 5\nflows = ['Main menu', 'Card services']\n"
            "history = { days = 3, peak_calls_per_hour = 60 }",
        ),
        action("Refused", "failures = [{ share = 1.0, status = 500 }]"),
        action("Hangs", HANGS),
        action("Kept Secret", "secure = true\nrequest_type = 'POST'"),
        action("Built in", "kind = 'static'"),
        action("Login", "kind = 'custom_auth'"),
        action("Score", "kind = 'function'\nfunction_timeout_s = 3", "Functions"),
    )
    path = tmp_path_factory.mktemp("witness") / "every-kind.toml"
    path.write_text(SCENARIO.format(actions="".join(actions)))
    return path


@pytest.fixture(scope="module")
def replies(scenario: Path, start_module_sandbox: StartSandbox) -> Sequence[Reply]:
    return walk(start_module_sandbox(str(scenario)).base_url)


def test_every_route_is_one_that_the_sdk_has_and_is_called(scenario: Path, replies: Sequence[Reply]) -> None:
    """A route that nothing calls here: add the call to tests/support/genesys/javascript_walk.js."""
    routes = {
        (method, nameless(route.path))
        for route in all_routes(Sandbox(load_scenario(str(scenario)), 1))
        for method in route.methods or ()
        if route.path.startswith("/api/") and method != "HEAD"
    }
    called = {reply.route for reply in replies if reply.status < 400}

    assert routes - called == set()


def test_no_reply_has_a_field_or_a_type_that_the_sdk_does_not_declare(replies: Sequence[Reply]) -> None:
    models = DeclaredModels.of(javascript_sdk.sdk_folder())
    found: dict[str, str] = {}
    for reply in replies:
        declared = models.returned_by(reply.sdk) if reply.status < 400 else "Models.ErrorBody"
        if declared == "void":
            assert reply.body in (None, ""), reply
            continue
        for deviation in models.deviations(reply.body, declared):
            found.setdefault(deviation, f"{reply.verb} {reply.path} ({reply.status})")

    assert found == {}
    assert {200, 204, 400, 401, 404, 408, 409, 429, 504} <= {reply.status for reply in replies}


def test_one_made_up_field_in_any_reply_would_be_found(replies: Sequence[Reply]) -> None:
    models = DeclaredModels.of(javascript_sdk.sdk_folder())
    for reply in replies:
        declared = models.returned_by(reply.sdk) if reply.status < 400 else "Models.ErrorBody"
        if declared.startswith("Models."):
            assert list(models.deviations({**reply.body, "madeUp": 1}, declared)) != []
