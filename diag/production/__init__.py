"""Production telemetry for `diag observe`: read by the hour, judged, compared, shown in the report."""
