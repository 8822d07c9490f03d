"""A plan carried out, one change at a time: re-read, compare, write, read back, test."""
