"""No web page that a browser has open elsewhere can turn the sandbox's switches."""

from typing import Any

import httpx
import pytest

from tests.support.running_sandbox import RunningSandbox


@pytest.mark.parametrize(
    "path", ["/sandbox/about", "/sandbox/switches", "/sandbox/faults", "/sandbox/limits"]
)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example:8377", "Origin": "http://evil.example:8377"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_foreign_request_changes_nothing(
    sandbox: RunningSandbox, path: str, headers: dict[str, str], status: int
) -> None:
    def state() -> list[Any]:
        paths = ("/sandbox/switches", "/sandbox/faults")
        return [httpx.get(sandbox.base_url + each, trust_env=False, verify=False).json() for each in paths]

    before = state()
    reply = httpx.post(
        sandbox.base_url + path,
        content=b'{"faults": [{"kind": "slow"}]}',
        headers={"Content-Type": "application/json", **headers},
        trust_env=False,
        verify=False,
    )

    assert reply.status_code == status, reply.text
    assert state() == before


def test_its_own_page_and_programs_of_this_machine_may(sandbox: RunningSandbox) -> None:
    for headers in ({}, {"Origin": sandbox.base_url}):
        reply = httpx.post(
            f"{sandbox.base_url}/sandbox/faults",
            json={"faults": []},
            headers=headers,
            trust_env=False,
            verify=False,
        )
        assert reply.status_code == 200, reply.text
