"""A running session: what one process sends, what the policies decide, and how it ends."""
