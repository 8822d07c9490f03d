"""Finds and sets the right timeout for every Genesys Cloud Data Action."""

__version__ = "0.1.0"
