"""What a session needs of whoever started it, and nothing more.

Implemented twice: by `loadtests.run.single_process_link` where this process runs the load alone, and by
`loadtests.workers.link_to_master` where it works for a master.
"""

from collections.abc import Callable
from typing import Protocol

from diag.exit_codes import ExitCode


class EndRun(Protocol):
    """Ends the run from anywhere. A run that `failed` keeps its data but is not complete."""

    def __call__(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask for the end; returns at once."""


class SessionLink(Protocol):
    """The way from a session to the run it is a part of."""

    @property
    def fire(self) -> Callable[..., None]:
        """Locust's `events.request.fire`, so that its web UI and statistics show our calls."""

    def token(self) -> str:
        """Return a valid access token, logging in when needed. Raises ApiError."""

    def renew_token(self, refused: bool) -> str:
        """Return the token to use from now on, which may be the one in use already; may block.

        `refused`: Genesys did not accept the token in use. Raises ApiError when there is no token.
        """

    def users(self) -> int:
        """Return how many arrival streams all processes together run now."""

    def users_at_work(self) -> int:
        """Return how many of them send calls: those of a process that waits do not (see `waits`)."""

    def waits(self) -> bool:
        """Whether this process must not send yet: it has joined a running load.

        Until the others have made room among the calls in flight, they go on with all of the load.
        """

    def workers(self) -> int:
        """Return how many processes share the load now, this one included."""

    def pause_all(self, why: str, pause_s: float) -> None:
        """Have the other load processes pause as well, to spare the org."""

    def end_run(self, why: str, *, failed: bool = True, exit_code: int = ExitCode.INCOMPLETE) -> None:
        """Ask for the end of the whole run; returns at once (see EndRun)."""
