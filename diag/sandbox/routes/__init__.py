"""The API, one file per part. Each has `routes(sandbox) -> list[Route]`; `app` puts them together."""
