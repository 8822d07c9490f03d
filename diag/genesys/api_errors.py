"""What can go wrong between us and Genesys Cloud. One tree; every error says what, where and the fix.

    ApiError                      category
    ├── InsecureAddressError      usage   plain http outside this machine, or not an address
    ├── ProxyAddressError         usage   a proxy variable that holds no address
    ├── UnknownRegionError        usage
    ├── NetworkError              error   no reply: DNS, refused, TLS, lost, too slow
    ├── UnexpectedReplyError      error   not JSON, not of the expected form, too large, a part, from a cache,
    │                                     or a 404 that is not the platform's
    ├── LoginError                auth    no or wrong credentials, expired token (401)
    ├── PermissionMissingError    auth    403: `permissions` names what is missing
    ├── NotFoundError             usage   404
    ├── StaleVersionError         stale   409, or 400 "does not match the current version"
    ├── RateLimitedError          error   429, or the login's 400 "rate limit exceeded"
    ├── RefusedRequestError       error   any other 4xx
    └── PlatformError             error   5xx

Server messages are kept for administrative calls only. Test calls never raise with a server's text:
it may quote the values sent.
"""

from http import HTTPStatus


class ApiError(Exception):
    """Base of this room.

    `message`, `hint`, `details` are for people (`diag.errors.Explained`); `status` is the HTTP status
    (None: no reply), `code` the platform's own code, `retry_after_s` what Retry-After asked for,
    `limit_namespace` whose limit a 429 speaks of (`platform.api`: our token; `dataactions`: the org).
    `repeatable` is False when trying again at once cannot help (certificate, unknown host, a login whose
    retries are over).
    """

    category = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: tuple[str, ...] = (),
        status: int | None = None,
        code: str | None = None,
        correlation_id: str | None = None,
        retry_after_s: float | None = None,
        limit_namespace: str | None = None,
        repeatable: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        self.status = status
        self.code = code
        self.correlation_id = correlation_id
        self.retry_after_s = retry_after_s
        self.limit_namespace = limit_namespace
        self.repeatable = repeatable


class InsecureAddressError(ApiError):
    """Raised before anything is sent: no token ever goes to such an address."""

    category = "usage"


class UnknownRegionError(ApiError):
    """Raised for a region that is neither an AWS name nor a domain of Genesys Cloud."""

    category = "usage"


class ProxyAddressError(ApiError):
    """A proxy variable of the environment that is no address; its value is never shown."""

    category = "usage"

    def __init__(self) -> None:
        super().__init__(
            "One of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY does not hold an address.",
            hint="Write it whole, for example http://proxy.example.com:8080, or leave it out.",
        )


class NetworkError(ApiError):
    """Raised when no whole reply came.

    `sent` is False when the request certainly never reached the server. `gave_up` is True when we stopped
    waiting for its reply.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: tuple[str, ...] = (),
        sent: bool = True,
        gave_up: bool = False,
        repeatable: bool = True,
    ) -> None:
        super().__init__(message, hint=hint, details=details, repeatable=repeatable)
        self.sent = sent
        self.gave_up = gave_up


class UnexpectedReplyError(ApiError):
    """Raised for a reply that is not JSON (a proxy's login page) or lacks what every reply has."""


class LoginError(ApiError):
    """Raised when there are no credentials, or Genesys does not accept them."""

    category = "auth"


class PermissionMissingError(ApiError):
    """Raised for 403. `permissions`: the missing ones by name; any one of them is enough."""

    category = "auth"
    permissions: tuple[str, ...] = ()


class NotFoundError(ApiError):
    """Raised for 404."""

    category = "usage"


class StaleVersionError(ApiError):
    """Raised when someone else changed the object since we read it."""

    category = "stale"


class RateLimitedError(ApiError):
    """Raised for 429, and for the login's way of saying the same."""


class RefusedRequestError(ApiError):
    """Raised for the other 4xx: the request itself is wrong."""


class PlatformError(ApiError):
    """Raised for 5xx. For a write the effect is unknown: read before you write again."""


def effect_is_unknown(error: ApiError) -> bool:
    """Return whether a write answered like this may or may not have taken effect.

    A reply that was lost, garbled or an error of the platform proves nothing; neither does 408, which the
    platform answers for a stale version, too (docs/genesys-api.md, "Writing a timeout").
    """
    if isinstance(error, NetworkError):
        return error.sent
    garbled = isinstance(error, PlatformError | UnexpectedReplyError)
    return garbled or error.status == HTTPStatus.REQUEST_TIMEOUT
