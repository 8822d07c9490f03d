"""Architect flows of the sandbox's org: what a scenario says of them, and their configurations."""
