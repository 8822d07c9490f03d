"""How numbers, verdicts and failures read."""
