"""The official SDK, unmodified, as the oracle: what it cannot read, the platform would not send."""

import importlib.util
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from tests.support.genesys import official_sdk
from tests.support.running_sandbox import RunningSandbox, StartSandbox

Connect = Callable[..., tuple[RunningSandbox, Any, dict[str, str]]]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sdk,
    pytest.mark.skipif(
        importlib.util.find_spec("PureCloudPlatformClientV2") is None,
        reason="PureCloudPlatformClientV2 is not installed (dependency group sdk)",
    ),
    pytest.mark.filterwarnings("ignore"),  # the SDK's own affair
]


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return official_sdk.load(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox) -> Callable[[str], RunningSandbox]:
    """One sandbox of each scenario: no test looks at what another changes."""
    return cache(start_module_sandbox)


@pytest.fixture
def connect(sdk: Any, running: Callable[[str], RunningSandbox]) -> Connect:
    """`connect(scenario)` returns the sandbox, its SDK client and action ids by name."""

    def connected(scenario: str = "demo") -> tuple[RunningSandbox, Any, dict[str, str]]:
        box = running(scenario)
        sdk.configuration.host = box.base_url
        client = sdk.api_client.ApiClient(box.base_url)
        client.get_client_credentials_token("sandbox", "sandbox")
        return box, client, {a["name"]: id_ for id_, a in box.truth()["actions"].items()}

    return connected


def test_it_reads_the_list_an_action_and_its_templates(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect()
    api = sdk.IntegrationsApi(client)
    page = api.get_integrations_actions(page_size=4, include_auth_actions=True, include_config=True)
    assert (page.total, page.page_count, len(page.entities)) == (12, 3, 4)
    assert page.entities[0].config.timeout_seconds == 3
    action = api.get_integrations_action(ids["Create Support Ticket"], expand="contract", include_config=True)
    assert action.config.request.request_type == "POST"
    assert action.contract.input.input_schema.required == ["subject", "priority"]
    text = api.get_integrations_action_template(action.id, "successtemplate.vm")
    assert text == "${result}"
    integrations = api.get_integrations().entities
    assert integrations[0].integration_type.id == "custom-rest-actions"


def test_it_patches_and_is_refused_with_an_old_version(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect()
    api = sdk.IntegrationsApi(client)
    id_ = ids["Create Support Ticket"]
    action = api.get_integrations_action(id_, include_config=True)
    config = action.config
    config.timeout_seconds = 8
    config.request.request_template = api.get_integrations_action_template(id_, "requesttemplate.vm")
    config.response.success_template = api.get_integrations_action_template(id_, "successtemplate.vm")
    body = sdk.UpdateActionInput()
    body.version, body.config = action.version, config
    assert api.patch_integrations_action(id_, body).config.timeout_seconds == 8
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.patch_integrations_action(id_, body)
    assert caught.value.status == 409


def test_it_tests_and_executes(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect()
    api = sdk.IntegrationsApi(client)
    result = api.post_integrations_action_test(ids["Get Account Balance"], {"accountId": "A"})
    assert result.success is True
    assert result.final_result == {"balance": 12.5, "currency": "EUR"}
    assert [operation.step for operation in result.operations] == [1, 2, 3, 4, 5, 6]
    failed = api.post_integrations_action_test(ids["Get Loyalty Points"], {"memberId": "M"})
    assert failed.success is False
    assert failed.error.details[0].error_code == "ACTION.REMOTE_ENDPOINT"
    assert failed.operations[-1].error.status == 400
    done = api.post_integrations_action_execute(ids["Get Account Balance"], {"accountId": "A"})
    assert done == {"balance": 12.5, "currency": "EUR"}


def test_it_walks_a_draft_through_its_life(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect()
    api = sdk.IntegrationsApi(client)
    id_ = ids["Get Account Balance"]
    draft = api.post_integrations_action_draft(id_)
    update = sdk.UpdateDraftInput()
    update.version, update.config = draft.version, draft.config
    update.config.timeout_seconds = 60
    draft = api.patch_integrations_action_draft(id_, update)
    assert [entity.id for entity in api.get_integrations_actions_drafts().entities] == [id_]
    assert api.post_integrations_action_draft_test(id_, {"accountId": "A"}).success is True
    assert api.get_integrations_action_draft_validation(id_).valid is True
    publish = sdk.PublishDraftInput()
    publish.version = draft.version
    assert api.post_integrations_action_draft_publish(id_, publish).version == 2
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.get_integrations_action_draft(id_)
    assert caught.value.status == 404
    api.post_integrations_action_draft(id_)
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.post_integrations_action_draft(id_)
    assert caught.value.status == 409
    api.delete_integrations_action_draft(id_)


def test_it_creates_and_deletes_an_action(sdk: Any, connect: Connect) -> None:
    _, client, _ = connect()
    api = sdk.IntegrationsApi(client)
    body = sdk.PostActionInput()
    body.name, body.category = "Made by the SDK", "Test"
    body.integration_id = api.get_integrations().entities[0].id
    body.secure = False
    body.config = sdk.ActionConfig()
    body.config.timeout_seconds = 7
    action = api.post_integrations_actions(body)
    assert api.get_integrations_action(action.id, include_config=True).config.timeout_seconds == 7
    api.delete_integrations_action(action.id)
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.get_integrations_action(action.id)
    assert caught.value.status == 404


def test_it_reads_functions(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect("functions")
    api = sdk.IntegrationsApi(client)
    config = api.get_integrations_action_function(ids["Function bites first"])
    assert config.function.timeout_seconds == 3
    assert api.get_integrations_actions_functions_runtimes()[0].status == "Available"


def test_it_queries_analytics_with_views(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect("production-history")
    query = sdk.ActionAggregationQuery()
    now = datetime.now(UTC)
    query.interval = f"{(now - timedelta(days=2)).isoformat()}/{now.isoformat()}"
    query.granularity, query.group_by, query.metrics = "P1D", ["actionId"], ["tTotalExecution"]
    view = sdk.ActionAggregationView()
    view.target, view.name, view.function = "tTotalExecution", "under_1000", "rangeBound"
    view.range = sdk.AggregationRange()
    view.range.gte, view.range.lt = 0, 1000
    query.views = [view]
    response = sdk.AnalyticsApi(client).post_analytics_actions_aggregates_query(query)
    balance = next(r for r in response.results if r.group["actionId"] == ids["Get Balance"])
    assert balance.data[0].metrics[0].metric == "tTotalExecution"
    assert balance.data[0].views[0].stats.count == balance.data[0].metrics[0].stats.count > 100


def test_it_reads_audits_in_both_forms(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect("production-history")
    actions, audits = sdk.IntegrationsApi(client), sdk.AuditApi(client)
    kept = actions.get_integrations_action(ids["Get Balance"], include_config=True)
    change = sdk.UpdateActionInput()
    change.version, change.category = kept.version, "Renamed"
    actions.patch_integrations_action(ids["Get Balance"], change)
    services = audits.get_audits_query_servicemapping().services
    service = next(one for one in services if one.name == "Integrations")
    assert "Action" in [entity.name for entity in service.entities]
    now = datetime.now(UTC)
    interval = f"{(now - timedelta(hours=1)).isoformat()}/{(now + timedelta(hours=1)).isoformat()}"
    query, at_once = sdk.AuditQueryRequest(), sdk.AuditRealtimeQueryRequest()
    for body in (query, at_once):
        body.interval, body.service_name = interval, "Integrations"
    submitted = audits.post_audits_query(query)
    assert audits.get_audits_query_transaction_id(submitted.id).state == "Succeeded"
    later = audits.get_audits_query_transaction_id_results(submitted.id).entities
    for message in (later[0], audits.post_audits_query_realtime(at_once).entities[0]):
        assert (message.action, message.entity_type, message.entity.id) == (
            "Update",
            "Action",
            ids["Get Balance"],
        )
        assert message.client.id == "sandbox" and message.event_date is not None


def test_it_reads_limits_the_token_the_subject_and_the_flows(sdk: Any, connect: Connect) -> None:
    _, client, ids = connect("production-history")
    limits = sdk.OrganizationApi(client).get_organizations_limits_namespace_defaults("dataactions")
    assert {limit.key: limit.value for limit in limits.entities} == {
        "actions.concurrent.executions.max": 50,
        "requests.volume.max": 2500,
    }
    assert sdk.OrganizationApi(client).get_organizations_me().name == "Sandbox (production-history)"
    assert sdk.TokensApi(client).get_tokens_me().o_auth_client.id == "sandbox"
    grants = sdk.AuthorizationApi(client).get_authorization_subjects_me().grants
    assert grants[0].role.policies
    flows = sdk.ArchitectApi(client).get_architect_dependencytracking_consumingresources(
        ids["Get Balance"], "DATAACTION"
    )
    assert [flow.name for flow in flows.entities] == ["Main menu", "Card services"]
    architect = sdk.ArchitectApi(client)
    (first, *_) = architect.get_flows(type=["INBOUNDCALL"], page_size=1).entities
    assert (first.name, first.published_version.id) == ("Main menu", "1.0")
    published = architect.get_flow_version_configuration(first.id, first.published_version.id)
    assert published == architect.get_flow_latestconfiguration(first.id)


def test_refusals_are_its_api_exceptions(sdk: Any, connect: Connect) -> None:
    running, client, ids = connect("missing-permissions")
    api = sdk.IntegrationsApi(client)
    body = sdk.UpdateActionInput()
    body.version, body.name = 1, "Mine"
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.patch_integrations_action(ids["Get Balance"], body)
    assert caught.value.status == 403
    assert "integrations:action:edit" in caught.value.body
    running.arm({"kind": "status", "status": 429})
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.get_integrations_actions()
    assert caught.value.status == 429
    running.arm()
    client.access_token = "made up"
    with pytest.raises(sdk.rest.ApiException) as caught:
        api.get_integrations_actions()
    assert caught.value.status == 401
