"""Only Locust's own page, and programs of this machine's user, may steer a run through the web UI.

Locust checks neither `Origin` nor `Host`, and takes every option of the command line as a form field.
"""

from typing import Any, Final

from diag.cross_site import why_foreign

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
        why = why_foreign(request.headers.get, web_host)
        if why is not None:
            return jsonify({"success": False, "message": why}), 403
        kept = [(key, value) for key, value in request.form.items(multi=True) if key in FIELDS]
        request.form = ImmutableMultiDict(kept)
        return None

    web_ui.app.before_request(check)
