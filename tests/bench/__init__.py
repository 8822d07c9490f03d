"""Measured figures, side by side in one run: `python -m tests.bench [name...]`.

Every module here with a `run()` is a bench; it prints its own figures. Nothing is asserted: timings
are for people, tests for the rest.
"""
