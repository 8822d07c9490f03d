"""A worker's words and rows on their way to the master, over a network that may be down for a while.

What must arrive is said again each second until the master says that it has it. Rows of a worker with a
disk of its own are shipped (loadtests.workers.row_transfer), and kept where they are when they cannot be
delivered.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import gevent

from analysis.format.run_folder import RunFolder
from loadtests.workers.row_transfer import CHUNK, SHIP_EVERY_S, Shipper

READY: Final = "diag_ready"
END: Final = "diag_end"
"""The run must end, or is over as far as this worker is concerned."""
FINAL: Final = "diag_final"
TAKEN: Final = "diag_taken"
"""The master's answer to READY, END and FINAL; its data is which of them."""

SAY_WHERE_AFTER_S: Final = 5.0
LAST_WORD_WITHIN_S: Final = 20.0
"""A worker does not wait longer than this for the master to hear its last word."""
LAST_WORD_IN_VAIN_S: Final = 2.0
"""The same where rows could not be delivered before."""
_LOG: Final = logging.getLogger("diag.load")


class Delivery:
    """One run's. `tell(kind, data)` sends a message; `spool` is set when rows must be shipped.

    `within_s`: how long to go on trying once the run is over here.
    """

    def __init__(
        self,
        worker_id: str,
        folder: RunFolder,
        *,
        spool: Path | None,
        forked: bool,
        tell: Callable[[str, dict[str, Any]], None],
        within_s: float,
    ) -> None:
        self._worker_id = worker_id
        self._spool = spool
        self._tell = tell
        self._within_s = within_s
        self._untold: dict[str, dict[str, Any]] = {}
        """What the master has not said yet that it has."""
        self._shipper = None if spool is None else Shipper(folder, worker_id, lambda data: tell(CHUNK, data))
        ready = {"kept_in": None if spool is None else str(spool), "pid": os.getpid() if forked else None}
        self.say(READY, ready)
        self._running = gevent.spawn(self._run)

    def say(self, kind: str, data: dict[str, Any]) -> None:
        """Tell the master something that must arrive."""
        self._untold[kind] = {**data, "worker": self._worker_id}
        self._tell(kind, self._untold[kind])

    def acknowledged(self, suffix: str, size: int) -> None:
        """Take in how much of a file the master has."""
        if self._shipper is not None:
            self._shipper.acknowledge(suffix, size)

    def taken(self, kind: str) -> None:
        """Take in that the master has heard this."""
        self._untold.pop(kind, None)

    def finish(self, final: dict[str, Any], *, master_is_gone: bool) -> Path | None:
        """Deliver all rows, then `final`; return where the rows lie if they could not be delivered."""
        self._running.kill()
        if master_is_gone:
            self._within_s = 0.0
        kept = None
        if self._shipper is not None and self._spool is not None:
            if self._ship_the_rest(self._shipper):
                shutil.rmtree(self._spool, ignore_errors=True)
            else:
                kept = self._spool  # said to the master too: it may hear, and then it knows what is missing
        patience_s = LAST_WORD_WITHIN_S if kept is None else LAST_WORD_IN_VAIN_S
        end = time.monotonic() + (0.0 if master_is_gone else patience_s)
        self._untold.clear()
        self.say(FINAL, final)
        told_at = time.monotonic()
        while self._untold and time.monotonic() < end:
            gevent.sleep(0.1)
            if time.monotonic() - told_at >= SHIP_EVERY_S:
                told_at = time.monotonic()
                self._say_again()
        return kept

    def hurry(self) -> None:
        """Try only for a moment more: what is not delivered then is kept."""
        self._within_s = min(self._within_s, LAST_WORD_IN_VAIN_S)

    def _ship_the_rest(self, shipper: Shipper) -> bool:
        began = time.monotonic()
        said = False
        while not shipper.delivered:
            waited_s = time.monotonic() - began
            if waited_s > self._within_s:
                return False
            if waited_s > SAY_WHERE_AFTER_S and not said:
                said = True
                said_of = (self._spool, self._within_s)
                _LOG.warning("the master does not answer; rows wait in %s; trying for %.0f s", *said_of)
            shipper.ship(0.1)
            gevent.sleep(0.1)
        return True

    def _run(self) -> None:
        while True:
            gevent.sleep(SHIP_EVERY_S)
            self._say_again()
            if self._shipper is not None:
                self._shipper.ship(SHIP_EVERY_S)

    def _say_again(self) -> None:
        for kind, data in list(self._untold.items()):
            self._tell(kind, data)
