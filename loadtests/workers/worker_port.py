"""The way from a session to its run where this process works for a master."""

from collections.abc import Callable
from typing import Any

from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from loadtests.sending.access_token import TokenKeeper
from loadtests.sending.run_port import EndRun
from loadtests.workers.messages import Pause, Send
from loadtests.workers.user_count import users_at_work, users_of_all, waiting_users, workers_of_all


class WorkerPort:
    """The RunPort that `WorkerRun` gives its session: what concerns the whole run goes to the master."""

    def __init__(self, environment: Any, client: GenesysClient, *, send: Send, end_run: EndRun) -> None:
        self._environment = environment
        self._keeper = TokenKeeper(client)
        self._send = send
        self._end_run = end_run

    @property
    def fire(self) -> Callable[..., None]:
        """Return Locust's `events.request.fire` of this process."""
        fire: Callable[..., None] = self._environment.events.request.fire
        return fire

    def token(self) -> str:
        """Return a valid access token of this worker's own, logging in when needed."""
        return self._keeper.token()

    def renew_token(self, refused: bool) -> str:
        """Return the token to use from now on."""
        return self._keeper.renew(refused)

    def users(self) -> int:
        """Return how many arrival streams all processes together run now."""
        return users_of_all(self._environment)

    def users_at_work(self) -> int:
        """Return how many of them run in processes that send calls."""
        return users_at_work(self._environment)

    def waits(self) -> bool:
        """Whether this worker has joined a running load and must not send yet."""
        return self._environment.runner.client_id in waiting_users(self._environment)

    def workers(self) -> int:
        """Return how many processes share the load now, this one included."""
        return workers_of_all(self._environment)

    def pause_all(self, why: str, pause_s: float) -> None:
        """Have the master pass the pause on to every worker."""
        self._send(Pause(why, pause_s))

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask the master for the end of the whole run; returns at once."""
        self._end_run(why, failed=failed, exit_code=exit_code)
