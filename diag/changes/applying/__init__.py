"""Carrying out a plan, one change at a time: re-read, compare, write, read back, test call, restore."""
