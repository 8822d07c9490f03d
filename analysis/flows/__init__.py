"""Architect flows: which timeout of a step bites, the longest a caller waits, what a change moves."""
