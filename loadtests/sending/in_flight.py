"""The calls in flight of one process: no more at once than allowed, every one accounted for at the end."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import gevent

from loadtests.sending.caller import Caller


class InFlight:
    """Starts calls, at most `most()` at once, `others()` (looks at jobs) included.

    `on_crash` hears of a mistake of ours.
    """

    def __init__(
        self,
        caller: Caller,
        *,
        most: Callable[[], int],
        others: Callable[[], int],
        on_crash: Callable[[BaseException], None],
    ) -> None:
        self._caller = caller
        self._most = most
        self._others = others
        self._on_crash = on_crash
        self._live: dict[Any, tuple[int, float]] = {}
        """Greenlet -> (action, when it was due)."""
        self.dropped = [0] * len(caller.prepared)
        """Per action: arrivals not sent because too many calls were in flight."""

    @property
    def has_room(self) -> bool:
        """Whether one more call, or one more look at a job, may be in flight."""
        return len(self._live) + self._others() < self._most()

    @property
    def oldest(self) -> Mapping[int, float]:
        """When the oldest call in flight of each action was due."""
        found: dict[int, float] = {}
        for index, due in self._live.values():
            found[index] = min(due, found.get(index, math.inf))
        return found

    def launch(self, index: int, due: float, offered_rate: float) -> Any:
        """Start a call and return its greenlet; None where there is no room: counted as dropped."""
        if not self.has_room:
            self.dropped[index] += 1
            return None
        greenlet = gevent.spawn(self._call, index, due, offered_rate)
        self._live[greenlet] = (index, due)
        return greenlet

    def drain(self, limit_s: float) -> None:
        """Wait until the calls in flight have ended, at most so long."""
        gevent.joinall(list(self._live), timeout=limit_s)

    def give_up(self) -> None:
        """Wait for none any longer: each is recorded at its elapsed time, one not begun yet as unsent."""
        waiting = list(self._live)
        for greenlet in waiting:
            if not greenlet.started:
                self._caller.unsent += 1
                del self._live[greenlet]
        gevent.killall(waiting)

    def _call(self, index: int, due: float, offered_rate: float) -> None:
        try:
            self._caller.call(self._caller.prepared[index], due, offered_rate)
        except Exception as error:  # a mistake of ours must end the run, not silently lose calls
            self._on_crash(error)
        finally:
            self._live.pop(gevent.getcurrent(), None)
