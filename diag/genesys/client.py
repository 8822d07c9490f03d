"""The Genesys Cloud client: everything the rest of diag may ask of an org.

with GenesysClient(Connection.to(region="eu-west-1", client_id=..., client_secret=...)) as client:
    for action in client.list_actions():
        print(action.name, action.timeout_s)
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from diag import __version__
from diag.genesys.actions import ActionRequests
from diag.genesys.analytics.single_executions import SingleExecutionRequests
from diag.genesys.audits import AuditRequests
from diag.genesys.creation import CreationRequests
from diag.genesys.drafts import DraftRequests
from diag.genesys.flows import FlowRequests
from diag.genesys.function_timeout import FunctionRequests
from diag.genesys.http.api import Api, OnReply
from diag.genesys.http.connection import Connection
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.secret import Secret
from diag.genesys.integrations import IntegrationRequests
from diag.genesys.learning_requests import LearningRequests
from diag.genesys.org import OrgRequests


class GenesysClient(
    ActionRequests,
    DraftRequests,
    CreationRequests,
    IntegrationRequests,
    FunctionRequests,
    FlowRequests,
    OrgRequests,
    SingleExecutionRequests,
    AuditRequests,
    LearningRequests,
):
    """One org, one token. Thread-safe; a context manager.

    Every administrative call is paced (300 a minute, shared by all clients of the connection unless
    another `bucket` is given), retried where that is safe, and raises an `ApiError` that says what is
    wrong. `on_wait` is called with the seconds of each pause, before it; `on_reply` with every reply.
    `transport` is for tests.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        user_agent: str = f"diag/{__version__}",
        transport: httpx.BaseTransport | None = None,
        bucket: RateBucket | None = None,
        on_wait: Callable[[float], None] | None = None,
        on_reply: OnReply | None = None,
    ) -> None:
        self.connection = connection
        self._api = Api(
            connection,
            user_agent=user_agent,
            bucket=bucket or connection.bucket,
            transport=transport,
            on_wait=on_wait,
            on_reply=on_reply,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    @property
    def requests(self) -> int:
        """Return how many administrative requests were sent so far."""
        return self._api.requests

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def access_token(self) -> Secret:
        """Return a valid access token, logging in when needed."""
        return self._api.token()
