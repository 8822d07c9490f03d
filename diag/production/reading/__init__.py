"""How production telemetry is read: which questions, in which hours, and what the platform says of itself."""
