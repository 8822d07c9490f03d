"""From an httpx transport error to an `ApiError` that says what to check."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from diag.genesys.api_errors import ApiError, NetworkError, UnexpectedReplyError
from diag.genesys.replies.reply_bound import UnfitReplyError


def network_error(error: httpx.RequestError, where: str) -> ApiError:
    """Return the error for a request that got no whole reply. `where`: method and path, for people."""
    host = _address(error.request.url) if _has_request(error) else "the server"
    details = (where,)
    if isinstance(error, UnfitReplyError):
        return UnexpectedReplyError(
            f"The reply of {where} {error}.",
            hint="Is there a proxy or a firewall in between that answers itself, or changes replies?",
            repeatable=False,
        )
    causes = tuple(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NetworkError(
            f"The name {host} cannot be resolved.",
            hint="Is the network up? Is GENESYSCLOUD_REGION right (diag doctor lists what is checked)?",
            details=details,
            sent=False,
            repeatable=False,
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return NetworkError(
            f"No trusted TLS connection to {host}: {_tls_reason(causes)}.",
            hint="A proxy that inspects TLS? Point SSL_CERT_FILE at its CA bundle. "
            "Verification is never switched off.",
            details=details,
            sent=False,
            repeatable=False,
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return NetworkError(
            f"{host} refuses the connection.",
            hint="Is GENESYSCLOUD_API_BASE right, and is the sandbox running (diag sandbox)?",
            details=details,
            sent=False,
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return NetworkError(
            f"{host} cannot be reached.",
            hint="Is the network up? Behind a proxy, set HTTPS_PROXY.",
            details=details,
            sent=False,
        )
    if isinstance(error, httpx.TimeoutException):
        return NetworkError(
            f"{host} did not answer in time.", hint="Try again later.", details=details, gave_up=True
        )
    return NetworkError(
        f"The connection to {host} was lost before the whole reply came.",
        hint="Try again; if it persists, check the proxy or firewall in between.",
        details=details,
    )


def _address(url: httpx.URL) -> str:
    """Host, and the port where it is not the usual one: a gateway or sandbox is known by it."""
    return url.host if url.port is None else f"{url.host}:{url.port}"


def _has_request(error: httpx.RequestError) -> bool:
    try:
        return bool(error.request)
    except RuntimeError:  # httpx raises this when no request was set
        return False


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and everything behind it: httpx and httpcore wrap the socket's own error."""
    seen = 0
    while error is not None and seen < 10:
        yield error
        error = error.__cause__ or error.__context__
        seen += 1


def _tls_reason(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
    return "the handshake failed"
