import time
from collections.abc import Iterator
from email.utils import formatdate

import httpx
import pytest
import respx
import stamina

from diag.doctor.check import Check, worst_category
from diag.doctor.needed_permissions import NEEDED_PERMISSIONS, NeededPermission
from diag.doctor.org_checks import check_org
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.workload.share_of_org_limits import DEFAULT_CONCURRENCY, OrgLimits
from tests.support.genesys.respx_org import NOT_FOUND

API = "https://api.mypurecloud.com/api/v2"
LOGIN = "https://login.mypurecloud.com/oauth/token"
ALL = [{"domain": "*", "entityName": "*", "actions": ["*"]}]


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def look(
    wire: respx.MockRouter, *, policies: object = ALL, ahead_s: float = 0.0, limits_told: bool = True
) -> dict[str, Check]:
    """All checks by name, in an org where everything else is well."""
    if "login" not in [route.name for route in wire.routes]:
        wire.post(LOGIN, name="login").respond(json={"access_token": "t", "expires_in": 999})
    date = formatdate(time.time() - ahead_s, usegmt=True)
    wire.get(f"{API}/organizations/me").respond(json={"id": "o", "name": "Acme"}, headers={"Date": date})
    wire.get(f"{API}/tokens/me").respond(json={"OAuthClient": {"id": "c", "name": "harness"}})
    if policies is not None:
        wire.get(f"{API}/authorization/subjects/me").respond(
            json={"grants": [{"role": {"policies": policies}}]}
        )
    wire.get(f"{API}/integrations/actions").respond(json={"entities": [], "total": 289})
    limits = {"entities": [{"key": "actions.concurrent.executions.max", "value": 30}]}
    wire.get(url__regex=r".*/limits/namespaces/.*").respond(200 if limits_told else 403, json=limits)
    connection = Connection.to(region="us-east-1", client_id="c", client_secret=Secret("x"))
    with GenesysClient(connection) as client:
        return {check.name: check for check in check_org(client)}


@pytest.mark.respx(assert_all_called=False)
def test_all_well(respx_mock: respx.MockRouter) -> None:
    checks = look(respx_mock)
    assert {check.status for check in checks.values()} == {"ok"}
    assert "Acme" in checks["organization"].text and "harness" in checks["token"].text
    assert "289" in checks["actions"].text and "30 executions at once" in checks["limits"].text
    assert worst_category(tuple(checks.values())) is None


@pytest.mark.respx(assert_all_called=False)
def test_where_the_org_does_not_tell_its_limits_the_load_s_own_number_is_said(
    respx_mock: respx.MockRouter,
) -> None:
    told = look(respx_mock, limits_told=False)["limits"]
    assert f"assumes {DEFAULT_CONCURRENCY} executions" in (told.fix or "")
    assert OrgLimits(None, None).in_flight == OrgLimits(DEFAULT_CONCURRENCY, None).in_flight


@pytest.mark.respx(assert_all_called=False)
@pytest.mark.parametrize("need", NEEDED_PERMISSIONS, ids=lambda need: need.permission)
def test_each_missing_permission_says_what_breaks_and_how_to_fix_it(
    respx_mock: respx.MockRouter, need: NeededPermission
) -> None:
    permission = need.permission
    policies = [
        {"domain": domain, "entityName": entity, "actions": [action]}
        for domain, entity, action in (other.permission.split(":") for other in NEEDED_PERMISSIONS)
        if f"{domain}:{entity}:{action}" != permission
    ]
    checks = look(respx_mock, policies=policies)
    bad = [check for check in checks.values() if check.status != "ok"]
    assert [check.name for check in bad] == [f"permission {permission}"]
    assert need.breaks in bad[0].text
    assert bad[0].fix is not None and "Roles" in bad[0].fix
    essential = permission in ("integrations:action:view", "integrations:action:execute")
    assert worst_category(tuple(checks.values())) == ("auth" if essential else None)


@pytest.mark.respx(assert_all_called=False)
def test_an_org_that_does_not_tell_permissions_is_tried_harmlessly(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(f"{API}/authorization/subjects/me").respond(404, json=NOT_FOUND)
    respx_mock.get(f"{API}/integrations").respond(403)
    checks = look(respx_mock, policies=None)
    assert checks["permission integrations:action:view"].text == "granted (tried)"
    assert checks["permission integrations:integration:view"].status == "warning"
    assert checks["permission integrations:action:edit"].status == "skipped"
    assert not any(
        call.request.method == "PATCH" or "/test" in call.request.url.path for call in respx_mock.calls
    )


@pytest.mark.respx(assert_all_called=False)
@pytest.mark.parametrize(("ahead_s", "status"), [(0, "ok"), (-20, "ok"), (400, "warning"), (-400, "warning")])
def test_clock_skew(respx_mock: respx.MockRouter, ahead_s: float, status: str) -> None:
    clock = look(respx_mock, ahead_s=ahead_s)["clock"]
    assert clock.status == status
    if status == "warning":
        assert ("ahead of" if ahead_s > 0 else "behind") in clock.text and clock.fix


@pytest.mark.respx(assert_all_called=False)
def test_wrong_credentials_fail_the_token_and_skip_the_rest(respx_mock: respx.MockRouter) -> None:
    respx_mock.post(LOGIN, name="login").respond(400, json={"error": "invalid_client"})
    checks = look(respx_mock)
    assert (checks["region"].status, checks["token"].status) == ("ok", "failed")
    assert checks["token"].fix and checks["permissions"].status == "skipped"
    assert worst_category(tuple(checks.values())) == "auth"


@pytest.mark.respx(assert_all_called=False)
def test_an_unreachable_region(respx_mock: respx.MockRouter) -> None:
    respx_mock.post(LOGIN, name="login").mock(side_effect=httpx.ConnectError("down"))
    checks = look(respx_mock)
    assert checks["region"].status == "failed" and checks["region"].fix
    assert checks["token"].status == "skipped"
    assert worst_category(tuple(checks.values())) == "error"
