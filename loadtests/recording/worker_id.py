"""The name of a load process: the stem of its files in the run folder."""

import socket

from analysis.format.call_record import SEGMENT_SUFFIX
from analysis.format.run_folder import RunFolder


def host_name() -> str:
    """Return this machine's short name, in letters, digits and dashes."""
    name = socket.gethostname().split(".")[0]
    return (
        "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)[:60] or "worker"
    )


def free_worker_id(folder: RunFolder) -> str:
    """Return `<host>-<number>` that no segment has yet: a soak that goes on gets a number of its own."""
    number = 0
    while (folder.segments / f"{host_name()}-{number}{SEGMENT_SUFFIX}").exists():
        number += 1
    return f"{host_name()}-{number}"
