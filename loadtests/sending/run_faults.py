"""What ends a run unexpectedly: a disk that refuses rows, or a defect in this program."""

from diag.exit_codes import ExitCode
from loadtests.sending.session_link import SessionLink


class RunFaults:
    """Ends the run at the first fault; the ones that follow from it are not reported again."""

    def __init__(self, link: SessionLink) -> None:
        self._link = link
        self._reported = False
        self.rows_lost = False
        """Whether the disk refused a row, or an event."""

    def unwritable(self, error: OSError) -> None:
        """End the run because a row or an event could not be written."""
        self.rows_lost = True
        if not self._reported:
            self._reported = True
            self._link.end_run(f"rows could not be written: {error.strerror or error}")

    def unexpected(self, error: BaseException) -> None:
        """End the run because of a defect in this program."""
        if not self._reported:
            self._reported = True
            why = f"the load process failed in a way it did not expect ({type(error).__name__}: {error})"
            self._link.end_run(why, exit_code=ExitCode.ERROR)
