"""A request that changes something comes from our own page, or from a program of this machine's user."""

import pytest

from diag.cross_site import why_foreign


@pytest.mark.parametrize(
    ("headers", "web_host"),
    [
        ({"Host": "127.0.0.1:8089"}, "127.0.0.1"),  # curl and scripts send no Origin
        ({"Host": "localhost:8089", "Origin": "http://localhost:8089"}, "127.0.0.1"),
        ({"Host": "[::1]:8089", "Origin": "http://[::1]:8089", "Sec-Fetch-Site": "same-origin"}, "127.0.0.1"),
        ({"Host": "load.internal:8089", "Origin": "http://load.internal:8089"}, "load.internal"),
        ({"Host": "10.0.0.7:8089", "Origin": "http://10.0.0.7:8089"}, "*"),
    ],
)
def test_what_is_ours_may_change_something(headers: dict[str, str], web_host: str) -> None:
    assert why_foreign(headers.get, web_host) is None


@pytest.mark.parametrize(
    ("headers", "web_host"),
    [
        ({"Host": "127.0.0.1:8089", "Origin": "https://evil.example"}, "127.0.0.1"),
        ({"Host": "127.0.0.1:8089", "Origin": "http://127.0.0.1:3000"}, "127.0.0.1"),  # another local page
        ({"Host": "127.0.0.1:8089", "Origin": "null"}, "127.0.0.1"),  # a sandboxed frame
        ({"Host": "127.0.0.1:8089", "Sec-Fetch-Site": "cross-site"}, "127.0.0.1"),
        ({"Host": "evil.example:8089", "Origin": "http://evil.example:8089"}, "127.0.0.1"),  # DNS rebinding
        ({"Host": "evil.example:8089", "Origin": "http://evil.example:8089"}, "*"),
        ({"Host": "10.0.0.7:8089"}, "127.0.0.1"),
        ({}, "127.0.0.1"),
    ],
)
def test_what_is_foreign_may_not(headers: dict[str, str], web_host: str) -> None:
    assert why_foreign(headers.get, web_host) is not None
