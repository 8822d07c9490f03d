"""Everything of an action but its timeout, field by field, so that a difference can be named.

Texts that may hold a secret (URL, headers, templates) are kept as digests only; harmless short ones
as they are, so that you read `name: planned 'A', present 'B'`. A digest is salted and slow to make
(PBKDF2): no table made beforehand opens it, no value stands out as the same in two changes, and each
guess costs time. Whoever has the file and the time can still guess a short password in a header.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diag.genesys.full_config import FullConfig

_SHOWN: Final = frozenset({"name", "category", "secure", "integrationId", "config.request.requestType"})
_INLINED: Final = ("requestTemplate", "successTemplate")
"""Compared by the text of the template endpoint; `...Uri` fields only say where that text lives."""

_ROUNDS: Final = 1_000
"""About half a millisecond a field; an action has some ten, and is read by three paced calls of 200 ms."""


def new_salt() -> str:
    """Return a fresh random salt (hex) for the digests of one change."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that is not what was planned; None where it is absent."""

    field: str
    planned: str | None
    present: str | None

    def __str__(self) -> str:
        """Return `config.request.requestType: planned GET, present POST`."""
        return f"{self.field}: planned {self.planned or 'absent'}, present {self.present or 'absent'}"


def fields_of(full: FullConfig, salt: str) -> dict[str, str]:
    """Return field path -> value or digest, for everything but the timeout and the version.

    Two readings can be compared when their digests were made with the same `salt`.

    Null, an empty object and an absent field are the same thing to the platform, and here.
    """
    action = full.action
    plain: dict[str, object] = {
        "name": action.name,
        "category": action.category,
        "integrationId": action.integration_id,
        "secure": action.secure,
        "contract": action.contract,
        "config.request.requestTemplate": full.request_template,
        "config.response.successTemplate": full.success_template,
    }
    if action.config is not None:
        plain |= _flat("config.request", action.config.request)
        plain |= _flat("config.response", action.config.response)
        plain |= _flat("config", action.config.other)
    return {path: _token(path, value, salt) for path, value in sorted(plain.items()) if value is not None}


def digest_of(fields: Mapping[str, str]) -> str:
    """Return the SHA-256 (hex) of what `fields_of` gave."""
    return hashlib.sha256(json.dumps(dict(fields), sort_keys=True).encode()).hexdigest()


def differences(planned: Mapping[str, str], present: Mapping[str, str]) -> tuple[FieldDifference, ...]:
    """Return every field whose planned and present value differ, by path."""
    return tuple(
        FieldDifference(path, planned.get(path), present.get(path))
        for path in sorted({*planned, *present})
        if planned.get(path) != present.get(path)
    )


def _flat(prefix: str, value: Mapping[str, object]) -> dict[str, object]:
    kept = {key: inner for key, inner in value.items() if key not in _INLINED and not key.endswith("Uri")}
    return dict(_leaves(prefix, kept))


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner)
    else:
        yield path, value


def _token(path: str, value: object, salt: str) -> str:
    if path in _SHOWN:
        return repr(value) if isinstance(value, str) else json.dumps(value)
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return _digest(text, salt)


@lru_cache(maxsize=512)
def _digest(text: str, salt: str) -> str:
    # Kept, because one change reads its action up to six times, and each digest takes half a millisecond.
    return "digest:" + hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), _ROUNDS).hex()[:16]
