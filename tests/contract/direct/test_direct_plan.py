"""What a run of direct calls will do, decided against a real sandbox; nothing is called."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.format.sample_schema import ActionVersion
from diag.direct.direct_action import DirectAction
from diag.direct.direct_load import DirectRules
from diag.direct.rendering.prepare import prepare as prepared_action
from diag.direct.rendering.request import ReadRequest, read_request
from diag.errors import CredentialsError, UsageError
from diag.genesys.client import GenesysClient
from diag.target import sandbox_connection, target_at
from loadtests.planning.direct.host_uses import HostUse
from loadtests.planning.prepare_run import PreparedRun, prepare
from loadtests.run.direct.dry_run_lines import direct_lines
from loadtests.run.direct.refuse_hosts import hosts_to_confirm, proxied_notes, refuse_hosts
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.workers.plan_message import WorkerOrder, from_wire, to_wire
from tests.support.own_requests import set_request
from tests.support.plan_options import plan_options
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_control import counting_as_org

SCENARIO = """
description = "Backends of every kind"
[[integration]]
name = "Web"
type = "custom-rest-actions"
[[integration]]
name = "Lambda"
type = "aws-lambda-data-actions"
"""
ACTION = """
[[action]]
name = "{name}"
integration = "{integration}"
category = "{integration}"
timeout_s = 4
request_type = "{method}"
result = {{ ok = true }}
input = {{ id = {{ type = "string" }}, host = {{ type = "string" }} }}
"""
LOGIN = """
[[action]]
name = "Log in"
kind = "custom_auth"
integration = "Web"
category = "Web"
result = { access_token = "t" }
"""
NAMES = (("Read", "Web", "GET"), ("Other", "Web", "GET"), ("Write", "Web", "POST"), ("Aws", "Lambda", "GET"))
BOTH = '[[action]]\nname = "Read"\n[[action]]\nname = "Read"\ntarget = "direct"\n'
INPUT = 'payload = [{ values = { id = "1", host = "h.example" } }]\n'
READ = '[[action]]\nname = "Read"\ntarget = "direct"\n' + INPUT
REAL = "https://api.example.com/c/${input.id}?key=canary"

Plan = Callable[..., PreparedRun]


@pytest.fixture(scope="module")
def box(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("direct") / "kinds.toml"
    actions = (ACTION.format(name=name, integration=kind, method=method) for name, kind, method in NAMES)
    path.write_text(SCENARIO + "".join(actions) + LOGIN)
    return start_module_sandbox(str(path))


@pytest.fixture
def changed(box: RunningSandbox) -> Iterator[Callable[..., None]]:
    """Gives an action another request for one test."""
    before: dict[str, Any] = {}

    def change(name: str = "Read", **request: Any) -> None:
        was = set_request(box, name, **request)
        before.setdefault(name, was)

    yield change
    for name, request in before.items():
        set_request(box, name, **{"headers": {}, **request})


@pytest.fixture
def plan(box: RunningSandbox, tmp_path: Path) -> Plan:
    def planned(workload: str, **asked: Any) -> PreparedRun:
        path = tmp_path / "workload.toml"
        path.write_text(workload)
        target = target_at(sandbox_connection(box.base_url))
        with GenesysClient(target.connection) as client:
            return prepare(plan_options(workload=path, **asked), target, client)

    return planned


def uses(run: PreparedRun) -> dict[str, HostUse]:
    return {use.host.name: use for use in run.direct.uses(run.plan)}


def begin(run: PreparedRun, users: int = 1) -> None:
    refuse_hosts(run, users=users, run_time_s=10.0, hosts_file=None)


@pytest.mark.slow
def test_an_action_is_called_both_ways_from_two_entries(plan: Plan, box: RunningSandbox) -> None:
    run = plan(BOTH)
    through, direct = run.plan.actions
    assert (through.target, through.direct) == (ActionVersion.PUBLISHED, None)
    assert direct.target == ActionVersion.DIRECT
    assert direct.direct is not None
    assert direct.direct.deadline_s == direct.timeout_s == 4
    assert direct.direct.action.url_template.startswith(f"{box.base_url}/sandbox/backend/read")
    assert len(run.plan.facts) == 1
    assert run.plan.direct == DirectRules(sandbox_base=box.base_url, audit=True)
    begin(run)

    order = WorkerOrder(run.plan, box.base_url, True, "/runs/x", ".here", 1, 0)
    assert from_wire(to_wire(order)).plan.actions == run.plan.actions


def test_with_direct_every_entry_is_and_what_cannot_be_is_left_out_by_name(plan: Plan) -> None:
    run = plan('[[action]]\nname = "*"\n', direct=True)
    assert [action.action_name for action in run.plan.actions] == ["Read", "Other", "Write"]
    assert {action.target for action in run.plan.actions} == {ActionVersion.DIRECT}
    _, aws = run.plan.left_out
    assert aws.what == "Aws (backend)"
    assert "AWS Lambda" in aws.why
    assert "CloudWatch" in aws.why


@pytest.mark.slow
def test_with_both_every_action_is_called_both_ways_by_its_own_entries(plan: Plan) -> None:
    own = '[[action]]\nname = "Read"\n' + INPUT + '[[action]]\nname = "Read"\ntarget = "direct"\nrate = 7\n'
    run = plan(own + '[[action]]\nname = "Aws"\n', both=True)
    assert [(each.action_name, each.target, each.rate == 7) for each in run.plan.actions] == [
        ("Read", ActionVersion.PUBLISHED, False),
        ("Read", ActionVersion.DIRECT, True),
        ("Aws", ActionVersion.PUBLISHED, False),
    ]
    assert [each.what for each in run.plan.left_out] == ["Aws (backend)"]
    (alone,) = plan(own, direct=True).plan.actions
    assert alone.rate == 7
    with pytest.raises(UsageError, match="--both calls it, too"):
        plan(own, both=True, direct=True)
    with pytest.raises(UsageError, match="a direct call knows no draft"):
        plan(own, both=True, probe=True)


def test_both_ways_together_keep_to_the_limits_of_an_org(plan: Plan, box: RunningSandbox) -> None:
    with counting_as_org(box.base_url), pytest.raises(UsageError, match="limit"):
        plan('[[action]]\nname = "Read"\nrate = 3\n' + INPUT, both=True)


def test_an_authorization_may_be_asked_for_where_no_template_has_one(plan: Plan, monkeypatch: Any) -> None:
    monkeypatch.setenv("DIAG_CREDENTIAL_TOKEN", "canary")
    (action,) = plan(READ, auth="bearer").plan.actions
    assert action.direct is not None
    assert action.direct.auth == "bearer"
    with pytest.raises(UsageError, match="--auth is about direct calls"):
        plan('[[action]]\nname = "Read"\n', auth="basic")


def test_a_template_that_is_not_rendered_is_left_out_before_the_first_call(plan: Plan, changed: Any) -> None:
    changed(headers={"X-Loop": "#foreach($a in $input.x)$a#end"})
    run = plan('[[action]]\nname = "*"\ntarget = "direct"\n')
    assert [action.action_name for action in run.plan.actions] == ["Other", "Write"]
    refused = next(each for each in run.plan.left_out if each.what == "Read (backend)")
    assert "#foreach" in refused.why
    assert 'header "X-Loop"' in refused.why


@pytest.mark.slow
def test_the_deadline_may_be_another(plan: Plan) -> None:
    for workload, asked, deadline_s, timeout_s in (
        (READ, {"timeout": 2.5}, 2.5, None),
        ("[direct]\ntimeout = 8\n" + READ, {}, 8.0, 8),
        ("[direct]\ntimeout = 8\n" + READ, {"timeout": 3.0}, 3.0, 3),
    ):
        (action,) = plan(workload, **asked).plan.actions
        assert action.direct is not None
        assert (action.direct.deadline_s, action.timeout_s) == (deadline_s, timeout_s)
    with pytest.raises(UsageError, match=r"--timeout is 0\.5"):
        plan(READ, timeout=0.5)
    with pytest.raises(UsageError, match="a direct call knows no draft"):
        plan(READ, probe=True, direct=True)
    with pytest.raises(UsageError, match="a probe calls drafts, and a backend knows none"):
        plan(READ, probe=True)
    assert [action.direct for action in plan(BOTH, probe=True, dry_run=True).plan.actions] == [None]


@pytest.mark.parametrize(
    ("flag", "asked"),
    [
        ("--timeout", {"timeout": 8.0}),
        ("--confirm-host", {"confirm_host": ["a.example=1"]}),
        ("--allow-private", {"allow_private": True}),
        ("--audit", {"audit": "off"}),
        ("--metrics", {"metrics": "m.txt"}),
        ("--compare", {"compare": True}),
    ],
)
def test_a_flag_of_direct_calls_is_refused_where_there_are_none(
    plan: Plan, flag: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match=f"^{flag} is about direct calls, and this run makes none"):
        plan('[[action]]\nname = "Read"\n', **asked)


def test_a_real_host_is_called_only_where_it_is_confirmed(plan: Plan, changed: Any) -> None:
    changed(requestUrlTemplate=REAL)
    run = plan(READ, rate=3.0)
    with pytest.raises(UsageError) as error:
        begin(run)
    assert error.value.message == (
        "Direct calls would go to hosts that nobody has confirmed: api.example.com (Read: 3 calls/s)."
    )
    assert error.value.details == ("[direct]", 'hosts = { "api.example.com" = 3 }')
    assert "--confirm-host api.example.com=3" in str(error.value.hint)
    assert "canary" not in str(error.value) + str(error.value.hint)

    begin(plan(READ, rate=3.0, confirm_host=["API.example.com.=3"]))
    with pytest.raises(UsageError) as error:
        begin(plan(READ, rate=3.0, confirm_host=["api.example.com=5"]), users=2)
    assert error.value.message == (
        "api.example.com: 6 calls/s are planned (Read, 2 users), and 5 are confirmed."
    )


@pytest.mark.parametrize(("rate", "asked"), [(1.1, 1.1), (0.07, 0.07), (1.101, 1.11), (1e-6, 0.01)])
def test_the_rate_to_confirm_is_the_planned_one_in_hundredths_and_never_less(
    plan: Plan, changed: Any, rate: float, asked: float
) -> None:
    changed(requestUrlTemplate=REAL)
    run = plan(READ, rate=rate)

    (host,) = hosts_to_confirm(run, run.direct.uses(run.plan), users=1, run_time_s=10.0)
    assert host.rate == asked
    assert f"(--confirm-host api.example.com={asked:g})" in "\n".join(direct_lines(run, 1))
    begin(plan(READ, rate=rate, confirm_host=[f"api.example.com={asked}"]))


def test_a_ramp_is_asked_for_with_its_last_step(plan: Plan, changed: Any) -> None:
    changed(requestUrlTemplate=REAL)
    run = plan(READ + "[ramp]\nsteps = 3\ngrowth = 1.5\n", rate=2.0, mode="ramp")

    (host,) = hosts_to_confirm(run, run.direct.uses(run.plan), users=1, run_time_s=None)
    assert host.rate == 4.5
    assert "(--confirm-host api.example.com=4.5)" in "\n".join(direct_lines(run, 1))


def test_the_calls_to_confirm_are_those_of_each_action_of_a_name(plan: Plan, changed: Any) -> None:
    changed(requestUrlTemplate=REAL)
    run = plan(READ, rate=2.0)
    (read,) = run.plan.actions
    namesake = replace(read, action_id="namesake", rate=1.0)
    hosts_of = {**run.direct.found.hosts_of, "namesake": run.direct.found.hosts_of[read.action_id]}
    two = replace(
        run,
        plan=replace(run.plan, actions=(read, namesake), total_rate=None),
        direct=replace(run.direct, found=replace(run.direct.found, hosts_of=hosts_of)),
    )

    (host,) = hosts_to_confirm(two, two.direct.uses(two.plan), users=1, run_time_s=10.0)
    assert (host.rate, host.calls) == (3.0, 30.0)


@pytest.mark.parametrize(
    "given", ["api.example.com", "api.example.com=", "a=0", "a=-1", "a=nan", "a/b=1", "=1"]
)
def test_a_host_is_confirmed_with_its_rate(plan: Plan, given: str) -> None:
    with pytest.raises(UsageError, match="--confirm-host"):
        plan(READ, confirm_host=[given])


def test_no_ramp_and_no_number_of_users_takes_a_host_beyond_what_is_confirmed(
    plan: Plan, changed: Any
) -> None:
    changed(requestUrlTemplate=REAL)
    run = plan(READ, rate=2.0, mode="ramp", confirm_host=["api.example.com=7"])
    begin(run)
    assert run.plan.most_load == pytest.approx(3.5)
    assert run.plan.max_in_flight == 28  # 2 calls/s x 3.5 x 4 s
    both = plan(BOTH + "[direct]\nhosts = { 'api.example.com' = 30 }\n", rate=20.0)
    assert both.plan.most_load == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("url", "asked", "why"),
    [
        ("http://api.example.com/x", {"confirm_host": ["api.example.com=9"]}, "only https may be called"),
        ("https://169.254.169.254/latest", {"confirm_host": ["169.254.169.254=9"]}, "metadata service"),
        ("https://10.0.0.1/x", {"confirm_host": ["10.0.0.1=9"]}, "--allow-private"),
        ("https://localhost:9/x", {"confirm_host": ["localhost:9=9"]}, "loopback"),
    ],
)
def test_what_may_not_be_called_is_refused_even_if_confirmed(
    plan: Plan, changed: Any, url: str, asked: dict[str, Any], why: str
) -> None:
    changed(requestUrlTemplate=url)
    with pytest.raises(UsageError) as error:
        begin(plan(READ, rate=1.0, **asked))
    assert why in error.value.message
    if "https" not in why:
        begin(plan(READ, rate=1.0, **asked, allow_private=True))


def test_a_host_that_inputs_decide_is_told_by_each_input(plan: Plan, changed: Any) -> None:
    changed(requestUrlTemplate="https://${input.host}/x")
    run = plan(READ.replace("}]", '}, { values = { id = "2", host = "i.example:8443" } }]'), rate=1.0)
    assert set(uses(run)) == {"h.example", "i.example:8443"}
    with pytest.raises(UsageError, match=r"h\.example \(Read: 1 calls/s\); i\.example:8443"):
        begin(run)
    with pytest.raises(UsageError) as error:
        plan(READ.replace("h.example", "u:canary@h.example"), rate=1.0)
    assert "user name or password" in error.value.message
    assert "canary" not in error.value.message


@pytest.mark.slow
def test_credentials_are_found_before_the_first_call_and_the_missing_ones_named(
    plan: Plan, changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(headers={"X-Key": "$!{credentials.apiKey}"})
    changed("Other", headers={"X-Key": "${credentials.token-2}"})
    several = '[[action]]\nname = "*"\ntarget = "direct"\ncredentials = "crm"\nauth = "basic"\n'
    with pytest.raises(CredentialsError) as error:
        plan(several)
    for name in ("APIKEY", "USERNAME", "PASSWORD"):
        assert f"DIAG_CREDENTIAL_CRM_{name}" in str(error.value.hint)
    found = plan(several, dry_run=True).direct.found
    assert "DIAG_CREDENTIAL_CRM_APIKEY" in found.missing

    for name in ("APIKEY", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"DIAG_CREDENTIAL_{name}", "canary")
    run = plan(several.replace('"*"', '"Read"'))
    assert "canary" not in repr(run) + to_wire(WorkerOrder(run.plan, "", True, "", "", 1, 0))


def test_a_custom_authentication_action_is_read_and_its_host_confirmed_too(
    plan: Plan, changed: Any, box: RunningSandbox
) -> None:
    changed(requestUrlTemplate=REAL, headers={"Authorization": "Bearer ${authResponse.access_token}"})
    (action,) = plan(READ, rate=1.0).plan.actions
    assert action.direct is not None
    assert action.direct.auth_action is not None
    assert action.direct.auth_action.action_name == "Log in"

    with counting_as_org(box.base_url):
        run = plan(READ, rate=1.0, confirm_host=["api.example.com=1"], allow_private=True)
        own = box.base_url.removeprefix("http://")
        assert uses(run)[own].logins == ("Log in",)
        with pytest.raises(UsageError, match=rf"{own} \(Log in \(login\): 1 calls/s\)"):
            begin(run)
    changed(requestUrlTemplate="https://${authResponse.host}/x")
    with pytest.raises(UsageError, match="comes out of its custom authentication action"):
        plan(READ, rate=1.0)


def test_a_real_backend_is_not_changed_without_consent_even_from_a_sandbox(plan: Plan, changed: Any) -> None:
    write = READ.replace("Read", "Write")
    assert [action.side_effects for action in plan(write).plan.actions] == [True]
    changed("Write", requestUrlTemplate=REAL)
    with pytest.raises(UsageError, match="its request is a POST"):
        plan(write)
    run = plan(write + "allow_side_effects = true\n", rate=1.0)
    assert uses(run)["api.example.com"].changes == ("Write",)


def test_templates_are_read_once_for_the_plan_its_words_and_its_calls(
    plan: Plan, changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(headers={"Authorization": "Bearer ${authResponse.access_token}", "X": "${input.id}"})
    read: list[str] = []

    def counted(action: DirectAction) -> ReadRequest:
        read.append(action.action_name)
        return read_request(action)

    prepared_action.cache_clear()
    monkeypatch.setattr("diag.direct.rendering.prepare.read_request", counted)
    run = plan(READ + '[[action]]\nname = "Other"\ntarget = "direct"\n')
    direct_lines(run, 1)
    DirectSetup(run.plan, connections=1, environment={}).close()

    assert sorted(read) == ["Log in", "Other", "Read"]


@pytest.mark.slow
def test_an_org_is_asked_for_its_limits_only_where_it_is_called(plan: Plan, box: RunningSandbox) -> None:
    rate = "rate = 50\n"
    with counting_as_org(box.base_url):
        run = plan(READ)
        assert [action.rate for action in run.plan.actions] == [1.0]
        assert run.plan.total_rate is None
        assert plan(READ + rate).plan.actions[0].rate == 50.0
        assert plan(READ + rate).plan.max_in_flight == 200
        own = box.base_url.removeprefix("http://")
        with pytest.raises(UsageError, match=f"{own} is this machine itself"):
            begin(run)
        confirmed = {"confirm_host": [f"{own}=5"], "allow_private": True}
        begin(plan(READ, **confirmed))
        with pytest.raises(UsageError, match="of the token's limit"):
            plan(BOTH + rate, **confirmed)
        assert plan(BOTH, **confirmed).plan.total_rate is not None


@pytest.mark.slow
def test_a_real_backend_is_guarded_as_an_org_is_and_the_sandbox_s_own_is_not(
    plan: Plan, changed: Any
) -> None:
    assert plan(READ).plan.guard.error_share >= 1
    changed(requestUrlTemplate=REAL)
    assert plan(READ).plan.guard.error_share < 1
    assert plan("[guard]\nenabled = false\n" + READ).plan.guard.error_share >= 1


@pytest.mark.slow
def test_behind_a_proxy_a_name_must_stand_for_something_here(
    plan: Plan, changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(requestUrlTemplate="https://crm.nowhere.invalid/x")
    confirmed = {"confirm_host": ["crm.nowhere.invalid=5"], "rate": 1.0}
    begin(plan(READ, **confirmed))  # without a proxy each connection is asked
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@proxy.example.com:3128")
    run = plan(READ, **confirmed)
    with pytest.raises(UsageError, match=r"the proxy proxy\.example\.com:3128 does not tell") as refused:
        begin(run)
    shown = "\n".join(direct_lines(run, 1))
    assert "through the proxy proxy.example.com:3128" in shown
    assert "canary" not in shown + str(refused.value)
    begin(plan(READ, **confirmed, allow_private=True))
    monkeypatch.setenv("NO_PROXY", "nowhere.invalid")
    begin(plan(READ, **confirmed))
    assert "proxy" not in "\n".join(direct_lines(run, 1))


def test_a_private_backend_that_a_proxy_would_be_asked_for_is_refused_with_the_way_out(
    plan: Plan, changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(requestUrlTemplate="https://10.0.0.7/x")
    confirmed = {"confirm_host": ["10.0.0.7=5"], "rate": 1.0, "allow_private": True}
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    run = plan(READ, **confirmed)
    with pytest.raises(UsageError, match=r"would go to the proxy proxy\.example\.com:3128 .*NO_PROXY=10"):
        begin(run)
    assert "may not be called: 10.0.0.7 is an address of a private" in "\n".join(direct_lines(run, 1))
    (note,) = proxied_notes(run)
    assert note.startswith("the calls straight to 10.0.0.7 went through the proxy proxy.example.com:3128: ")
    monkeypatch.setenv("NO_PROXY", "10.0.0.7")
    begin(run)
    assert proxied_notes(run) == ()
