"""A client whose wire is respx, and retries that do not wait."""

from collections.abc import Iterator

import pytest
import respx
import stamina

from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from tests.support.genesys.respx_org import LOGIN


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    """The network; the login works unless a test says otherwise."""
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{LOGIN}/oauth/token", name="login").respond(
            json={"access_token": "first-token", "token_type": "bearer", "expires_in": 86400}
        )
        yield router


@pytest.fixture
def connection() -> Connection:
    return Connection.to(region="us-east-1", client_id="my-client", client_secret=Secret("s3cr3t-value"))


@pytest.fixture
def client(wire: respx.MockRouter, connection: Connection) -> Iterator[GenesysClient]:
    with GenesysClient(connection) as genesys:
        yield genesys
