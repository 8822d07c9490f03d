"""`notified.json` beside the runs: what each webhook was told last, so that nothing is told twice.

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
from analysis.format.typed_json import WrongShapeError, typed
from analysis.machine.locks import hold_file
from analysis.plain_text import json_text
from diag.errors import UsageError
from diag.notifying.news import Told
from diag.notifying.webhook import Webhook

TOLD_FILE: Final = "notified.json"
TOLD_VERSION: Final = 1
_DIGITS: Final = 32

Subjects = Mapping[str, Mapping[str, Told]]
"""What was told of each subject: a verb, or one campaign."""


@dataclass(frozen=True, slots=True)
class ToldFile:
    """The whole of the file."""

    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    webhooks: Mapping[str, Subjects] = field(default_factory=dict)
    format_version: Literal[1] = TOLD_VERSION
    kind: Literal["told webhooks"] = "told webhooks"

    def told(self, webhook: Webhook, subject: str) -> Mapping[str, Told]:
        """Return what this webhook was told of it, by key."""
        return self.webhooks.get(self._key(webhook), {}).get(subject, {})

    def with_told(self, webhook: Webhook, subject: str, told: Mapping[str, Told]) -> "ToldFile":
        """Return the file once it was told this."""
        key = self._key(webhook)
        subjects = {**self.webhooks.get(key, {}), subject: told}
        kept = {name: items for name, items in subjects.items() if items}
        return replace(self, webhooks={**self.webhooks, key: kept})

    def _key(self, webhook: Webhook) -> str:
        address = webhook.address.reveal().encode()
        return hmac.new(self.salt.encode(), address, hashlib.sha256).hexdigest()[:_DIGITS]


def read_told(path: Path) -> ToldFile:
    """Return what was told. Raises UsageError for a file that diag did not write, or that was damaged."""
    if not os.path.lexists(path):
        return ToldFile()
    file = InputFile(path, UsageError)
    body = file.json()
    try:
        return typed(ToldFile, body)
    except WrongShapeError as error:
        raise file.unfit(f"is damaged: {error}") from None


def write_told(path: Path, told: ToldFile) -> None:
    """Replace the file. Raises OSError."""
    write_whole(path, json_text(asdict(told), indent=1, readable=True) + "\n", mode=0o600)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Keep other processes from telling meanwhile. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = open_own(path.with_name(f".{path.name}.lock"), os.O_RDWR, 0o600)
    try:
        hold_file(descriptor)
        yield
    finally:
        os.close(descriptor)
