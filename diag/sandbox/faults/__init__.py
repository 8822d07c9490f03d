"""Faults on demand: the kinds of faults, and which requests a rule hits."""
