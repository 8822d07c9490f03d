"""Production telemetry instead of a test: the same verdicts from counts per second and hour; whether a test
resembles production."""
