"""The ways that calls take: through Genesys Cloud, or to a backend itself (`direct`), or none."""
