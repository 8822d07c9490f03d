"""When a running measurement has enough calls."""
