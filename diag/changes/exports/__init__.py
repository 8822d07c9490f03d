"""A recommendation for people who change their org by other tools."""
