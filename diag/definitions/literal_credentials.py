"""Credentials written out in an action, which anyone who reads it would learn."""

from diag.genesys.replies.json_reply import JsonObject


def literal_credentials(request: JsonObject) -> tuple[str, ...]:
    """Return the headers that look like credentials written out instead of taken from the integration."""
    headers = request.get("headers")
    return tuple(
        name
        for name, value in (headers.items() if isinstance(headers, dict) else ())
        if any(word in name.lower() for word in ("authorization", "api-key", "apikey", "token", "secret"))
        and isinstance(value, str)
        and "$" not in value
    )
