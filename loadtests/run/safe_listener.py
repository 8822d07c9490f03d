"""Listeners whose failure is not passed over: Locust logs it and goes on, and a run without us would hang."""

import logging
from collections.abc import Callable
from typing import Final

_LOG: Final = logging.getLogger("diag.load")


def surely(listener: Callable[..., None], on_failure: Callable[[Exception], None]) -> Callable[..., None]:
    """Return the listener; when it fails, the traceback is logged and `on_failure` is told."""

    def guarded(**details: object) -> None:
        try:
            listener(**details)
        except Exception as error:  # whatever a mistake of ours raises: Locust would only log it
            _LOG.exception("unexpected")
            on_failure(error)

    return guarded
