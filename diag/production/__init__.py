"""Production telemetry for `diag observe` and `diag watch`: read by the hour, judged, kept, compared."""
