"""How many users all processes together run: what each needs to know to keep the whole within the limits.

Locust tells a worker only of its own users. Its dispatcher knows them all, step by step while they are
spawned; the number goes into the options, which Locust sends to every worker with each step.
"""

from dataclasses import dataclass
from typing import Any

from locust.dispatch import UsersDispatcher


@dataclass(slots=True)
class UserCount:
    """Kept by the process that dispatches them. `most`: users at once since it was last set to 0."""

    most: int = 0


def count_users(environment: Any) -> UserCount:
    """Have this environment's users counted from now on."""
    count = UserCount()

    class Counting(UsersDispatcher):
        def __next__(self) -> dict[str, dict[str, int]]:
            step = super().__next__()
            users = sum(sum(on_worker.values()) for on_worker in step.values())
            environment.parsed_options.diag_users = users
            count.most = max(count.most, users)
            return step

    environment.dispatcher_class = Counting
    return count


def users_of_all(environment: Any) -> int:
    """Return how many users all processes together run now; 0 before the first."""
    return int(getattr(environment.parsed_options, "diag_users", 0))
