"""Faults on demand: which request is hit by what."""
