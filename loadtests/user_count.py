"""How many arrival streams all processes together run: what each needs to keep the whole within the limits.

Locust tells a worker only of its own users. Its dispatcher knows them all, step by step while they are
spawned; the number goes into the options, which Locust sends to every worker with each step.
"""

from collections.abc import Callable
from typing import Any

from locust.dispatch import UsersDispatcher


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

    def take(self, users: int) -> None:
        """Take in how many there are from now on."""
        self.most = max(self.most, users)
        self._environment.parsed_options.diag_users = users


def count_users(environment: Any, is_stream: Callable[[type], bool]) -> UserCount:
    """Have this environment's users counted from now on: those of classes that are arrival streams."""
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
                )
            )
            return step

    environment.dispatcher_class = Counting
    return count


def users_of_all(environment: Any) -> int:
    """Return how many arrival streams all processes together run now; 0 before the first."""
    return int(getattr(environment.parsed_options, "diag_users", 0))
