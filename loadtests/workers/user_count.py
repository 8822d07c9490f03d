"""How many processes there are, and how many arrival streams all of them together run: what each needs to
keep the whole within the limits.

Locust tells a worker only of its own users. Its dispatcher knows them all, step by step while they are
spawned, and also when a worker joins or leaves; both numbers go into the options, which Locust sends to
every worker with each step.
"""

from collections.abc import Callable
from typing import Any


class UserCount:
    """Kept by the process that dispatches them."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self.begin()

    def begin(self) -> None:
        """Forget the users of an earlier run."""
        self.most = 0
        """Users at once since then."""
        self._environment.parsed_options.diag_users = 0

    def take(self, users: int, workers: int) -> None:
        """Take in how many there are from now on."""
        self.most = max(self.most, users)
        self._environment.parsed_options.diag_users = users
        self._environment.parsed_options.diag_workers = workers


def count_users(environment: Any, is_stream: Callable[[type], bool]) -> UserCount:
    """Have this environment's users counted from now on: those of classes that are arrival streams."""
    from locust.dispatch import UsersDispatcher  # patches the whole process: not for whoever only reads

    count = UserCount(environment)

    class Counting(UsersDispatcher):
        def __next__(self) -> dict[str, dict[str, int]]:
            step = super().__next__()
            streams = {one.__name__ for one in environment.user_classes if is_stream(one)}
            count.take(
                sum(
                    users
                    for on_worker in step.values()
                    for name, users in on_worker.items()
                    if name in streams
                ),
                workers=len(step),
            )
            return step

    environment.dispatcher_class = Counting
    return count


def users_of_all(environment: Any) -> int:
    """Return how many arrival streams all processes together run now; 0 before the first."""
    return int(getattr(environment.parsed_options, "diag_users", 0))


def workers_of_all(environment: Any) -> int:
    """Return how many processes share the load now, one that has just joined included; at least 1."""
    return max(1, int(getattr(environment.parsed_options, "diag_workers", 1)))
