"""The words of an error message that are certainly the platform's own.

A message may quote the values that were sent ("Customer 4711 not found"), and payload values never
reach a run folder. So nothing is searched for and removed, which would miss some day; instead only words
of a fixed list are kept, and an error status (4xx, 5xx) right after "status", "status code" or "HTTP".
Everything else becomes "…": after a bare "code" may stand a PIN. A value can then only show if it is itself
one of these everyday words.
"""

import re
from typing import Final

MAX_LENGTH: Final = 160
_GAP: Final = "…"
_FEWEST_WORDS: Final = 3
"""Fewer known words than this mean nothing."""

_PLATFORM_WORDS: Final = """
    a an and api action actions answered as at authentication authorization backend bad be because been
    before body by call called calls cannot certificate client code configuration configured connect
    connection content could credentials data denied did does endpoint error errors exceeded execute
    execution expected external failed failure field fields for format forbidden found from gateway
    handshake has have header headers host http https in input integration integrations internal invalid
    is it json limit map mapping match maximum message method missing must network no not null object of
    on operation or output parameter parameters parse permission permissions process processing property
    rate read received refused remote request requested required reset resolve resource response rest
    result results retry returned schema see seconds send server service service's ssl status string
    success syntax template templates test that the time timed timeout tls to token too translation type
    unauthorized unavailable unable understood unexpected unknown upstream url use using valid validate
    validation value values variable was web were when while with within xml
"""
_WORDS: Final = frozenset(_PLATFORM_WORDS.split())
_EDGES: Final = ".,;:!?()[]{}<>\"'`"
_STATUS: Final = re.compile(r"[45]\d\d")


def message_shape(text: str) -> str | None:
    """Return the message with all but known words replaced, or None where too little is left to say."""
    kept: list[str] = []
    known = 0
    before: tuple[str, str] = ("", "")
    for token in text[: MAX_LENGTH * 4].split():
        word = token.strip(_EDGES).lower()
        safe = word in _WORDS or (bool(_STATUS.fullmatch(word)) and _announces_a_status(*before))
        if safe:
            kept.append(word)
            known += word in _WORDS
        elif kept[-1:] != [_GAP]:
            kept.append(_GAP)
        before = (before[1], word)
    shape = " ".join(kept)
    if len(shape) > MAX_LENGTH:
        shape = shape[:MAX_LENGTH].rsplit(" ", 1)[0].removesuffix(" " + _GAP) + " " + _GAP
    return shape if known >= _FEWEST_WORDS else None


def _announces_a_status(last_but_one: str, last: str) -> bool:
    return last in ("status", "http") or (last_but_one, last) == ("status", "code")
