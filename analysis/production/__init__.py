"""The same verdicts from production telemetry, and whether a test resembles production."""
