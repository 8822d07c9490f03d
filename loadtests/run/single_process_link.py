"""The way from a session to its run where this process runs the load alone."""

from loadtests.workers.any_process_link import AnyProcessLink


class SingleProcessLink(AnyProcessLink):
    """What `LoadRun` gives its session as SessionLink: no other process to ask, wait for or pause."""

    def users_at_work(self) -> int:
        """Return how many arrival streams run now: none of them waits."""
        return self.users()

    def waits(self) -> bool:
        """Return False: there is no other process to wait for."""
        return False

    def workers(self) -> int:
        """Return 1: there is only this process."""
        return 1

    def pause_all(self, why: str, pause_s: float) -> None:
        """Do nothing: there is no other process to pause."""
