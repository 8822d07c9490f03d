"""The way from a session to its run where this process runs the load alone."""

from collections.abc import Callable
from typing import Any

from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from loadtests.sending.access_token import TokenKeeper
from loadtests.sending.run_port import EndRun
from loadtests.workers.user_count import users_of_all


class LocalPort:
    """The RunPort that `LoadRun` gives its session."""

    def __init__(self, environment: Any, client: GenesysClient, end_run: EndRun) -> None:
        self._environment = environment
        self._keeper = TokenKeeper(client)
        self._end_run = end_run

    @property
    def fire(self) -> Callable[..., None]:
        """Return Locust's `events.request.fire`."""
        fire: Callable[..., None] = self._environment.events.request.fire
        return fire

    def token(self) -> str:
        """Return a valid access token, logging in when needed."""
        return self._keeper.token()

    def renew_token(self, refused: bool) -> str:
        """Return the token to use from now on."""
        return self._keeper.renew(refused)

    def users(self) -> int:
        """Return how many arrival streams run now."""
        return users_of_all(self._environment)

    def users_at_work(self) -> int:
        """Return the same: there is no other process that could wait."""
        return self.users()

    def waits(self) -> bool:
        """Return False: there is no other process to wait for."""
        return False

    def workers(self) -> int:
        """Return 1: there is only this process."""
        return 1

    def pause_all(self, why: str, pause_s: float) -> None:
        """Do nothing: there is no other process to pause."""

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask for the end of the run; returns at once."""
        self._end_run(why, failed=failed, exit_code=exit_code)
