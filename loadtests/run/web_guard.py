"""Only Locust's own page, and programs of this machine's user, may steer a run through the web UI.

Any web page a browser has open can send a form to an address on this machine. Such a request names its
page in `Origin` (Fetch standard), or another host in `Host` (DNS rebinding). Locust checks neither, and
takes every option of the command line as a form field.
"""

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FIELDS: Final = frozenset({"user_count", "spawn_rate", "run_time", "user_classes", "shape_class"})
"""What the page may set; everything else (`run_dir` and other paths among it) stays as it was started."""


def guard_web_ui(web_ui: Any, web_host: str) -> None:
    """Refuse foreign state-changing requests to a Locust web UI, and form fields that are not the page's."""

    def check() -> Any:
        from flask import jsonify, request
        from werkzeug.datastructures import ImmutableMultiDict

        if request.method in SAFE_METHODS:
            return None
        why = why_refused(request.headers, web_host)
        if why is not None:
            return jsonify({"success": False, "message": why}), 403
        kept = [(key, value) for key, value in request.form.items(multi=True) if key in FIELDS]
        request.form = ImmutableMultiDict(kept)
        return None

    web_ui.app.before_request(check)


def why_refused(headers: Any, web_host: str) -> str | None:
    """Return why a state-changing request with these headers is refused; None for one that is ours.

    `web_host`: the address Locust was told to listen on; a name of this machine is always right.
    """
    host = str(headers.get("Host", ""))
    if not _is_ours(host, web_host):
        return f"This page is not served as {host!r}: open it by the address Locust printed."
    origin = headers.get("Origin")
    if origin is not None and urlsplit(str(origin)).netloc != host:
        return f"A page of {origin!r} may not steer this run."
    if headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return "A page of another site may not steer this run."
    return None


def _is_ours(host: str, web_host: str) -> bool:
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or name == web_host.lower():
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False  # a foreign name may lead here by DNS
    return address.is_loopback or web_host in ("", "*", "0.0.0.0", "::")
