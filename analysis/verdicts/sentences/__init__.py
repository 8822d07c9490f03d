"""The sentence of each verdict: why this number, or what hides it and what is missing."""
