"""Verdicts from production telemetry instead of a test, and whether a test resembles production."""
