"""A real transport behind a proxy that drops a part of every action it passes on."""

import json

import httpx


class StrippingTransport(httpx.HTTPTransport):
    """Takes `part` out of the replies about actions; `methods` are those that were used on actions."""

    def __init__(self, part: str) -> None:
        super().__init__(verify=False)
        self._part = part
        self.methods: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, and strip what comes back."""
        reply = super().handle_request(request)
        if not request.url.path.startswith("/api/v2/integrations/actions"):
            return reply
        self.methods.add(request.method)
        assert isinstance(reply.stream, httpx.SyncByteStream)
        content = b"".join(reply.stream)
        reply.close()
        if content.startswith(b"{"):
            body = json.loads(content)
            for entity in body.get("entities", [body]):
                entity.pop(self._part, None)
            content = json.dumps(body).encode()
        return httpx.Response(reply.status_code, stream=httpx.ByteStream(content))
