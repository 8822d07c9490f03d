"""How a number, verdict or failure is written: the words and signs that readers see."""
