"""Telemetry for `diag observe`: read hour by hour, nothing is executed; findings, facts and series for the
report."""
