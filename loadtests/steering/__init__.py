"""A running session: rates, guard, ramp, token, and the end."""
