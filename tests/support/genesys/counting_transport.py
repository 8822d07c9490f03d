"""A real transport that counts."""

import httpx


class CountingTransport(httpx.HTTPTransport):
    """Counts what leaves, by path."""

    def __init__(self) -> None:
        super().__init__(verify=False)
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        return super().handle_request(request)
