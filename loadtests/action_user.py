"""The Locust user: one user is one arrival stream, and each runs the `stream` of its process's session."""

from typing import ClassVar

from locust import FastHttpUser, constant, task
from locust.exception import StopUser

from loadtests.run.locust_events import LocustEvents
from loadtests.sending.connections.pools import shared_ssl_context


class ActionStream(FastHttpUser):
    """Sends every action's calls at the planned rates on schedule, whatever is still in flight.

    Twice the users send twice the load: -u, the spawn rate, a LoadTestShape and an edit in the web UI mean
    what they mean elsewhere in Locust. On an org all of them together stay below what its limits leave
    (`loadtests.steering.rate_control`). Where nobody asks for a number of users, all together send one
    planned load.

    The calls themselves go through `loadtests.sending.transport` (one pool for the process); Locust's own
    `client` is there for further tasks, with verified certificates and without reloading them for each user.
    """

    abstract = True
    wait_time = constant(0)
    insecure = False
    max_retries = 0
    max_redirects = 0
    ssl_context_factory = staticmethod(lambda cafile=None: shared_ssl_context())
    locust_events: ClassVar[LocustEvents]

    @task
    def stream(self) -> None:
        """Run until the user is stopped."""
        session = self.locust_events.session
        if session is not None:
            session.stream()
        raise StopUser  # the run is over for this stream; without this the task would start again and again

    def stop(self, force: bool = False) -> bool:
        """Stop at once: calls in flight live on in greenlets of their own and are drained by the session."""
        return bool(super().stop(force=True))
