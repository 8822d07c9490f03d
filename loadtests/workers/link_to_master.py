"""The way from a session to its run where this process works for a master."""

from typing import Any

from diag.genesys.client import GenesysClient
from loadtests.sending.session_link import EndRun
from loadtests.workers.any_process_link import AnyProcessLink
from loadtests.workers.messages import PauseMessage, Send
from loadtests.workers.user_count import users_at_work, waiting_users, workers_of_all


class LinkToMaster(AnyProcessLink):
    """The SessionLink that `WorkerRun` gives its session: what concerns the whole run goes to the master."""

    def __init__(self, environment: Any, client: GenesysClient, *, send: Send, end_run: EndRun) -> None:
        super().__init__(environment, client, end_run)
        self._send = send

    def users_at_work(self) -> int:
        """Return how many arrival streams run in processes that send calls."""
        return users_at_work(self._environment)

    def waits(self) -> bool:
        """Whether this worker has joined a running load and must not send yet."""
        return self._environment.runner.client_id in waiting_users(self._environment)

    def workers(self) -> int:
        """Return how many processes share the load now, this one included."""
        return workers_of_all(self._environment)

    def pause_all(self, why: str, pause_s: float) -> None:
        """Have the master pass the pause on to every worker."""
        self._send(PauseMessage(why, pause_s))
