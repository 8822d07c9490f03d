"""The inventory of an org: every action as one row, read once, filtered and sorted by pure functions."""
