"""The sandbox's API, one file for each part: `routes(sandbox) -> list[Route]`."""
