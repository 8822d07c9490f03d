"""How a request reaches Genesys Cloud: connection, regions, login, pacing, retries, paging."""
