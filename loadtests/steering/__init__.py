"""A running session: guard, ramp, rates, token and settled actions decide each second; and how it ends."""
