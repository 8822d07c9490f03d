"""Where a worker on another machine keeps the rows that it has not sent yet."""

import tempfile
from pathlib import Path

from loadtests.workers.plan_message import WorkerOrder


def spool_for(order: WorkerOrder, spool_below: str | None) -> Path | None:
    """Return a new folder for rows to be shipped from; None where the master's own folder is here too."""
    if spool_below is None and (Path(order.folder) / order.mark).exists():
        return None
    if spool_below is not None:
        Path(spool_below).mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="diag-rows-", dir=spool_below))
