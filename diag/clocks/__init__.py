"""Whose clock is gone by where hours are waited for: this machine's, or that of a time-lapsed sandbox."""
