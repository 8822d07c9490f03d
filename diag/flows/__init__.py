"""Architect flows from an org, from exports or from Archy: read without guessing, kept by version."""
