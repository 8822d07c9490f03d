"""The shape of every reply: JSON, or the platform's ErrorBody.

    {"message", "code", "status", "messageParams", "contextId", "details", "errors", "limit"?}

`contextId` equals the `ININ-Correlation-Id` header (Genesys SDK, ErrorBody; Go SDK). Codes are those of
the published swagger where it names them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from starlette.responses import Response

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class LimitHit:
    """Which limit a 429 is about (ErrorBody.limit)."""

    namespace: str
    key: str
    value: int


@dataclass(slots=True)
class ErrorReply(Exception):
    """A refusal as the platform words it; `serving.middleware` turns it into an ErrorBody reply."""

    status: int
    code: str
    message: str
    detail_codes: tuple[str, ...] = ()
    """`details[].errorCode`, such as ACTION.REMOTE_ENDPOINT."""
    causes: tuple[str, ...] = ()
    """Messages of the nested `errors`."""
    limit: LimitHit | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, correlation_id: str) -> JsonObject:
        """The ErrorBody, with `correlation_id` as its contextId."""
        body: JsonObject = {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "messageParams": dict(self.params),
            "contextId": correlation_id,
            "details": [{"errorCode": code} for code in self.detail_codes],
            "errors": [
                {
                    "message": cause,
                    "code": self.code,
                    "status": self.status,
                    "messageParams": {},
                    "details": [],
                    "errors": [],
                }
                for cause in self.causes
            ],
        }
        if self.limit is not None:
            limit = self.limit
            body["limit"] = {"key": limit.key, "namespace": limit.namespace, "value": limit.value}
        return body


def bad_request(message: str) -> ErrorReply:
    """400 `bad.request`."""
    return ErrorReply(400, "bad.request", message)


def not_found(what: str) -> ErrorReply:
    """404 `not.found`."""
    return ErrorReply(404, "not.found", f"{what} not found.")


def json_reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON reply; NaN and infinity are refused, as JSON has none."""
    return Response(_ENCODER.encode(body).encode(), status, headers, media_type="application/json")
