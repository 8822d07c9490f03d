"""A message on its way: posted once, waited for a little, and nothing of the address in what comes back.

In threads of their own, because no setting of a client bounds all of it (a name that is looked up, a reply
that drips). They end with the process.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from diag import __version__
from diag.notifying.webhook import Webhook

WITHIN_S: Final = 5.0
"""So long a run waits for all its webhooks together."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How it went. `sent`: it arrived or may have arrived, so it is not sent again; `warning`: a sentence
    for the user, None where all is well."""

    sent: bool
    warning: str | None = None


def deliver(posts: Sequence[tuple[Webhook, bytes]], within_s: float = WITHIN_S) -> list[Delivered]:
    """Post each body to its webhook, all at once; return how each went, after `within_s` at the latest.

    Raises RuntimeError where the system gives no thread."""
    under_way = [_Post(webhook, body, within_s) for webhook, body in posts]
    for post in under_way:
        post.start()
    end = time.monotonic() + within_s
    for post in under_way:
        post.join(max(0.0, end - time.monotonic()))
    return [post.end() for post in under_way]


class _Post(threading.Thread):
    def __init__(self, webhook: Webhook, body: bytes, within_s: float) -> None:
        super().__init__(name=f"message to {webhook.host}", daemon=True)
        self._webhook, self._body, self._within_s = webhook, body, within_s
        self._turn = threading.Lock()
        self._sent = False
        """The whole request may be there: whatever happens now, sending it again could repeat it."""
        self._given_up = False
        """It was not sent in time: it never is, since the next run sends it."""
        self._status: int | None = None
        self._failed: str | None = None

    def run(self) -> None:
        import httpx

        from diag.genesys.http.network_errors import network_error

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address at INFO
        try:
            self._status = self._post()
        except httpx.RequestError as error:
            self._failed = network_error(error, "a message").message
        except Exception as error:  # of whatever kind, and its text may repeat the address
            self._failed = f"{self._webhook.host} cannot be asked ({type(error).__name__})."

    def end(self) -> Delivered:
        """Return how it went so far; what was not sent by now is not sent any more."""
        host = self._webhook.host
        with self._turn:
            self._given_up, sent, status, failed = True, self._sent, self._status, self._failed
        if status is not None:
            if 200 <= status < 300:
                return Delivered(True)
            failed = f"{host} answered with HTTP {status}."
        elif sent:
            return Delivered(
                True,
                f"{host} took a message and gave no answer: whether it arrived is not known, and it is not "
                "sent again.",
            )
        elif failed is None:
            failed = f"{host} could not be reached within {self._within_s:g} s."
        return Delivered(False, f"A message was not delivered: {failed} The next run tries again.")

    def _post(self) -> int:
        import httpx

        from diag.genesys.http.api import shared_ssl_context

        client = httpx.Client(
            headers={"User-Agent": f"genesys-diag/{__version__}", "Content-Type": "application/json"},
            timeout=self._within_s,
            verify=shared_ssl_context(),
            follow_redirects=False,
            trust_env=not self._webhook.on_this_machine,
        )
        with (
            client,
            client.stream(
                "POST",
                self._webhook.address.reveal(),
                content=self._body,
                extensions={"trace": self._on_trace},
            ) as reply,
        ):
            return reply.status_code  # what else it says is not read

    def _on_trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore: a proxy is asked by CONNECT first, which is not the message."""
        if not event.endswith("send_request_body.started") or info["request"].method != b"POST":
            return
        with self._turn:
            if self._given_up:
                raise TimeoutError
            self._sent = True
