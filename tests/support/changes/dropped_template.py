"""A proxy's trick on the way to the platform."""

import json

import httpx


def drop_the_template(request: httpx.Request) -> None:
    """Takes the request template out of a write."""
    content = json.loads(request.read())
    del content["config"]["request"]["requestTemplate"]
    body = json.dumps(content).encode()
    request.stream = httpx.ByteStream(body)
    request.headers["Content-Length"] = str(len(body))
