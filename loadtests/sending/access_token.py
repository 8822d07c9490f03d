"""The access token of a load process: logged in by the client, renewed while calls go on."""

from diag.genesys.client import GenesysClient


class TokenKeeper:
    """Wraps the client, so that the hot path sees only text."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client
        self._given = ""

    def token(self) -> str:
        """Return a valid token, logging in when needed."""
        self._given = self._client.access_token().reveal()
        return self._given

    def renew(self, refused: bool) -> bool:
        """Return whether the token is another one now; `refused`: the platform did not accept the old one."""
        before = self._given
        if refused:
            self._client.token_info()  # a 401 makes the client log in again
        return self._client.access_token().reveal() != before
