"""The access token of a load process: logged in by the client, renewed while calls go on."""

from diag.genesys.client import GenesysClient


class TokenKeeper:
    """Wraps the client, so that the hot path sees only text."""

    def __init__(self, client: GenesysClient) -> None:
        self._client = client

    def token(self) -> str:
        """Return a valid token, logging in when needed."""
        return self._client.access_token().reveal()

    def renew(self, refused: bool) -> str:
        """Return the token to use from now on; `refused`: the platform did not accept the one in use."""
        if refused:
            self._client.token_info()  # a 401 makes the client log in again
        return self.token()
