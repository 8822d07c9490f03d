"""A worker's messages and rows on their way to the master, over a network that may be down for a while.

What must arrive is sent again each second until the master confirms it. Rows of a worker with a disk of its
own are shipped (`loadtests.workers.row_transfer`), and stay where they are when they cannot be delivered.
"""

import logging
import os
import shutil
import time
from pathlib import Path
from typing import Final

import gevent

from analysis.format.run_folder import RunFolder
from loadtests.workers.messages import Acknowledged, Confirmed, Counts, Ready, Send
from loadtests.workers.row_transfer import SHIP_EVERY_S, Shipper

WARN_AFTER_S: Final = 5.0
"""Undelivered for so long at the end of a run: the log says where the rows are."""
COUNTS_WITHIN_S: Final = 20.0
"""A worker waits no longer than this for the master to confirm its counts."""
COUNTS_IN_VAIN_S: Final = 2.0
"""The same where rows could not be delivered before."""
_LOG: Final = logging.getLogger("diag.load")


class Delivery:
    """One run's, owned by `WorkerRun`. `spool` is set when rows must be shipped.

    `within_s`: how long to go on trying once this worker has ended.
    """

    def __init__(
        self,
        worker_id: str,
        folder: RunFolder,
        *,
        spool: Path | None,
        forked: bool,
        send: Send,
        within_s: float,
    ) -> None:
        self._spool = spool
        self._send = send
        self._within_s = within_s
        self._unconfirmed: dict[str, Confirmed] = {}
        """Kind -> message, of those the master has not confirmed."""
        self._shipper = None if spool is None else Shipper(folder, worker_id, send)
        kept_in = None if spool is None else str(spool)
        self.send(Ready(worker_id, kept_in=kept_in, pid=os.getpid() if forked else None))
        self._running = gevent.spawn(self._run)

    def send(self, message: Confirmed) -> None:
        """Send the master a message that must arrive."""
        self._unconfirmed[message.KIND] = message
        self._send(message)

    def acknowledged(self, answer: Acknowledged) -> None:
        """Record how much of a file the master has."""
        if self._shipper is not None:
            self._shipper.acknowledge(answer)

    def confirmed(self, kind: str) -> None:
        """Record that the master has the message of this kind."""
        self._unconfirmed.pop(kind, None)

    def finish(self, counts: Counts, *, master_is_gone: bool) -> Path | None:
        """Deliver all rows, then `counts`; return the folder of the rows if they could not be delivered."""
        self._running.kill()
        if master_is_gone:
            self._within_s = 0.0
        kept = None
        if self._shipper is not None and self._spool is not None:
            if self._ship_the_rest(self._shipper):
                shutil.rmtree(self._spool, ignore_errors=True)
            else:
                kept = self._spool  # the counts are sent all the same: if they arrive, the gap is known
        patience_s = COUNTS_WITHIN_S if kept is None else COUNTS_IN_VAIN_S
        end = time.monotonic() + (0.0 if master_is_gone else patience_s)
        self._unconfirmed.clear()
        self.send(counts)
        sent_at = time.monotonic()
        while self._unconfirmed and time.monotonic() < end:
            gevent.sleep(0.1)
            if time.monotonic() - sent_at >= SHIP_EVERY_S:
                sent_at = time.monotonic()
                self._send_again()
        return kept

    def hurry(self) -> None:
        """Try only for a moment more: what is not delivered then is kept."""
        self._within_s = min(self._within_s, COUNTS_IN_VAIN_S)

    def _ship_the_rest(self, shipper: Shipper) -> bool:
        began = time.monotonic()
        warned = False
        while not shipper.delivered:
            waited_s = time.monotonic() - began
            if waited_s > self._within_s:
                return False
            if waited_s > WARN_AFTER_S and not warned:
                warned = True
                _LOG.warning(
                    "the master does not answer; rows wait in %s; trying for %.0f s",
                    self._spool,
                    self._within_s,
                )
            shipper.ship(0.1)
            gevent.sleep(0.1)
        return True

    def _run(self) -> None:
        while True:
            gevent.sleep(SHIP_EVERY_S)
            self._send_again()
            if self._shipper is not None:
                self._shipper.ship(SHIP_EVERY_S)

    def _send_again(self) -> None:
        for message in list(self._unconfirmed.values()):
            self._send(message)
