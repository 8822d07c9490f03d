"""The backends called without the platform: the same services, and nothing that the platform knows of."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from diag.sandbox.iso_moments import iso
from diag.sandbox.world.limits import Limits
from tests.support.plain_rendering import result_of
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_in_process import BEGAN_AT, InProcessSandbox

ACTIONS = "/api/v2/integrations/actions"
INPUTS: dict[str, dict[str, Any]] = {
    "Get Customer by Phone": {"phone": "+49 89 1234"},
    "Create Support Ticket": {"subject": 'He said "no" & left', "priority": "high"},
    "Get Account Balance": {"accountId": "A-1"},
    "Reserve Delivery Slot": {"orderId": "O-1", "slot": "9"},
    "Get Loyalty Points": {"memberId": "M-1"},
    "Get User Presence": {"userId": "U-1"},
    "Custom Auth - Billing": {},
}
"""Every request type and every kind of action of the demo."""


def kept_calls(sandbox: InProcessSandbox, after: int = 0) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = sandbox.get(f"/sandbox/truth/calls?after={after}")["calls"]
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("name", INPUTS)
def test_a_direct_call_meets_the_service_that_a_test_call_meets(name: str) -> None:
    with InProcessSandbox("demo", seed=3) as tested, InProcessSandbox("demo", seed=3) as called:
        action = called.get(f"{ACTIONS}/{called.action_id(name)}?includeConfig=true")
        for at in range(60):
            result = tested.test(name, **INPUTS[name]).json()
            began_s = called.clock.monotonic_s()
            reply = called.direct(name, **INPUTS[name])
            took_ms = (called.clock.monotonic_s() - began_s) * 1e3
            (kept,) = kept_calls(called, after=at)
            assert took_ms == pytest.approx(kept["drawn_ms"])
            if result["success"]:
                assert (reply.status_code, result_of(action, reply)) == (200, result["finalResult"])
            elif result["error"]["message"] != "The request timed out.":
                assert f"answered {reply.status_code}: " in result["error"]["errors"][0]["message"]
                assert reply.json() == {"message": "refused by the sandbox's backend"}

        theirs, ours = kept_calls(tested), kept_calls(called)

    assert [call["drawn_ms"] for call in ours] == [call["drawn_ms"] for call in theirs]
    assert {call["target"] for call in ours} == {call["via"] for call in ours} == {"direct"}
    # A direct call has no timeout: what a test call cuts off ends here as the backend ends it.
    ends = {"timeout": "ok"}
    assert [c["outcome"] for c in ours] == [ends.get(c["outcome"], c["outcome"]) for c in theirs]


def test_the_platform_counts_no_direct_call() -> None:
    failed = {"dimension": "errorType", "operator": "matches", "value": "REMOTE_ENDPOINT"}
    query = {
        "interval": f"{iso(BEGAN_AT)}/{iso(BEGAN_AT + 60.0)}",
        "metrics": ["tTotalExecution"],
        "filter": {"type": "and", "predicates": [failed]},
    }
    name = "Get Loyalty Points"
    with InProcessSandbox("demo") as sandbox:

        def counted() -> Any:
            url = "/api/v2/analytics/actions/aggregates/query"
            return sandbox.request("POST", url, json=query).raise_for_status().json()["results"]

        sandbox.sandbox.limits.change(Limits(executions_per_minute=1))
        for _ in range(5):
            assert sandbox.direct(name, memberId="M-1").status_code == 404
        assert counted() == []
        page = sandbox.request("GET", "/sandbox/live").text
        assert "0 calls in 0 s, and 5 that went to a backend directly." in page
        (row,) = (row for row in page.split("<tr>") if name in row)
        assert re.findall("<td[^>]*>([^<]*)</td>", row) == [name, "5 s", *[""] * 8, "5"]

        assert sandbox.test(name, memberId="M-1").status_code == 200, "none of the minute's one is used up"
        assert counted()[0]["data"][0]["metrics"][0]["stats"]["count"] == 1
        assert sandbox.test(name, memberId="M-1").status_code == 429


def test_a_backend_knows_its_keys_and_its_jobs_whoever_calls() -> None:
    with InProcessSandbox("unknown-keys") as sandbox:
        unknown, known = (sandbox.direct("Get Customer", customerId=key).json() for key in ("x", "C-1001"))
    assert (unknown["result"], known["result"]["found"]) == ({"found": False}, True)
    with InProcessSandbox("submit-and-poll") as sandbox:
        job = sandbox.direct("Start Export", customer="C").json()["result"]["jobId"]
        assert sandbox.direct("Get Export", jobId=job).json()["result"]["state"] == "RUNNING"
        assert sandbox.direct("Get Export", jobId="none").status_code == 404
        sandbox.clock.advance(600.0)
        assert sandbox.direct("Get Export", jobId=job).json()["result"]["state"] != "RUNNING"


def test_the_same_backend_name_twice_is_two_backends(tmp_path: Path) -> None:
    action = '[[action]]\nname = "{}"\nintegration = "{}"\ncategory = "c"\nresult = {{ of = "{}" }}\n'
    path = tmp_path / "twice.toml"
    path.write_text(
        'description = "d"\n[[integration]]\nname = "I"\n[[integration]]\nname = "J"\n'
        + action.format("Söme name?", "I", 1)
        + action.format("Söme name?", "J", 2)
        + action.format("???", "I", 3)
    )
    with InProcessSandbox(path) as sandbox:
        entities = sandbox.get(f"{ACTIONS}?includeConfig=true")["entities"]
        urls = [entity["config"]["request"]["requestUrlTemplate"] for entity in entities]
        assert [url.rpartition("/")[2] for url in urls] == ["s-me-name", "s-me-name-2", "action"]
        assert [sandbox.get(url)["result"]["of"] for url in urls] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[1]", "application/json", 200),
        (b"accountId=A&x=%FF", "application/x-www-form-urlencoded", 200),
        (b"", "application/json", 200),
        (b"x" * 600_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_request_that_a_backend_cannot_read(content: bytes, kind: str, status: int) -> None:
    with InProcessSandbox("demo") as sandbox:
        url = "/sandbox/backend/get-account-balance"
        reply = sandbox.request("PUT", url, content=content, headers={"Content-Type": kind})
        assert reply.status_code == status
        (call,) = kept_calls(sandbox)
        assert call["outcome"] == ("ok" if status == 200 else "backend_error")
        assert sandbox.request("GET", "/sandbox/backend/none").status_code == 404


# over real sockets


@pytest.fixture(scope="module")
def hanging(tmp_path_factory: pytest.TempPathFactory, start_module_sandbox: StartSandbox) -> RunningSandbox:
    path = tmp_path_factory.mktemp("direct") / "hanging.toml"
    path.write_text(
        'description = "One backend that answers at once, one that hangs, one that takes a minute"\n'
        '[[integration]]\nname = "I"\n'
        '[[action]]\nname = "Answers"\nintegration = "I"\ncategory = "c"\nresult = { done = true }\n'
        'latency = { model = "fixed", at_ms = 1 }\n'
        '[[action]]\nname = "Hangs"\nintegration = "I"\ncategory = "c"\n'
        'latency = { model = "fixed", at_ms = 1, outages = [{ from_s = 0, to_s = 1e6 }] }\n'
        '[[action]]\nname = "Takes a minute"\nintegration = "I"\ncategory = "c"\n'
        'latency = { model = "fixed", at_ms = 60000 }\n'
    )
    return start_module_sandbox(path)


@pytest.fixture
def own(hanging: RunningSandbox) -> Iterator[httpx.Client]:
    with hanging.client(keep_alive=False) as client:
        yield client
        hanging.arm()


def test_an_action_names_the_address_its_sandbox_has_now(hanging: RunningSandbox, own: httpx.Client) -> None:
    uri = f"{ACTIONS}/{hanging.action_id('Answers')}?includeConfig=true"
    action = own.get(uri, headers={"Host": "api.example.com"}).json()
    url = action["config"]["request"]["requestUrlTemplate"]
    assert url == f"{hanging.base_url}/sandbox/backend/answers"
    bare = httpx.get(url, trust_env=False, verify=False)  # no token
    assert (bare.status_code, bare.json()) == (200, {"result": {"done": True}})


@pytest.mark.parametrize("name", ["hangs", "takes-a-minute"])
def test_a_client_that_leaves_is_recorded_as_having_left(own: httpx.Client, name: str) -> None:
    before = own.get("/sandbox/truth/calls").json()["total"]
    with pytest.raises(httpx.ReadTimeout):
        own.get(f"/sandbox/backend/{name}", timeout=0.05)
    calls: list[dict[str, Any]] = []
    while not calls:
        calls = own.get("/sandbox/truth/calls", params={"after": before}).json()["calls"]
    assert (calls[0]["outcome"], calls[0]["drawn_ms"]) == ("abandoned", None if name == "hangs" else 60_000)
    assert calls[0]["served_ms"] < 30_000


def test_a_slow_address_takes_as_long_as_it_says(own: httpx.Client) -> None:
    reply = own.post("/sandbox/slow/0.05", json={})
    assert reply.elapsed.total_seconds() >= 0.05
    assert own.get("/sandbox/slow/100").status_code == own.get("/sandbox/slow/x").status_code == 404


BACKEND = "/sandbox/backend/answers"


def test_faults_hit_a_backend_only_where_they_name_it(hanging: RunningSandbox, own: httpx.Client) -> None:
    hanging.arm({"kind": "status", "status": 503}, {"kind": "status", "path": "backend", "status": 504})
    assert own.get(ACTIONS).status_code == 503
    assert own.get(BACKEND).status_code == 200
    hanging.arm({"kind": "status", "path": "/sandbox/backend/answers", "status": 503, "method": "GET"})
    assert [own.get(BACKEND).status_code, own.post(BACKEND).status_code] == [503, 200]
    assert own.get(ACTIONS).status_code == own.get("/sandbox/faults").status_code == 200
    hanging.arm({"kind": "truncated", "path": "sandbox/backend"})
    with pytest.raises(httpx.RemoteProtocolError):
        own.get(BACKEND)


def test_redirects_on_the_same_host_and_to_another(hanging: RunningSandbox, own: httpx.Client) -> None:
    to = {"kind": "redirect_to", "path": BACKEND}
    hanging.arm({**to, "value": "https://elsewhere.example/x"})
    reply = own.post(BACKEND, json={})
    assert (reply.status_code, reply.headers["Location"]) == (307, "https://elsewhere.example/x")
    hanging.arm({**to, "value": "/sandbox/slow/0", "status": 302})
    reply = own.get(BACKEND)
    assert (reply.status_code, reply.headers["Location"]) == (302, "/sandbox/slow/0")
    assert (
        own.post("/sandbox/faults", json={"faults": [{**to, "value": "/", "status": 500}]}).status_code == 400
    )
    assert own.post("/sandbox/faults", json={"faults": [to]}).status_code == 400


def test_a_reply_that_drips(hanging: RunningSandbox, own: httpx.Client) -> None:
    hanging.arm({"kind": "drip", "path": BACKEND, "for_s": 0.2})
    with own.stream("GET", BACKEND) as reply:
        pieces = list(reply.iter_raw())
    assert json.loads(b"".join(pieces)) == {"result": {"done": True}}
    assert len(pieces) > 5
    assert reply.elapsed.total_seconds() > 0.15, "timers may fire early, each by less than a millisecond"


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"kind": "endless"}, {"kind": "gzip_bomb", "megabytes": 30}])
def test_a_reply_that_is_far_too_large_can_be_left(
    hanging: RunningSandbox, own: httpx.Client, fault: dict[str, Any]
) -> None:
    hanging.arm({**fault, "path": BACKEND})
    seen = 0
    with own.stream("GET", BACKEND) as reply:
        for piece in reply.iter_bytes():
            seen += len(piece)
            if seen > 5_000_000:
                break
    assert seen > 5_000_000
    assert own.get("/sandbox/about").status_code == 200
