"""The sentence of each verdict, and what is said beside it: warnings, and why its number is not set."""
