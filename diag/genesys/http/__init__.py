"""The HTTP side of the client: connection, login, retries, pacing, paging, error replies."""
