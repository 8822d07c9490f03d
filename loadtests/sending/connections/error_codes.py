"""What may go wrong between here and a server, and its short stable name (`error_code`)."""

import errno
import socket
import ssl
from typing import Final

from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

NETWORK_ERRORS: Final = (OSError, HTTPParseError)
"""What a call may raise besides a clean reply; a socket timeout (TimeoutError) is an OSError too."""

PROXY_REFUSED: Final = "proxy_refused"
"""Error code: the proxy does not open a way to the server."""
REPLY_TOO_LARGE: Final = "reply_too_large"
"""Error code: a reply is longer than anybody reads."""
ADDRESS_REFUSED: Final = "address_refused"
"""Error code: no connection may be made to an address."""


class DeadlinePassedError(TimeoutError):
    """Raised when a call has had all of its time: `elapsed_s`, connecting included."""

    def __init__(self, elapsed_s: float) -> None:
        super().__init__()
        self.elapsed_s = elapsed_s


class NamedNetworkError(OSError):
    """Raised for what has a name of its own; `code` is that name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def error_name(error: BaseException) -> str:
    """Return a short stable name for a network failure, used as `error_code`."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate_not_verified"
    if isinstance(error, ssl.SSLError):
        return "tls_error"
    if isinstance(error, TimeoutError):
        return "no_reply"
    if isinstance(error, NamedNetworkError):
        return error.code
    if isinstance(error, socket.gaierror):
        return "name_not_resolved"
    if isinstance(error, HTTPConnectionClosed):
        return "connection_closed"
    if isinstance(error, HTTPParseError):
        return "not_http"
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        return errno.errorcode[error.errno].lower()
    return type(error).__name__.lower()
