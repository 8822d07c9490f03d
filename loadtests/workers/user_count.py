"""How many processes there are, how many arrival streams all of them together run, and which of them wait:
what each process needs to keep the whole within the limits.

Locust tells a worker only about its own users. Its dispatcher knows them all, step by step while they are
spawned, and also when a worker joins or leaves. These numbers go into the options, which Locust sends to
every worker with each step.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import gevent

from loadtests.workers.joining_workers import JoiningWorkers
from loadtests.workers.messages import Waiting

SEND_EVERY_S: Final = 1.0
"""How often workers are informed again of who waits: a message may be lost."""


class UserCount:
    """Kept by the process that dispatches the users. Node ids are Locust's client ids of its workers."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._letting_in: Any = None
        self.begin(hold_back_s=0.0)

    def begin(self, *, hold_back_s: float) -> None:
        """Forget the users of an earlier run. `hold_back_s`: how long a worker that joins this one waits."""
        self.end()
        self.most = 0
        """Users at once since then."""
        self._joining = JoiningWorkers(hold_back_s)
        self._users: Mapping[str, int] = {}
        self._write({}, workers=1)

    def end(self) -> None:
        """Let in no one any more: the run is over."""
        if self._letting_in is not None:
            self._letting_in.kill(block=False)
            self._letting_in = None

    def take(self, users: Mapping[str, int]) -> None:
        """Record how many users each node has from now on."""
        if self._joining.take(users.keys(), self._now()) and self._letting_in is None:
            self._letting_in = gevent.spawn(self._let_in)
        self.most = max(self.most, sum(users.values()))
        self._users = users
        self._write(users, workers=len(users))

    def _write(self, users: Mapping[str, int], *, workers: int) -> None:
        options = self._environment.parsed_options
        options.diag_users = sum(users.values())
        options.diag_workers = workers
        options.diag_waiting = self._waiting(users)

    def _waiting(self, users: Mapping[str, int]) -> dict[str, int]:
        now = self._now()
        return {node: count for node, count in users.items() if self._joining.waits(node, now)}

    def _let_in(self) -> None:
        """Keep every worker informed about who waits, from the first one that joins late to the end."""
        while True:
            gevent.sleep(SEND_EVERY_S)
            waiting = self._environment.parsed_options.diag_waiting = self._waiting(self._users)
            self._environment.runner.send_message(Waiting.KIND, Waiting(waiting).to_wire())

    @staticmethod
    def _now() -> float:
        return time.monotonic()


def count_users(environment: Any, is_stream: Callable[[type], bool]) -> UserCount:
    """Have this environment's users counted from now on: those of classes that are arrival streams."""
    from locust.dispatch import UsersDispatcher  # patches the whole process: not for whoever only reads

    count = UserCount(environment)

    class Counting(UsersDispatcher):
        def __next__(self) -> dict[str, dict[str, int]]:
            step = super().__next__()
            streams = {each.__name__ for each in environment.user_classes if is_stream(each)}
            count.take(
                {
                    node: sum(users for name, users in of_class.items() if name in streams)
                    for node, of_class in step.items()
                }
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


def waiting_users(environment: Any) -> Mapping[str, int]:
    """Return the users of each worker that has joined a running load and does not send yet."""
    waiting: Mapping[str, int] = getattr(environment.parsed_options, "diag_waiting", {})
    return waiting


def users_at_work(environment: Any) -> int:
    """Return how many arrival streams send calls now."""
    return users_of_all(environment) - sum(waiting_users(environment).values())


def record_waiting(environment: Any, users: Mapping[str, int]) -> None:
    """Record on a worker what the master last reported of those that wait."""
    environment.parsed_options.diag_waiting = dict(users)
