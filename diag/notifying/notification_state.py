"""`notified.json` beside the runs: the last notification of each webhook, so that none is sent twice.

A webhook is known in it by a keyed digest of its address, and the key is the file's own.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile, open_own
from analysis.format.json_to_dataclass import WrongShapeError, typed
from analysis.machine.locks import hold_file
from analysis.plain_text import json_text
from diag.errors import UsageError
from diag.notifying.news import Notified
from diag.notifying.webhook import Webhook

STATE_FILE: Final = "notified.json"
STATE_VERSION: Final = 1
_DIGITS: Final = 32

ByVerb = Mapping[str, Mapping[str, Notified]]
"""What was notified, by verb."""


@dataclass(frozen=True, slots=True)
class NotificationState:
    """The whole of the file."""

    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    webhooks: Mapping[str, ByVerb] = field(default_factory=dict)
    format_version: Literal[1] = STATE_VERSION
    kind: Literal["notification state"] = "notification state"

    def of(self, webhook: Webhook, verb: str) -> Mapping[str, Notified]:
        """Return what this webhook was notified of, by key."""
        return self.webhooks.get(self._key(webhook), {}).get(verb, {})

    def after(self, webhook: Webhook, verb: str, notified: Mapping[str, Notified]) -> "NotificationState":
        """Return the state once this webhook was notified of this."""
        key = self._key(webhook)
        verbs = {**self.webhooks.get(key, {}), verb: notified}
        kept = {name: items for name, items in verbs.items() if items}
        return replace(self, webhooks={**self.webhooks, key: kept})

    def _key(self, webhook: Webhook) -> str:
        address = webhook.address.reveal().encode()
        return hmac.new(self.salt.encode(), address, hashlib.sha256).hexdigest()[:_DIGITS]


def read_state(path: Path) -> NotificationState:
    """Return what was notified. Raises UsageError for a file that diag did not write, or that was damaged."""
    if not os.path.lexists(path):
        return NotificationState()
    file = InputFile(path, UsageError)
    body = file.json_object(STATE_VERSION)
    try:
        return typed(NotificationState, body)
    except WrongShapeError as error:
        raise file.unfit(f"is damaged: {error}") from None


def write_state(path: Path, state: NotificationState) -> None:
    """Replace the file. Raises OSError."""
    write_whole(path, json_text(asdict(state), indent=1, readable=True) + "\n", mode=0o600)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Keep other processes from notifying meanwhile. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = open_own(path.with_name(f".{path.name}.lock"), os.O_RDWR, 0o600)
    try:
        hold_file(descriptor)
        yield
    finally:
        os.close(descriptor)
