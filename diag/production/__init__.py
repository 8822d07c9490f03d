"""Production telemetry of actions, read hour by hour for `diag observe`: no load, nothing is executed."""
