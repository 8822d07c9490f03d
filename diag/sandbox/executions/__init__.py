"""Running an action, what really happened, and what analytics tell of it."""
