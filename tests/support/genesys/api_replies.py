"""Replies of the test endpoint, made by hand."""

import json


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def failed(error: object = None, *, step_error: object = None) -> bytes:
    steps = [
        {"step": 1, "name": "Resolve request header templates", "success": True},
        {"step": 2, "name": "Execute", "success": False, "error": step_error},
    ]
    return body(success=False, operations=steps, error=error)


def action_error(
    cls: str, status: int = 400, inner_status: int | None = None, message: str = ""
) -> dict[str, object]:
    """The shape of help.mypurecloud.com's "Data action returns a 400 error"."""
    return {
        "status": status,
        "code": "bad.request",
        "message": "The request could not be understood by the server due to malformed syntax.",
        "details": [{"errorCode": cls}],
        "errors": [{"status": inner_status or status, "code": "bad.request", "message": message}],
    }
