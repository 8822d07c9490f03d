"""Whether the test calls of `doctor --learn` came into the analytics meanwhile: every `doctor` looks."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from diag.doctor.check import Check
from diag.doctor.left_drafts import LEARN_FOLDER
from diag.errors import DiagError
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.learning.experiments.marked_calls import (
    MARKED_CALLS_FILE,
    are_given_up,
    look_for,
    read_marked_calls,
)
from diag.learning.lab.experiment import Found
from diag.learning.session.result import joined
from diag.platform_facts.facts import LearntOn
from diag.platform_facts.platform_file import read_platform, write_platform

_KINDS: Final = {"org": "an org", "sandbox": "a sandbox"}
NAME = "test calls of --learn"
_DECIDES = ("analytics_count_tests", "analytics_timeout_words")


def check_marked_calls(client: GenesysClient, runs: Path, now: float, called: LearntOn) -> Iterator[Check]:
    """Yield one check for each session at this org whose calls were not there yet; `now` in Unix seconds;
    `called`: what is asked.

    What is found goes into the platform file of that session, and then the calls are not looked for again.
    """
    for path in sorted(runs.glob(f"{LEARN_FOLDER}*/{MARKED_CALLS_FILE}")):
        marked = read_marked_calls(path)
        if marked is None or marked.api_base != client.connection.api_base:
            continue
        try:
            seen = look_for(marked, client.ask_telemetry, now)
        except ApiError as error:
            yield Check(NAME, "skipped", error.message)
            continue
        found = tuple(one for one in seen.found if one.key in _DECIDES)
        text = (
            f"{seen.text}; {_written(Path(marked.platform_file), found, now, called)}" if found else seen.text
        )
        if found or are_given_up(marked, now):
            with suppress(OSError):
                path.unlink()
        yield Check(NAME, "ok", text)


def _written(path: Path, found: tuple[Found, ...], now: float, called: LearntOn) -> str:
    """Write what was found, and say so; a file that is gone or no longer read stays as it is."""
    if not path.exists():
        return f"{path} is gone, so it is written nowhere"
    try:
        before = read_platform(path)
        if before.learnt_on != called:
            return f"{path} is now of {_KINDS[before.learnt_on]}, so it is written nowhere"
        write_platform(path, joined(found, before, datetime.fromtimestamp(now, UTC).date()).facts)
    except DiagError as error:
        return error.message
    except OSError as error:
        return f"{path} cannot be written ({error.strerror})"
    return f"{path} says so now"
