"""What is kept of each direct call beside its record: audit lines, metrics in a file, OpenTelemetry."""
