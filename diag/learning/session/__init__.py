"""One session of `diag doctor --learn`: its plan, the experiments one after the other, what they found."""
