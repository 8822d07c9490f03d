"""The clock of what a session talks to: this machine's, or that of a sandbox whose day is time-lapsed.

Such a sandbox lets hours pass in a second while nothing is called, so that a day of `diag tune` can be
watched (diag/sandbox/routes/clock.py). Calls take their real time. An org is never asked for its clock.
"""

import http.client
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from analysis.format.json_to_dataclass import Amount, UnixSeconds, WrongShapeError, typed
from analysis.format.json_within_limits import UnfitJsonError, parse_object
from diag.clocks.wall_clock import REAL_TIME, WallClock
from diag.errors import DiagError
from diag.target import Target

LONGEST_SLEEP_S: Final = 86_400.0
_PATH: Final = "/sandbox/clock"
_TIMEOUT_S: Final = 60.0
_MOST_BYTES: Final = 4096


class SandboxGoneError(DiagError):
    """The sandbox no longer answers, so its day cannot go on."""

    category = "incomplete"


def clock_of(target: Target) -> WallClock:
    """Return the clock to go by: the sandbox's where its day is time-lapsed, else that of this machine.

    Only a sandbox on this machine is asked. One that does not say is as old as a sandbox without a clock.
    """
    if not (target.sandbox and target.connection.is_loopback):
        return REAL_TIME
    sandbox = _SandboxTime(target.connection.api_base)
    if not sandbox.is_lapsed():
        return REAL_TIME
    return WallClock(sandbox.now, sandbox.sleep, LONGEST_SLEEP_S)


def ahead_s(target: Target) -> float:
    """Return how far that clock is ahead of this machine's, seconds: 0 but for a time-lapsed sandbox."""
    clock = clock_of(target)
    return 0.0 if clock is REAL_TIME else clock.now() - time.time()


@dataclass(slots=True)
class _SandboxTime:
    """How far the sandbox's clock is ahead of this machine's, as last seen: only waits move it on."""

    base_url: str
    ahead_s: float = 0.0

    def is_lapsed(self) -> bool:
        """Return whether the sandbox has a time-lapsed day; where it has, its time is known from now on."""
        try:
            told = self._ask("GET", "")
        except SandboxGoneError:
            return False
        return told is not None and told[1] > 1.0

    def now(self) -> float:
        """Return the sandbox's time, Unix seconds."""
        return time.time() + self.ahead_s

    def sleep(self, seconds: float) -> None:
        """Let so much of the sandbox's time pass. Raises SandboxGoneError."""
        if self._ask("POST", f'{{"until": {self.now() + max(0.0, seconds)!r}}}') is None:
            raise SandboxGoneError("The sandbox no longer says what time it is.", hint="Start it again.")

    def _ask(self, method: str, body: str) -> tuple[float, float] | None:
        """Return the time it says and its lapse; None for a reply of another kind."""
        where = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_TIMEOUT_S)
        try:
            connection.request(method, _PATH, body or None, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise SandboxGoneError(
                "The sandbox no longer answers, so its day cannot go on.", hint="Start it again: diag sandbox"
            ) from error
        finally:
            connection.close()
        told = _read(text) if reply.status == HTTPStatus.OK else None
        if told is not None:
            self.ahead_s = told[0] - time.time()
        return told


@dataclass(frozen=True, slots=True)
class _Told:
    now: UnixSeconds
    time_lapse: Amount


def _read(text: bytes) -> tuple[float, float] | None:
    try:
        told = typed(_Told, parse_object(text))
    except (UnfitJsonError, WrongShapeError):
        return None
    return float(told.now), float(told.time_lapse)
