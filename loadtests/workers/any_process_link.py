"""The part of the way from a session to its run that is the same in every load process."""

from collections.abc import Callable
from typing import Any

from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from loadtests.sending.session_link import EndRun
from loadtests.workers.user_count import users_of_all


class AnyProcessLink:
    """What each SessionLink (`loadtests.sending.session_link`) has of Locust, and of its own client."""

    def __init__(self, environment: Any, client: GenesysClient, end_run: EndRun) -> None:
        self._environment = environment
        self._client = client
        self._end_run = end_run

    @property
    def fire(self) -> Callable[..., None]:
        """Return Locust's `events.request.fire` of this process."""
        fire: Callable[..., None] = self._environment.events.request.fire
        return fire

    def token(self) -> str:
        """Return a valid access token of this process's own, logging in when needed."""
        return self._client.access_token().reveal()

    def renew_token(self, refused: bool) -> str:
        """Return the token to use from now on; `refused`: the platform did not accept the one in use. When
        it is asked: `loadtests.steering.token_renewal`."""
        if refused:
            self._client.token_info()  # a 401 makes the client log in again
        return self.token()

    def users(self) -> int:
        """Return how many arrival streams all processes together run now."""
        return users_of_all(self._environment)

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask for the end of the whole run; returns at once."""
        self._end_run(why, failed=failed, exit_code=exit_code)
